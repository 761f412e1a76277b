"""The list that the desk works through."""

from datetime import timedelta
from importlib import import_module
from itertools import chain
from unittest.mock import Mock

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from clinic_site.models import AccessRecord
from consultations import search
from consultations.admin.requests import ConsultationRequestAdmin
from consultations.models import SearchTerm, State
from tests.consultations.admin.pages import LIST, references
from tests.consultations.factories import make_request
from tests.pages import words_of
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")


def test_newest_first_with_what_a_phone_call_needs(desk: Client):
    now = timezone.now()
    early = make_request(
        name="Ayesha Khan",
        treatment=Treatment.objects.get(slug="prp"),
        red_flags=[{"key": "a", "name": "Bald patches"}, {"key": "b", "name": "Sudden loss"}],
        precautions=[{"key": "c", "name": "I have cancer"}],
        created_at=now - timedelta(hours=3),
    )
    late = make_request(name="Bilal", contact_by="whatsapp", created_at=now)

    response = desk.get(LIST)

    assert references(response) == [late.reference, early.reference]
    words = words_of(response)
    for shown in ("Ayesha Khan", "Bilal", "WhatsApp", "New", "3 hours", "red flags: 2",
                  "precautions: 1", "Not sure yet"):  # fmt: skip
        assert shown in words
    assert b'href="tel:+92-300-1234567"' in response.content


def test_nobody_waits_who_has_been_answered(desk: Client):
    make_request(state=State.CONTACTED, created_at=timezone.now() - timedelta(hours=3))
    assert "3 hours" not in words_of(desk.get(LIST))


@pytest.fixture(params=["rare", "common"])
def however_common(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What many have in common is looked for in another way."""
    if request.param == "common":
        monkeypatch.setattr(search, "_MANY", 1)


@pytest.mark.usefixtures("however_common")
@pytest.mark.parametrize(
    "query", ["0300-1234567", "0300 1234567", "+92 300 1234567", "0092 300 1234567",
              "۰۳۰۰۱۲۳۴۵۶۷", "123 4567", "(0300)"]
)  # fmt: skip
def test_search_by_phone_in_any_spelling(desk: Client, query):
    found = make_request()
    other = make_request(name="Other", phone="+923219876543")
    assert references(desk.get(LIST, {"q": query})) == [found.reference]
    assert other.reference not in words_of(desk.get(LIST, {"q": query}))


@pytest.mark.usefixtures("however_common")
@pytest.mark.parametrize(
    "query",
    [
        "ayesha",
        "Khan Ayesha",
        "khan ay",
        "hc-88888",
        "88888",
        "hc88888",
        "HC888",
        "ayesha@example",
        "ayesha@example.com",
    ],
)
def test_search_by_name_reference_and_email(desk: Client, query):
    found = make_request(email="ayesha@example.com", reference="HC-88888")
    make_request(name="Bilal", phone="+923219876543", reference="HC-ZZZZZ")
    assert references(desk.get(LIST, {"q": query})) == [found.reference]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("عائشہ خان", "خان"),
        ("José Álvarez", "alvarez jose"),
        ("Al-Khan", "khan"),
        ("نمونہ مریض", "نمونه مريض"),
        ("کاشفہ علی", "كاشفة على"),
        ("عائشہ بھٹی", "عائشه بهٹي"),
        ("فاطمة الزهراء", "فاطمہ الزہرا"),
        ("D'Souza", "souza"),
    ],
)
def test_search_by_names_of_every_kind(desk: Client, name, query):
    found = make_request(name=name)
    make_request(name="Somebody else", phone="+923219876543")
    assert references(desk.get(LIST, {"q": query})) == [found.reference]


def test_what_was_indexed_before_is_found_by_other_letters_too(desk: Client):
    found = make_request(name="نمونہ مریض")
    found.search_terms.all().delete()
    SearchTerm.objects.create(request=found, term="مریض".encode().hex())
    fold_letters = import_module("consultations.migrations.0012_fold_letters")
    fold_letters.index_anew(apps, None)
    for query in ("مريض", found.reference.replace("-", "").lower()):
        assert references(desk.get(LIST, {"q": query})) == [found.reference]
    assert found.search_terms.count() == len(set(search.keys_of(found)))


@pytest.mark.parametrize("query", ["%", "\\", "gzzzzz", "ayesha' OR 1=1", "x" * 5000])
def test_a_search_for_nonsense_finds_nothing_and_breaks_nothing(desk: Client, query):
    make_request()
    response = desk.get(LIST, {"q": query})
    assert response.status_code == 200
    assert references(response) == []


@pytest.mark.parametrize("query", ["'", "\0", " "])
def test_a_search_for_no_word_at_all_shows_the_list(desk: Client, query):
    request = make_request()
    assert references(desk.get(LIST, {"q": query})) == [request.reference]


def test_filters(desk: Client):
    prp = Treatment.objects.get(slug="prp")
    asked = make_request(treatment=prp)
    contacted = make_request(name="Bilal", state=State.CONTACTED)
    assert references(desk.get(LIST, {"state__exact": "contacted"})) == [contacted.reference]
    assert references(desk.get(LIST, {"treatment__id__exact": prp.pk})) == [asked.reference]


def test_filters_are_called_by_what_they_do(desk: Client):
    asked, unsure = (
        make_request(treatment=Treatment.objects.get(slug="prp")),
        make_request(name="B"),
    )
    words = words_of(desk.get(LIST))
    assert "By how it came in" in words
    assert "By treatment All" in words
    assert words.split("By treatment All")[1].split(" By ")[0].endswith(" Not sure yet")
    assert references(desk.get(LIST, {"treatment__isnull": "True"})) == [unsure.reference]
    assert len(references(desk.get(LIST, {"came_by__exact": "website"}))) == 2
    assert asked.treatment


def test_what_is_marked_and_what_is_on_record_go_together(desk: Client, monkeypatch):
    request = make_request()
    monkeypatch.setattr("clinic_site.audit.record", Mock(side_effect=RuntimeError))
    with pytest.raises(RuntimeError):
        desk.post(LIST, {"action": "mark_contacted", "_selected_action": request.pk})
    request.refresh_from_db()
    assert request.state == State.NEW


def test_a_treatment_is_called_what_the_reader_calls_it(desk: Client):
    with translation.override("ur"):
        make_request(language="ur", treatment=Treatment.objects.get(slug="prp"))
    for address in (LIST, "/admin/"):
        words = words_of(desk.get(address))
        assert "PRP" in words
        assert "پی آر پی" not in words
    assert "پی آر پی" in words_of(desk.get("/ur" + LIST))


@pytest.mark.parametrize("nobody", ["99999999999999999999", "0", "x", "٣"])
def test_a_practitioner_that_is_none_narrows_nothing_down(desk: Client, nobody):
    request = make_request()
    assert references(desk.get(LIST, {"practitioner": nobody})) == [request.reference]


@pytest.mark.parametrize("count", [1, 3, 4, 6, 7, 8])
@pytest.mark.parametrize("order", ["", "1", "-3.1"])
def test_the_pages_of_the_list_hold_everybody_once_in_order(
    desk: Client, monkeypatch: pytest.MonkeyPatch, count, order
):
    for number in range(count):
        name, state = "AB"[number % 2], ["new", "contacted"][number % 3 % 2]
        make_request(name=name, state=state, sender=f"browser {number}")
    everybody = references(desk.get(LIST, {"o": order}))
    monkeypatch.setattr(ConsultationRequestAdmin, "list_per_page", 3)
    pages = [
        references(desk.get(LIST, {"o": order, "p": page}))
        for page in range(1, (count + 2) // 3 + 1)
    ]
    assert all(len(page) == 3 for page in pages[:-1])
    assert list(chain(*pages)) == everybody
    assert len(set(everybody)) == count


def test_the_last_page_of_the_list_steps_over_nobody(desk: Client, monkeypatch: pytest.MonkeyPatch):
    for number in range(7):
        make_request(name=f"Person {number}", sender=f"browser {number}")
    monkeypatch.setattr(ConsultationRequestAdmin, "list_per_page", 3)
    with CaptureQueriesContext(connection) as asked:
        assert len(references(desk.get(LIST, {"p": 3}))) == 1
    assert not [query for query in asked.captured_queries if "OFFSET" in query["sql"]]


def test_queries_of_the_list_do_not_grow(desk: Client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(LIST).status_code == 200
        return len(asked)

    make_request(treatment=Treatment.objects.get(slug="prp"))
    few = queries()
    for number in range(20):
        make_request(name=f"Person {chr(65 + number)}", treatment=Treatment.objects.first())
    assert queries() == few <= 25


def test_action_marks_as_contacted_and_leaves_alone_what_has_ended(desk: Client, clerk: User):
    new = make_request()
    came = make_request(name="Came", state=State.ATTENDED)

    response = desk.post(
        LIST,
        {"action": "mark_contacted", "_selected_action": [new.pk, came.pk]},
        follow=True,
    )

    assert "1 request marked." in words_of(response)
    assert f"{came.reference}: This one has ended." in words_of(response)
    for request in (new, came):
        request.refresh_from_db()
    assert (new.state, came.state) == (State.CONTACTED, State.ATTENDED)
    assert new.events.last().actor == clerk
    assert AccessRecord.objects.filter(action="changed").get().reference == new.reference


@pytest.mark.parametrize("lookup", ["token__startswith", "submission_key__startswith"])
def test_the_list_does_not_let_a_patients_key_be_guessed(desk: Client, lookup):
    request = make_request()
    response = desk.get(LIST, {lookup: request.token[:2]})
    assert response.status_code in {302, 400}


@pytest.mark.parametrize("kind", ["tell", "undelivered"])
def test_the_list_finds_whom_something_must_be_told(desk: Client, kind):
    found, _other = make_request(email="a@example.com"), make_request(name="Bilal")
    messages = found.messages.filter(kind="received")
    messages.update(
        **{"tell": {"channel": "whatsapp"}, "undelivered": {"state": "undelivered"}}[kind]
    )
    assert references(desk.get(LIST, {"open": kind})) == [found.reference]
