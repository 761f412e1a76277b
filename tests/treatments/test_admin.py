"""What an editor does with the content, through the admin's own forms."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic_site.roles import Role
from tests.forms import send_changed
from tests.pages import words_of
from tests.staff import make_staff, signed_in
from treatments.models import Finding, Source, Suitability, Treatment

pytestmark = pytest.mark.usefixtures("content")

LIST = "/admin/treatments/treatment/"
ADD = f"{LIST}add/"
NEW = {
    "name_en": "Sample light therapy",
    "short_name_en": "Light",
    "slug": "light",
    "_publish": "",
    "offered": "on",
    "basis": "clinics",
    "hue": "rose",
    "order": "4",
    "summary_en": "Light is shone on the scalp.",
    "what_it_is_en": "A lamp.",
    "how_it_works_en": "It is said to wake the hair.",
    "mechanism_in_short_en": "Said to wake the hair with light.",
    "how_it_is_given_en": "You sit under the lamp.",
    "living_with_en": "You sit still for a while.",
    "regulatory_status_en": "We found no rule.",
    "needles": "no",
    "made_from": "nothing",
    "first_results_low": "10",
    "first_results_high": "20",
    "sessions_low": "6",
    "sessions_high": "8",
    "spacing_low": "1",
    "spacing_high": "2",
    "lasts_note_en": "Nobody says.",
    "recovery_low": "0",
    "recovery_high": "0",
    "upkeep_kind": "repeat_sessions",
    "upkeep_low": "3",
    "upkeep_high": "3",
    "cost_tier": "middle",
    "findings-TOTAL_FORMS": "1",
    "findings-0-topic": "growth",
    "findings-0-statement_en": "One small study saw a little more hair.",
    "findings-0-certainty": "very_low",
    "findings-0-checked_on": "2026-11-22",
    "findings-0-review_due": "2027-11-22",
    "findings-0-order": "10",
    "side_effects-TOTAL_FORMS": "1",
    "side_effects-0-name_en": "Warm skin",
    "side_effects-0-seriousness": "mild",
    "side_effects-0-frequency": "unknown",
    "side_effects-0-basis": "clinics",
    "side_effects-0-order": "10",
    "suitabilities-TOTAL_FORMS": "1",
    "suitabilities-0-who_en": "People who like lamps",
    "suitabilities-0-severity": "early",
    "suitabilities-0-support": "unsupported",
    "suitabilities-0-order": "10",
}


@pytest.fixture
def new() -> dict[str, object]:
    return NEW | {"findings-0-sources": [Source.objects.get(key="P1").pk]}


def change_page(slug: str) -> str:
    pk = Treatment.objects.get(slug=slug).pk
    return f"/admin/treatments/treatment/{pk}/change/"


def test_a_fourth_treatment_needs_the_admin_alone(admin_client: Client, client: Client, new):
    response = send_changed(admin_client, ADD, **new)
    assert response.status_code == 302, words_of(response)

    page = client.get("/treatments/light/")
    assert "Sample light therapy" in words_of(page)
    assert "One small study saw a little more hair." in words_of(page)

    comparison = words_of(client.get("/compare/prp-vs-light/"))
    assert "10–20 weeks" in comparison
    assert "6–8 sessions, 1–2 weeks apart" in comparison
    # 6 sessions take 10 weeks at most and leave room for 3 repeats; 8 take at least 7 weeks.
    assert "9–11 visits" in comparison

    result = words_of(client.get("/decide/?speed=soon&comfort=no-needles&severity=early&result=1"))
    light = result.split(" Light ")[-1]
    assert "First results after 10–20 weeks." in light
    assert "No needles." in light
    assert "Named as suitable for: People who like lamps." in light

    lane = client.get("/compare/prp-vs-light/").content.decode()
    assert "hue-rose" in lane.split('class="timeline"')[1].split("</figure>")[0]
    assert "Sample light therapy" in words_of(client.get("/consultation/"))
    assert "/treatments/light/" in client.get("/sitemap.xml").content.decode()
    assert "Sample light therapy" in words_of(client.get("/"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"living_with_en": ""}, "what it is like"),
        ({"findings-0-topic": "cost"}, "what one may gain"),
        ({"findings-0-sources": []}, "a source for every finding"),
        ({"side_effects-TOTAL_FORMS": "0"}, "what may go wrong"),
        ({"first_results_low": "", "first_results_high": ""}, "first results"),
    ],
)
def test_a_treatment_that_lacks_a_fact_is_not_published(admin_client, new, change, named):
    response = send_changed(admin_client, ADD, **(new | change))
    assert response.status_code == 200
    assert f"Still missing: {named}" in words_of(response)
    assert "One small study saw a little more hair." in words_of(response)
    assert not Treatment.objects.filter(slug="light").exists()


def test_the_same_may_be_kept_as_a_draft(admin_client: Client, new):
    del new["_publish"]
    response = send_changed(admin_client, ADD, **(new | {"living_with_en": ""}))
    assert response.status_code == 302
    assert not Treatment.objects.get(slug="light").is_reviewed


def test_an_edit_that_takes_away_a_fact_is_refused_and_kept_on_the_screen(admin_client: Client):
    before = Treatment.objects.get(slug="minoxidil").summary_en
    response = send_changed(
        admin_client, change_page("minoxidil"), living_with_en="", summary_en="A new summary."
    )
    assert "Still missing: what it is like" in words_of(response)
    assert "A new summary." in words_of(response)
    assert Treatment.objects.get(slug="minoxidil").summary_en == before


def test_an_edit_shows_on_the_page(admin_client: Client, client: Client):
    response = send_changed(admin_client, change_page("minoxidil"), summary_en="A new summary.")
    assert response.status_code == 302, words_of(response)
    assert "A new summary." in words_of(client.get("/treatments/minoxidil/"))


def test_a_treatment_with_very_many_rows_can_still_be_saved(admin_client: Client):
    more = {f"findings-{number}-of-a-long-form": "" for number in range(2000)}
    assert send_changed(admin_client, change_page("minoxidil"), **more).status_code == 302


def test_a_span_that_runs_backwards_is_refused_with_advice(admin_client: Client):
    response = send_changed(
        admin_client, change_page("minoxidil"), sessions_low="5", sessions_high="3"
    )
    assert "Write the smaller number first." in words_of(response)


def test_the_last_harm_of_a_published_treatment_cannot_be_deleted(admin_client: Client):
    finding = Finding.objects.filter(treatment__slug="hair-transplant", topic="growth").first()
    Finding.objects.filter(treatment__slug="hair-transplant", topic="growth").exclude(
        pk=finding.pk
    ).delete()
    response = admin_client.post(
        f"/admin/treatments/finding/{finding.pk}/delete/", {"post": "yes"}, follow=True
    )
    assert "Still missing: what one may gain" in words_of(response)
    assert Finding.objects.filter(pk=finding.pk).exists()


@pytest.mark.parametrize("lookup", ["consultation_requests", "consultation_requests__gt"])
def test_no_address_tells_an_editor_which_treatments_patients_ask_about(lookup):
    editor = signed_in(make_staff(Role.EDITOR))
    assert editor.get("/admin/treatments/treatment/", {lookup: 1}).status_code == 400
    assert editor.get("/admin/treatments/treatment/", {"offered__exact": 1}).status_code == 200


@pytest.mark.parametrize("lookup", ["+", "+__isnull", "+__gt"])
def test_no_address_tells_an_editor_when_patients_asked(lookup):
    editor = signed_in(make_staff(Role.EDITOR))
    assert editor.get("/admin/treatments/factsversion/", {lookup: 0}).status_code == 400


def test_deleting_a_source_names_what_cites_it_and_no_table(admin_client: Client):
    finding = Finding.objects.filter(treatment__slug="prp", topic="growth").first()
    source = finding.sources.first()
    response = admin_client.get(f"/admin/treatments/source/{source.pk}/delete/")
    assert len(response.context["deleted_objects"]) == 1
    assert list(response.context["model_count"]) == [("sources", 1)]
    stays, deleted = words_of(response).split("Are you sure you want to delete the source")
    assert "They stay, without it:" in stays
    assert f"Finding: {finding}" in stays
    assert "Finding: " not in deleted
    assert "relationship" not in deleted


def test_deleting_several_sources_names_what_cites_them(admin_client: Client):
    chosen = list(Source.objects.values_list("pk", flat=True)[:3])
    typed = {"action": "delete_selected", "_selected_action": chosen}
    words = words_of(admin_client.post("/admin/treatments/source/", typed))
    stays, deleted = words.split("Are you sure you want to delete the selected sources")
    assert "They stay, without them: " in stays
    assert "Finding: " in stays
    assert "Finding: " not in deleted
    assert Source.objects.filter(pk__in=chosen).count() == 3


def test_queries_of_deleting_a_source_do_not_grow(
    admin_client: Client, django_assert_max_num_queries
):
    source = Source.objects.get(key="P1")
    page = f"/admin/treatments/source/{source.pk}/delete/"
    admin_client.get(page)  # content types are read once
    with CaptureQueriesContext(connection) as before:
        admin_client.get(page)
    for finding in Finding.objects.all():
        finding.sources.add(source)
    with django_assert_max_num_queries(len(before)):
        admin_client.get(page)


def test_deleting_a_treatment_names_its_rows_and_no_table(admin_client: Client):
    prp = Treatment.objects.get(slug="prp")
    response = admin_client.get(f"/admin/treatments/treatment/{prp.pk}/delete/")
    (_treatment, rows) = response.context["deleted_objects"]
    assert len(rows) == sum(count for _name, count in response.context["model_count"]) - 1
    assert "relationship" not in words_of(response)


def test_the_checklist_names_what_is_missing_and_leads_there(admin_client: Client):
    Treatment.objects.filter(slug="minoxidil").update(status="draft", living_with_en="")
    html = admin_client.get(change_page("minoxidil")).content.decode()
    missing = html.split("Still missing:")[1].split("</ul>")[0]
    assert '<a href="#id_living_with_en">what it is like</a>' in missing
    assert missing.count("<li>") == 1
    assert 'id="id_living_with_en"' in html


def test_the_editor_is_told_what_is_unequal(admin_client: Client):
    Finding.objects.filter(treatment__slug="minoxidil", topic="duration").delete()
    words = words_of(admin_client.get(change_page("minoxidil")))
    assert "No finding on “How long it lasts”" in words


def test_stale_findings_head_the_list(admin_client: Client):
    finding = Finding.objects.last()
    Finding.objects.filter(pk=finding.pk).update(checked_on="2019-01-01", review_due="2020-01-01")
    html = admin_client.get("/admin/treatments/finding/").content.decode()
    first = html.split('id="result_list"')[1].split("<tbody>")[1].split("</tr>")[0]
    assert f"/admin/treatments/finding/{finding.pk}/change/" in first


@pytest.mark.parametrize(
    "model",
    [
        "treatment", "finding", "claim", "question", "precaution", "redflag", "scale", "source",
        "questiontoask",
    ],
)  # fmt: skip
def test_every_list_opens_searches_and_adds(admin_client: Client, model):
    assert admin_client.get(f"/admin/treatments/{model}/").status_code == 200
    assert admin_client.get(f"/admin/treatments/{model}/?q=hair").status_code == 200
    assert admin_client.get(f"/admin/treatments/{model}/add/").status_code == 200


def test_a_row_of_whom_it_suits_can_tell_how_far_the_loss_is():
    assert Suitability.objects.exclude(severity="").exists()


# ---- Two languages


def test_both_languages_stand_in_one_row_each_in_its_direction(admin_client: Client):
    html = admin_client.get(change_page("minoxidil")).content.decode()
    assert "form-row field-summary_en field-summary_ur" in html
    urdu = re.search(r'<textarea name="summary_ur"[^>]*>', html)[0]
    english = re.search(r'<textarea name="summary_en"[^>]*>', html)[0]
    assert 'lang="ur"' in urdu
    assert 'dir="rtl"' in urdu
    assert 'lang="en"' in english
    assert 'dir="ltr"' in english
    assert re.search(r'findings-0-statement_ur"[^>]* lang="ur"', html)
    assert "In one sentence (Urdu)" in html


def test_missing_urdu_is_marked_at_the_field_and_listed_on_top(admin_client: Client):
    assert 'class="missing"' not in admin_client.get(change_page("minoxidil")).content.decode()
    Treatment.objects.filter(slug="minoxidil").update(summary_ur="")
    Finding.objects.filter(treatment__slug="minoxidil", topic="growth").update(statement_ur=None)
    count = Finding.objects.filter(treatment__slug="minoxidil", topic="growth").count()
    html = admin_client.get(change_page("minoxidil")).content.decode()
    marked = re.search(r'id="id_summary_ur_helptext">\s*<div>(.*?)</div>', html)[1]
    assert marked == '<strong class="missing">Urdu missing</strong>'
    assert '<a href="#id_summary_ur">In one sentence</a>' in html
    assert f'<a href="#findings-group">Findings: what the evidence says ({count})</a>' in html


def test_the_list_shows_and_filters_what_lacks_urdu(admin_client: Client):
    Finding.objects.filter(treatment__slug="minoxidil").update(statement_ur="")
    words = words_of(admin_client.get(LIST))
    assert words.count("Urdu missing") == 2  # the filter and one row
    words = words_of(admin_client.get(f"{LIST}?urdu=missing"))
    assert "1 treatment" in words
    assert "1 finding" not in words_of(admin_client.get("/admin/treatments/claim/?urdu=missing"))


# ---- Review


def test_what_is_past_its_review_is_shown_and_found(admin_client: Client):
    with time_machine.travel("2026-06-01 12:00"):
        Treatment.objects.filter(slug="prp").update(
            reviewed_by="Dr Sample", reviewed_on="2025-05-31", review_due="2026-05-31"
        )
        Treatment.objects.filter(slug="exosomes").update(
            reviewed_by="Dr Sample", reviewed_on="2025-06-01", review_due="2026-06-01"
        )
        assert [str(each) for each in Treatment.objects.past_review()] == ["PRP"]
        words = words_of(admin_client.get(LIST))
        assert "Was due on 31 May 2026" in words
        assert "Due on 1 Jun 2026" in words
        assert "1 treatment" in words_of(admin_client.get(f"{LIST}?review=past"))
        assert "5 treatments" in words_of(admin_client.get(f"{LIST}?review=none"))


def test_findings_past_their_date_are_found(admin_client: Client):
    Finding.objects.update(review_due="2999-12-31")
    finding = Finding.objects.last()
    Finding.objects.filter(pk=finding.pk).update(checked_on="2019-01-01", review_due="2020-01-01")
    assert "1 finding" in words_of(admin_client.get("/admin/treatments/finding/?stale=yes"))


# ---- Numbers of queries


@pytest.mark.parametrize("address", ["change/", "preview/"])
def test_queries_do_not_grow_with_rows(
    admin_client: Client, address, django_assert_max_num_queries
):
    minoxidil = Treatment.objects.get(slug="minoxidil")
    page = f"{LIST}{minoxidil.pk}/{address}"
    admin_client.get(page)  # content types are read once
    with CaptureQueriesContext(connection) as before:
        admin_client.get(page)
    for number in range(8):
        finding = minoxidil.findings.create(
            topic="growth", statement_en=f"{number}", certainty="low"
        )
        finding.sources.set(Source.objects.all()[:3])
        harm = minoxidil.side_effects.create(
            name_en="x", seriousness="mild", frequency="unknown", basis="clinics"
        )
        harm.sources.set(Source.objects.all()[:2])
    with django_assert_max_num_queries(len(before)):
        admin_client.get(page)
    assert len(before) < 45


def test_queries_of_a_list_do_not_grow(admin_client: Client, django_assert_max_num_queries):
    with CaptureQueriesContext(connection) as before:
        admin_client.get(LIST)
    for number in range(10):
        Treatment.objects.create(slug=f"t{number}", name_en="T", short_name_en="T")
    with django_assert_max_num_queries(len(before)):
        admin_client.get(LIST)
