"""Who changed what, as an editor reads it, and the way back."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from clinic_site.roles import Role
from tests.forms import send_changed
from tests.pages import words_of
from tests.staff import make_staff, signed_in
from treatments import history
from treatments.models import Finding, Precaution, Source, Treatment, TreatmentVersion
from treatments.services import Cause, editing
from treatments.spans import Span, Unit

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def editor(admin_user) -> User:
    admin_user.first_name, admin_user.last_name = "Sample", "Editor"
    admin_user.save()
    return admin_user


@pytest.fixture
def prp() -> Treatment:
    return Treatment.objects.get(slug="prp")


def history_of(treatment: Treatment) -> str:
    return f"/admin/treatments/treatment/{treatment.pk}/history/"


def last_changes(treatment: Treatment) -> list[history.EntryChange]:
    after, before, *_ = treatment.versions.all()
    return history.changes(before, after)


def test_a_change_is_told_field_by_field_in_the_words_of_the_form(editor, prp):
    with editing(actor=editor, cause=Cause.EDIT):
        prp.summary_en = prp.summary_en.replace("denser", "thicker")
        prp.lasts_note_ur = ""
        prp.sessions = Span(3, 9, Unit.SESSIONS)
        prp.cost_tier = "high"
        prp.offered = False
        prp.reviewed_by, prp.reviewed_on = "Dr Sample", "2026-01-31"
        prp.save()
    (change,) = last_changes(prp)
    told = {(str(text.label), text.language): (text.before, text.after) for text in change.texts}
    assert told.keys() == {
        ("in one sentence", "en"), ("how long it lasts, in words", "ur"), ("first course", ""),
        ("cost", ""), ("offered by this clinic", ""), ("reviewed by", ""), ("reviewed on", ""),
    }  # fmt: skip
    assert told["first course", ""] == ("3 or more sessions", "3–9 sessions")
    assert told["cost", ""] == ("Lower", "Higher")
    assert told["offered by this clinic", ""] == ("Yes", "No")
    assert told["reviewed on", ""] == ("", "31 January 2026")
    assert told["how long it lasts, in words", "ur"][1] == ""
    summary = next(text for text in change.texts if str(text.label) == "in one sentence")
    assert [piece for piece in summary.pieces if piece[0] != "same"] == [
        ("gone", "denser"),
        ("new", "thicker"),
    ]


def test_rows_that_came_and_went_are_told(editor, prp):
    point = Precaution.objects.filter(treatments=prp).first()
    with editing(actor=editor, cause=Cause.EDIT):
        prp.questions.create(question_en="Does it hurt much?", answer_en="Yes.")
        gone = prp.side_effects.first()
        gone.delete()
        finding = prp.findings.filter(event_rates__isnull=False).first()
        finding.event_rates.update(count=1)
        finding.sources.set(Source.objects.filter(key__in=["P1", "P2"]))
        point.treatments.remove(prp)
    told = [(change.kind, str(change.what), change.title) for change in last_changes(prp)]
    assert ("added", "question", "Does it hurt much?") in told
    assert ("removed", "side effect", gone.name_en) in told
    assert ("removed", "precaution", point.name_en) in told
    assert any(kind == "changed" and what == "event rate" for kind, what, _title in told)
    assert any(kind == "changed" and what == "finding" for kind, what, _title in told)


def test_another_order_is_told_once(editor, prp):
    with editing(actor=editor, cause=Cause.EDIT):
        Finding.objects.filter(pk=prp.findings.last().pk).update(order=1)
    (change,) = last_changes(prp)
    assert (change.kind, str(change.what)) == ("moved", "findings: what the evidence says")


def test_a_version_of_another_time_is_still_told(prp):
    old, new = prp.versions.get(), prp.versions.get()
    old.text = old.text.replace("hue = ", "tint = ") + '\n[notions.x]\na = "b"\n'
    old.text = old.text.replace("3+ sessions", "3+ rounds")
    old.shared = "[notions.x]\n"
    (change,) = history.changes(old, new)
    assert {str(text.label) for text in change.texts} == {"tint", "colour", "first course"}


def test_the_page_says_who_did_what(admin_client: Client, editor, prp):
    send_changed(
        admin_client, f"/admin/treatments/treatment/{prp.pk}/change/", summary_en="A new summary."
    )
    response = admin_client.get(history_of(prp))
    words = words_of(response)
    assert "Edited · Sample Editor" in words
    assert "In one sentence (English)" in words
    assert "<ins>new</ins>" in response.content.decode()
    assert "Brought by an update of the site" in words


def test_saving_without_a_change_makes_no_version(admin_client: Client, prp):
    response = send_changed(admin_client, f"/admin/treatments/treatment/{prp.pk}/change/")
    assert response.status_code == 302
    assert prp.versions.count() == 1


def test_line_ends_of_a_browser_are_no_change(admin_client: Client, prp):
    text = prp.what_it_is_en
    assert "\n\n" in text
    address = f"/admin/treatments/treatment/{prp.pk}/change/"
    send_changed(admin_client, address, what_it_is_en=text.replace("\n", "\r\n"))
    assert prp.versions.count() == 1


def test_one_returns_from_the_page_and_reads_first_what_it_will_do(
    admin_client: Client, editor, prp
):
    first, before = prp.versions.get(), prp.summary_en
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(summary_en="Other.")
    address = f"/admin/treatments/treatment/version/{first.pk}/"
    assert address in admin_client.get(history_of(prp)).content.decode()
    assert "Other" in words_of(admin_client.get(address))
    assert Treatment.objects.get(slug="prp").summary_en == "Other."

    response = admin_client.post(address, follow=True)

    assert "“PRP” is again what it was." in words_of(response)
    assert Treatment.objects.get(slug="prp").summary_en == before


def test_a_return_that_would_leave_a_gap_is_refused_with_what_is_missing(
    admin_client: Client, editor, prp
):
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(status="draft", living_with_en="")
    incomplete = prp.versions.first()
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(status="published", living_with_en="Like this.")
    response = admin_client.post(f"/admin/treatments/treatment/version/{incomplete.pk}/")
    assert response.status_code == 422
    assert "Still missing: what it is like" in words_of(response)
    assert "<title>Error:" in response.content.decode()


def test_a_deleted_treatment_is_found_and_comes_back(admin_client: Client, prp):
    admin_client.post(f"/admin/treatments/treatment/{prp.pk}/delete/", {"post": "yes"})
    assert not Treatment.objects.filter(slug="prp").exists()
    page = admin_client.get("/admin/treatments/treatment/deleted/").content.decode()
    version = TreatmentVersion.objects.get(stem="prp")
    address = f"/admin/treatments/treatment/version/{version.pk}/"
    assert address in page
    assert admin_client.get(address).status_code == 200
    assert "is again what it was" in words_of(admin_client.post(address, follow=True))
    assert Treatment.objects.get(slug="prp").findings.exists()


def test_who_may_only_look_may_not_return(client: Client, prp):
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_treatment"))
    client.force_login(user)
    page = client.get(history_of(prp))
    assert page.status_code == 200
    assert "Return to this version" not in words_of(page)
    version = f"/admin/treatments/treatment/version/{prp.versions.get().pk}/"
    assert client.get(version).status_code == client.post(version).status_code == 403
    assert client.get("/admin/treatments/treatment/deleted/").status_code == 403


@pytest.mark.parametrize(("role", "may"), [(Role.CLINICIAN, False), (Role.EDITOR, True)])
def test_a_return_is_for_who_may_add_and_delete_too(role, may, editor, prp):
    first, before = prp.versions.get(), prp.summary_en
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(summary_en="Other.")
    client = signed_in(make_staff(role))
    page = client.get(history_of(prp))
    assert page.status_code == 200
    assert ("Return to this version" in words_of(page)) is may
    address = f"/admin/treatments/treatment/version/{first.pk}/"
    assert client.get(address).status_code == (200 if may else 403)
    assert client.post(address).status_code == (302 if may else 403)
    assert Treatment.objects.get(slug="prp").summary_en == (before if may else "Other.")


def test_a_long_history_is_turned_page_by_page(
    admin_client: Client, editor, prp, django_assert_max_num_queries
):
    for number in range(12):
        with editing(actor=editor, cause=Cause.EDIT):
            Treatment.objects.filter(slug="prp").update(summary_en=f"Number {number}.")
    with django_assert_max_num_queries(8):
        words = words_of(admin_client.get(history_of(prp)))
    assert "11" in words
    assert "Older" in words
    assert "Brought by an update" in words_of(admin_client.get(history_of(prp) + "?p=2"))
