"""What gunicorn calls, given what only a script would send."""

import io
from collections.abc import Iterator
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from clinic_site.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """As Django's own test client does it: else the test's transaction would be closed."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def answer(path: str, content_type: str, body: bytes = b"", query: str = "") -> tuple[int, str]:
    environ = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "HTTP_HOST": "testserver",
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []
    content = b"".join(application(environ, lambda status, _headers: statuses.append(status)))
    return int(statuses[0].split()[0]), content.decode()


@pytest.mark.parametrize(
    "content_type",
    [
        "a/b; charset=hex",
        "a/b; charset=undefined",
        "a/b; charset=idna",
        "a/b; charset=unicode_escape",
        "a/b; x*=nope''%41",
        "application/x-www-form-urlencoded; charset=rot13",
        "multipart/form-data; charset=hex; boundary=B",
        "multipart/form-data; boundary*=nope''B",
        ";",
    ],
)
def test_an_odd_content_type_is_answered(content_type):
    assert answer("/healthz", content_type)[0] == 200
    assert answer("/decide/", content_type, query="severity=a")[0] == 422
    assert answer("/consultation/", content_type, query=r"from=\ud800")[0] == 200
    for body in (b"name=a", part("a", boundary="B")):
        assert answer("/consultation/", content_type, body)[0] in {400, 403, 422}


@pytest.mark.parametrize("charset", ["", "; charset=UTF-8", "; charset=latin-1"])
def test_a_form_is_read_as_utf_8_whatever_it_says(charset):
    body = urlencode({"name": "عائشہ"}).encode()
    _status, page = answer("/consultation/", f"application/x-www-form-urlencoded{charset}", body)
    assert 'value="عائشہ"' in page


@pytest.mark.parametrize("parameters", ['boundary="a b"', "Boundary=B;", "charset=hex; boundary=B"])
def test_the_parts_of_a_form_are_told_apart(parameters):
    body = part("عائشہ", boundary="a b" if "a b" in parameters else "B")
    _status, page = answer("/consultation/", f"multipart/form-data; {parameters}", body)
    assert 'value="عائشہ"' in page


def part(name: str, *, boundary: str) -> bytes:
    head = 'Content-Disposition: form-data; name="name"'
    return f"--{boundary}\r\n{head}\r\n\r\n{name}\r\n--{boundary}--\r\n".encode()
