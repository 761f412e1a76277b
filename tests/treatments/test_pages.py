import re

import pytest
from django.test import Client

from tests.pages import CONTENT_PAGES, words_of
from treatments.models import Claim, Finding, Precaution, Question, Source, Topic, Treatment

pytestmark = pytest.mark.usefixtures("content")


def test_home_sets_the_first_two_offered_side_by_side(client: Client):
    words = words_of(client.get("/"))
    assert "Exosomes" in words
    assert "8–12 weeks" in words
    assert "3 or more sessions" in words
    assert "What nobody knows yet" in words


def test_home_says_whether_the_evidence_carries_what_clinics_say(client: Client):
    claims = Claim.objects.filter(treatment__slug="exosomes", topic=Topic.FIRST_RESULTS)
    claims.update(support="contested")
    row = client.get("/").content.decode().split("First results")[1].split("</td>")[0]
    assert "Clinics say" in row
    assert "Evidence disagrees" in row
    assert "How sure" not in row


def test_home_begins_what_nobody_knows_with_a_plain_unknown(client: Client):
    unknowns = words_of(client.get("/")).split("What nobody knows yet")[1]
    assert unknowns.strip().startswith("Compared with other treatments: No published trial")
    assert "Hair growth:" not in unknowns


def test_home_says_how_sure_a_fact_of_studies_is(client: Client):
    Treatment.objects.filter(slug="exosomes").update(basis="evidence")
    row = client.get("/").content.decode().split("First results")[1].split("</td>")[0]
    assert "How sure" in row
    assert "Evidence disagrees" not in row


def test_home_without_content_still_answers(client: Client):
    Treatment.objects.all().delete()
    response = client.get("/")
    assert response.status_code == 200
    assert "How they differ" not in words_of(response)


@pytest.mark.parametrize(
    "heading",
    [
        "What it is",
        "How it works",
        "How it is given",
        "The course in time",
        "Recovery",
        "Cost",
        "What clinics say, and what the evidence says",
        "Side effects",
        "Who should not have it, or should ask a doctor first",
        "Whom it suits",
        "Regulation",
        "Questions and answers",
    ],
)
@pytest.mark.parametrize("slug", ["exosomes", "prp", "exosomes-and-prp"])
def test_a_treatment_page_has_every_part(client: Client, slug, heading):
    assert f">{heading}</h" in client.get(f"/treatments/{slug}/").content.decode()


def test_a_treatment_page_says_that_we_earn_from_it(client: Client):
    assert "We earn from this." in words_of(client.get("/treatments/prp/"))


def test_a_treatment_that_we_do_not_offer_says_so(client: Client):
    words = words_of(client.get("/treatments/minoxidil/"))
    assert "Not offered by this clinic" in words
    assert "We earn from this." not in words


def test_no_treatment_is_not_something_that_we_do_not_offer(client: Client):
    for address in ("/treatments/no-treatment/", "/decide/?speed=soon&result=1"):
        html = client.get(address).content.decode()
        heading = html.split("No treatment</", 1)[1] if "decide" in address else html
        assert "Not offered by this clinic" not in heading.split("</section>")[0]
    words = words_of(client.get("/ur/treatments/no-treatment/"))
    assert "علاج نہ کروانا" in words
    assert "کوئی علاج نہیں" not in words


def test_a_page_that_nobody_reviewed_says_so(client: Client):
    assert "Not yet reviewed by a clinician." in words_of(client.get("/treatments/prp/"))


def test_a_reviewed_page_names_who_and_when(client: Client):
    Treatment.objects.filter(slug="prp").update(
        reviewed_by="Dr Sample Name", reviewed_on="2026-01-31", review_due="2026-02-28"
    )
    words = words_of(client.get("/treatments/prp/"))
    assert "Reviewed by Dr Sample Name on 31 January 2026" in words
    assert "This review is out of date" in words


def test_every_finding_shows_certainty_and_sources(client: Client):
    words = words_of(client.get("/treatments/prp/"))
    for finding in Finding.objects.filter(treatment__slug="prp").prefetch_related("sources"):
        assert finding.statement_en.split("\n\n")[0] in words
        assert finding.get_certainty_display() in words
        for source in finding.sources.all():
            assert ("our reading" if source.key == "OWN" else source.key) in words


@pytest.mark.parametrize("address", ["/treatments/prp/", "/compare/exosomes-vs-prp/"])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_who_should_ask_first_is_named_beside_the_advice(client: Client, address, language):
    words = words_of(client.get(address if language == "en" else f"/ur{address}"))
    for point in Precaution.objects.filter(treatments__slug="prp"):
        name, advice = (getattr(point, f"{field}_{language}") for field in ("name", "advice"))
        assert f"{name}: {advice.split(chr(10))[0]}" in words
    if language == "en":
        assert "If one of these is true for you:" in words


def test_that_a_list_was_borrowed_is_said_once_and_only_of_exosomes(client: Client):
    told = "Nobody has tested a list for exosomes."
    assert told not in words_of(client.get("/treatments/prp/"))
    assert words_of(client.get("/treatments/exosomes/")).count(told) == 1
    assert words_of(client.get("/compare/exosomes-vs-prp/")).count(told) == 1


@pytest.mark.parametrize(
    ("slug", "said", "not_said"),
    [
        ("finasteride", "Women should not use it.", "Our sources give no list."),
        ("minoxidil", "Our sources give no list.", "If one of these is true"),
        ("no-treatment", "Signs that need a doctor first", "Our sources give no list."),
    ],
)
def test_without_a_list_the_page_says_what_there_is(client: Client, slug, said, not_said):
    html = client.get(f"/treatments/{slug}/").content.decode()
    part = html.split('id="precautions"')[1].split("</section>")[0]
    assert said in part
    assert not_said not in part


def test_unknown_facts_read_not_known(client: Client):
    Treatment.objects.filter(slug="prp").update(spacing_low=None, spacing_high=None)
    html = client.get("/treatments/prp/").content.decode()
    assert "<dt>Time between sessions</dt><dd>Not known</dd>" in html


@pytest.mark.parametrize(
    ("slug", "label", "fact"),
    [
        ("finasteride", "Sessions", "None"),
        ("finasteride", "Upkeep", "We did not look this up"),
        ("minoxidil", "How long it lasts", "We did not look this up"),
        ("exosomes", "How long it lasts", "Not known"),
    ],
)
def test_what_we_did_not_look_up_is_not_called_unknown(client: Client, slug, label, fact):
    html = client.get(f"/treatments/{slug}/").content.decode()
    assert f"<dt>{label}</dt><dd>{fact}</dd>" in html


def test_without_treatment_there_is_no_effect_to_wait_for(client: Client):
    html = client.get("/treatments/no-treatment/").content.decode()
    glance = html.split('id="glance"')[1].split("</section>")[0]
    assert "First results" not in glance
    assert "How long it lasts" not in glance


def test_no_page_shows_a_python_value_or_an_empty_fact(client: Client):
    for page in CONTENT_PAGES:
        html = client.get(page).content.decode()
        assert "None<" not in html.replace(">None<", "><"), page
        assert "<dd></dd>" not in html, page
        assert "<p></p>" not in html, page


def test_a_draft_is_nowhere(client: Client):
    Treatment.objects.filter(slug="prp").update(status=Treatment.Status.DRAFT)
    assert client.get("/treatments/prp/").status_code == 404
    assert client.get("/compare/exosomes-vs-prp/").status_code == 404
    for page in ("/", "/treatments/", "/compare/", "/sitemap.xml", "/questions/", "/sources/"):
        assert "/treatments/prp/" not in client.get(page).content.decode(), page


@pytest.mark.parametrize(
    "address", ["/treatments/none/", "/compare/prp/", "/compare/prp-vs-none/", "/no-such-page/"]
)
def test_a_missing_page_helps_on(client: Client, address):
    response = client.get(address)
    assert response.status_code == 404
    html = response.content.decode()
    assert "/treatments/" in html
    assert "/compare/" in html


def test_a_missing_comparison_offers_the_chooser(client: Client):
    response = client.get("/compare/prp-vs-none/")
    assert "There is no comparison at this address" in words_of(response)
    assert 'value="exosomes"' in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/compare/prp-vs-exosomes/",
        "/compare/exosomes-vs-prp-vs-exosomes/",
    ],
)
def test_other_orders_lead_to_the_one_address(client: Client, address):
    response = client.get(address)
    assert response.status_code == 301
    assert response.headers["Location"] == "/compare/exosomes-vs-prp/"


def test_five_treatments_are_too_many(client: Client):
    five = "-vs-".join(Treatment.objects.values_list("slug", flat=True)[:5])
    assert client.get(f"/compare/{five}/").status_code == 404


def test_the_chooser_leads_to_the_comparison(client: Client):
    response = client.get("/compare/?treatment=prp&treatment=exosomes&choose=1")
    assert response.status_code == 302
    assert response.headers["Location"] == "/compare/exosomes-vs-prp/"


@pytest.mark.parametrize(
    ("query", "ticked"),
    [
        ("choose=1", 0),
        ("treatment=prp", 1),
        ("treatment=prp&treatment=none", 1),
        ("treatment=prp&treatment=prp", 1),
        ("treatment=%00&treatment=%F0%9F%98%80", 0),
        (
            "treatment=prp&treatment=exosomes&treatment=minoxidil"
            "&treatment=finasteride&treatment=no-treatment",
            5,
        ),
    ],
)
def test_a_choice_of_too_few_or_too_many_is_asked_again(client: Client, query, ticked):
    response = client.get(f"/compare/?{query}")
    assert response.status_code == 422
    assert f"You ticked {ticked}." in words_of(response)
    assert response.content.decode().count(" checked") == ticked


def test_a_comparison_says_that_we_earn_from_it(client: Client):
    words = words_of(client.get("/compare/exosomes-vs-prp/"))
    assert "We earn from this." in words
    assert "each finding shows how sure its evidence is" in words


def test_a_comparison_of_what_others_sell_says_that_we_earn_elsewhere(client: Client):
    words = words_of(client.get("/compare/no-treatment-vs-minoxidil/"))
    assert "This clinic offers none of the treatments on this page" in words
    assert "We earn from this." not in words


def test_questions_name_the_signs_that_need_a_doctor(client: Client):
    words = words_of(client.get("/questions/"))
    assert "See a doctor first" in words
    assert "Bald patches" in words
    assert "Norwood–Hamilton" in words


def test_a_question_of_a_draft_is_not_shown(client: Client):
    question = Question.objects.filter(treatment__slug="prp").first()
    Treatment.objects.filter(slug="prp").update(status=Treatment.Status.DRAFT)
    assert question.answer_en not in words_of(client.get("/questions/"))


def test_every_source_is_listed_and_says_where_it_is_used(client: Client):
    html = client.get("/sources/").content.decode()
    for source in Source.objects.all():
        assert f'id="{source.anchor}"' in html
        assert source.reference.split("&")[0][:40] in words_of(client.get("/sources/"))
    p4 = html.split('id="source-p4"')[1].split('id="source-')[0]
    assert "/treatments/prp/" in p4


@pytest.mark.parametrize("page", ["/treatments/prp/", "/sources/", "/ur/treatments/prp/"])
def test_what_we_concluded_ourselves_is_named_in_words(client: Client, page):
    assert ">OWN<" not in client.get(page).content.decode()


def test_a_source_without_a_link_says_so_once(client: Client):
    html = client.get("/sources/").content.decode()
    for source in Source.objects.filter(url="").exclude(kind="own_reading"):
        part = html.split(f'id="{source.anchor}"')[1].split("</dd>")[0]
        assert part.count("link") == part.count("No link:") == 1, source


def test_no_note_of_a_course_stands_there_twice(client: Client):
    for slug in ("exosomes", "prp", "exosomes-and-prp"):
        html = client.get(f"/treatments/{slug}/").content.decode()
        course = html.split('id="course"')[1].split("</section>")[0]
        notes = re.findall(r"<p>([^<]+)</p>", course.split("</figure>")[1])
        assert len(notes) == len(set(notes)) > 4


def test_every_source_is_used_somewhere(client: Client):
    assert "Used in: nothing yet" not in words_of(client.get("/sources/"))


def test_no_source_links_to_a_copy():
    links = Source.objects.exclude(url="").values_list("url", flat=True)
    for copy in ("mendeley.com", "pakmedinet", "experts.umn", "researchgate", "sci-hub"):
        assert not [link for link in links if copy in link]
