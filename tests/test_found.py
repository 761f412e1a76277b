"""How the site is found and shared: only what is true and visible."""

import json
import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.staticfiles.finders import find
from django.test import Client

from clinic_site.models import Clinic
from tests.pages import CONTENT_PAGES, words_of
from treatments.models import Question, Treatment

pytestmark = pytest.mark.usefixtures("content")


def structured_data(client: Client, address: str) -> dict[str, dict]:
    html = client.get(address).content.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return {thing["@type"]: thing for thing in json.loads(text)["@graph"]}


@pytest.mark.parametrize("address", [*CONTENT_PAGES, "/decide/", "/consultation/"])
@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_a_page_names_its_one_address_and_its_twin(client: Client, address, prefix):
    html = client.get(prefix + address + "?treatment=prp&utm=x").content.decode()
    if "/compare/" in address and "vs" not in address:
        html = client.get(prefix + address).content.decode()
    site = "http://127.0.0.1:8000"
    assert f'<link rel="canonical" href="{site}{prefix}{address}">' in html
    assert f'hreflang="en" href="{site}{address}">' in html
    assert f'hreflang="ur" href="{site}/ur{address}">' in html
    assert f'property="og:url" content="{site}{prefix}{address}"' in html
    assert re.search(
        r'property="og:image" content="http://127\.0\.0\.1:8000/static/img/share', html
    )


@pytest.mark.parametrize(
    "address", ["/no-such-page/", "/decide/?speed=soon&result=1", "/compare/?choose=1"]
)
def test_a_page_that_is_not_for_search_engines_says_so(client: Client, address):
    assert '<meta name="robots" content="noindex">' in client.get(address).content.decode()


@pytest.mark.parametrize("address", [*CONTENT_PAGES, "/decide/", "/consultation/"])
def test_a_page_is_shared_with_a_picture_that_exists(client: Client, address):
    html = client.get(address).content.decode()
    (picture,) = re.findall(r'property="og:image" content="http://[^/]+/static/([^"]+)"', html)
    assert find(picture)


def test_each_hue_has_a_picture_to_share():
    assert all(find(f"img/share-{hue}.png") for hue in Treatment.Hue)


@pytest.mark.parametrize("icon", ["favicon.ico", "apple-touch-icon.png"])
def test_an_icon_is_found_where_it_is_asked_for_unnamed(client: Client, icon):
    assert client.get(f"/{icon}").headers["Location"] == f"/static/img/{icon}"


def test_the_switch_leads_to_the_same_page(client: Client):
    html = client.get("/consultation/?treatment=prp").content.decode()
    assert 'hreflang="ur" href="/ur/consultation/?treatment=prp"' in html
    html = client.get("/ur/compare/exosomes-vs-prp/").content.decode()
    assert 'hreflang="en" href="/compare/exosomes-vs-prp/"' in html


def test_a_treatment_is_told_as_a_procedure(client: Client):
    found = structured_data(client, "/treatments/prp/")
    words = words_of(client.get("/treatments/prp/"))
    procedure = found["MedicalWebPage"]["about"]
    assert procedure["@type"] == "TherapeuticProcedure"
    for name in ("howPerformed", "followup"):
        assert procedure[name].split("\n\n")[0] in words
    assert all(outcome["name"] in words for outcome in procedure["adverseOutcome"])
    assert procedure["preparation"]
    assert "lastReviewed" not in found["MedicalWebPage"]
    crumbs = found["BreadcrumbList"]["itemListElement"]
    assert [crumb["name"] for crumb in crumbs] == ["Home", "Treatments", "PRP"]


def test_a_review_is_told_when_there_was_one(client: Client):
    Treatment.objects.filter(slug="prp").update(
        reviewed_by="Dr Sample Name", reviewed_on="2026-01-31"
    )
    page = structured_data(client, "/treatments/prp/")["MedicalWebPage"]
    assert page["lastReviewed"] == "2026-01-31"
    assert page["reviewedBy"]["name"] == "Dr Sample Name"


def test_the_day_of_a_change_is_the_one_in_islamabad(client: Client):
    at_half_past_one = datetime(2026, 3, 2, 1, 30, tzinfo=ZoneInfo("Asia/Karachi"))
    Treatment.objects.filter(slug="prp").update(updated_at=at_half_past_one)
    page = structured_data(client, "/treatments/prp/")["MedicalWebPage"]
    assert page["dateModified"] == "2026-03-02"
    assert "Last changed on 2 March 2026" in words_of(client.get("/treatments/prp/"))


def test_what_we_do_not_offer_is_not_our_procedure(client: Client):
    assert "about" not in structured_data(client, "/treatments/minoxidil/")["MedicalWebPage"]


def test_the_clinic_is_told_with_its_hours_and_its_break(client: Client):
    clinic = structured_data(client, "/contact/")["MedicalClinic"]
    assert clinic["name"] == Clinic.objects.current().name_en
    friday = [
        (period["opens"], period["closes"])
        for period in clinic["openingHoursSpecification"]
        if period["dayOfWeek"].endswith("Friday")
    ]
    assert friday == [("10:00", "13:00"), ("14:30", "19:00")]
    assert not any(
        "Sunday" in period["dayOfWeek"] for period in clinic["openingHoursSpecification"]
    )


def test_the_questions_are_told_as_they_stand(client: Client):
    faq = structured_data(client, "/questions/")["FAQPage"]["mainEntity"]
    words = words_of(client.get("/questions/"))
    assert len(faq) == Question.objects.count()
    for entry in faq:
        assert entry["name"] in words
        assert entry["acceptedAnswer"]["text"].split("\n\n")[0] in words


def test_no_text_can_end_the_script_early(client: Client):
    Treatment.objects.filter(slug="prp").update(name_en="</script><script>alert(1)</script>&")
    html = client.get("/treatments/prp/").content.decode()
    assert "<script>alert" not in html
    page = structured_data(client, "/treatments/prp/")["MedicalWebPage"]
    assert unescape(page["name"]).startswith("</script>")


def test_a_comparison_says_where_it_stands(client: Client):
    crumbs = structured_data(client, "/compare/exosomes-vs-prp/")["BreadcrumbList"]
    assert [step["name"] for step in crumbs["itemListElement"]] == [
        *("Home", "Compare", "Exosomes vs PRP")
    ]


def dates_in_the_sitemap(client: Client) -> dict[str, str]:
    xml = client.get("/sitemap.xml").content.decode()
    found = re.findall(r"<loc>http://[^/]+([^<]*)</loc>(?:<lastmod>([^<]*)</lastmod>)?", xml)
    return dict(found)


def test_the_sitemap_dates_a_page_by_what_it_shows(client: Client):
    with time_machine.travel("2038-01-15", tick=False):
        Question.objects.first().save()
    dates = dates_in_the_sitemap(client)
    assert dates["/questions/"] == dates["/ur/questions/"] == "2038-01-15"
    assert "" < dates["/"] == dates["/treatments/prp/"] < "2038"
    assert dates["/contact/"] == ""
