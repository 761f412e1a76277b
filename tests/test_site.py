"""What holds for every page of the site."""

import re
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.pages import CONTENT_PAGES, words_of
from treatments.models import Finding, SideEffect, Source, Treatment

pytestmark = pytest.mark.usefixtures("content")

ALL_PAGES = [*CONTENT_PAGES, "/consultation/", "/no-such-page/"]


def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("address", CONTENT_PAGES)
def test_a_content_page_is_the_same_for_everyone(client: Client, address):
    response = client.get(address, headers={"accept-encoding": "br"})
    assert response.status_code == 200
    assert not response.cookies
    assert response.headers["Vary"].lower() == "accept-encoding"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert b"csrfmiddlewaretoken" not in response.content


@pytest.mark.parametrize("address", CONTENT_PAGES)
def test_a_signed_in_reader_gets_the_same_bytes(client: Client, admin_client: Client, address):
    assert client.get(address).content == admin_client.get(address).content


@pytest.mark.parametrize("address", ALL_PAGES)
def test_a_page_has_one_h1_and_ordered_headings(client: Client, address):
    html = client.get(address).content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]
    assert levels.count(1) == 1
    main = html.split("<main", 1)[1].split("</main>")[0]
    inside = [int(level) for level in re.findall(r"<h([1-6])[ >]", main)]
    assert inside[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(inside))


@pytest.mark.parametrize("address", ALL_PAGES)
def test_a_page_names_and_describes_itself(client: Client, address):
    html = client.get(address).content.decode()
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL).group(1).strip()
    description = re.search(
        r'<meta name="description" property="og:description" content="(.*?)">', html, re.DOTALL
    )
    assert not title.startswith("·")
    assert len(description.group(1).strip()) >= 20 or address == "/no-such-page/"


def test_no_two_pages_share_a_title(client: Client):
    titles = [
        re.search(r"<title>(.*?)</title>", client.get(address).content.decode(), re.DOTALL).group(1)
        for address in CONTENT_PAGES
    ]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("address", [*ALL_PAGES, "/admin/login/"])
def test_a_page_runs_and_shows_nothing_from_elsewhere(client: Client, address):
    response = client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    html = response.content.decode()
    html = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", html)  # never run
    assert not re.search(r"<(script|style)(?![^>]*\ssrc=)[^>]*>[^<]", html)
    assert not re.search(r"\s(style|on[a-z]+)=\"", html)
    assert not re.search(r'(src|srcset)="(https?:)?//', html)


@pytest.mark.parametrize("address", CONTENT_PAGES)
def test_every_link_within_the_site_leads_somewhere(client: Client, address):
    html = client.get(address).content.decode()
    known = {}
    for link in set(re.findall(r'href="(/[^"]*)"', html)):
        path, _, anchor = link.replace("&amp;", "&").partition("#")
        if path.startswith("/static/"):
            continue
        if path not in known:
            known[path] = client.get(path)
        assert known[path].status_code == 200, link
        if anchor:
            assert f'id="{anchor}"' in known[path].content.decode(), link


@pytest.mark.parametrize("address", CONTENT_PAGES)
def test_ids_on_a_page_are_unique(client: Client, address):
    ids = re.findall(r'\sid="([^"]+)"', client.get(address).content.decode())
    assert len(ids) == len(set(ids))


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def make_many_treatments(count: int) -> None:
    source = Source.objects.first()
    for number in range(count):
        treatment = Treatment.objects.create(
            slug=f"option-{number}",
            short_name=f"Option {number}",
            name=f"Option {number}",
            summary="A summary.",
            what_it_is="x",
            how_it_works="x",
            mechanism_in_short="x",
            how_it_is_given="x",
            regulatory_status="x",
            status=Treatment.Status.PUBLISHED,
            offered=True,
        )
        for _ in range(3):
            finding = Finding.objects.create(
                treatment=treatment, topic="growth", statement="Something.", certainty="low"
            )
            finding.sources.add(source)
            SideEffect.objects.create(
                treatment=treatment,
                name="Itch",
                seriousness="mild",
                frequency="unknown",
                basis="clinics",
            ).sources.add(source)


RESULT = "/decide/?severity=advanced&speed=soon&comfort=no-needles&proof=proven&result=1"


@pytest.mark.parametrize("address", [*CONTENT_PAGES, "/decide/", RESULT, "/sitemap.xml"])
def test_queries_are_few_and_do_not_grow_with_treatments(client: Client, address):
    with_few = queries_of(client, address)
    assert with_few <= 12
    make_many_treatments(60)
    assert queries_of(client, address) == with_few


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/", "/treatments/prp/", "/compare/", "/contact/"])
def test_a_wrong_method_is_refused_with_a_page(client: Client, address, method):
    response = getattr(client, method)(address)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "This page cannot do that" in words_of(response)


@pytest.mark.parametrize(
    "address",
    ["/%00", "/treatments/%00/", "/compare/%F0%9F%98%80/", "/treatments/" + "a" * 5000 + "/",
     "/ur/%E2%80%AE/", "/compare/" + "a-vs-" * 500 + "b/", "/consultation/%00/"],
)  # fmt: skip
def test_a_strange_address_is_not_found(client: Client, address):
    assert client.get(address).status_code == 404


def test_a_body_that_is_too_long_is_refused_before_it_is_read(client: Client):
    response = client.generic(
        "POST", reverse("consultation"), b"x" * 100, CONTENT_LENGTH="52428800"
    )
    assert response.status_code == 413
    assert "That is too much to send at once" in words_of(response)


def test_the_page_for_our_own_failures_needs_nothing_that_may_have_failed(
    client: Client, monkeypatch
):
    client.raise_request_exception = False

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("treatments.views.render", fail)
    response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in words_of(response)
