import gzip

import brotli
import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("content")


def without_empty_lines(page: bytes) -> list[bytes]:
    """What templates leave between tags is left out on the way."""
    return [line.strip() for line in page.splitlines() if line.strip()]


@pytest.mark.parametrize("accepted", ["br", "gzip, deflate, br, zstd", "gzip;q=0.5, br;q=1.0"])
def test_brotli_goes_to_those_that_take_it(client: Client, accepted):
    plain = client.get("/contact/")
    response = client.get("/contact/", headers={"accept-encoding": accepted})
    assert response.headers["Content-Encoding"] == "br"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert without_empty_lines(brotli.decompress(response.content)) == without_empty_lines(
        plain.content
    )


@pytest.mark.parametrize("accepted", ["gzip", "gzip, br;q=0", "br;q=0.0, gzip"])
def test_gzip_goes_to_the_rest(client: Client, accepted):
    response = client.get("/contact/", headers={"accept-encoding": accepted})
    assert response.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(response.content)


def test_whoever_takes_neither_gets_the_page_as_it_is(client: Client):
    response = client.get("/contact/")
    assert "Content-Encoding" not in response.headers
    assert response.headers["Vary"] == "Accept-Encoding"


def test_a_short_answer_is_not_worth_it(client: Client):
    response = client.get("/healthz", headers={"accept-encoding": "br"})
    assert "Content-Encoding" not in response.headers
