"""Finding, showing and taking along what is held about one person, as staff do it."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic_site.models import AccessRecord
from clinic_site.roles import Role
from consultations import person, services
from consultations.models import ConsultationRequest
from tests.consultations.factories import make_request
from tests.consultations.test_erasure import DATA, ERASE, FIND, confirm, mail_about
from tests.forms import values_on
from tests.pages import words_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def owner():
    return make_staff(Role.OWNER)


@pytest.fixture
def desk(owner) -> Client:
    return signed_in(owner)


def found(query: str) -> dict[str, str]:
    return {one.request.name: str(one.because) for one in person.find(query)}


# ---- Finding


@pytest.mark.parametrize(
    "query",
    ["0300 1234567", "+92-300-1234567", "۰۳۰۰۱۲۳۴۵۶۷", "ayesha@EXAMPLE.com", "khan ayesha",
     "hc-88888", "hc88888"],
)  # fmt: skip
def test_a_person_is_found_by(query):
    make_request(email="Ayesha@example.com", reference="HC-88888")
    make_request(name="Bilal", phone="+923219876543")
    assert found(query) == {"Ayesha Khan": "matches"}


def test_requests_that_share_a_phone_or_an_address_are_shown_too():
    make_request(email="one@example.com")
    make_request(name="Aisha K.", sender="b")
    make_request(name="A. Khan", phone="+923219876543", email="ONE@example.com")
    make_request(name="Bilal", phone="+923215555555", email="two@example.com")
    assert found("Ayesha Khan") == {
        "Ayesha Khan": "matches",
        "Aisha K.": "same phone number",
        "A. Khan": "same e-mail",
    }


def test_a_person_without_an_address_is_not_taken_for_all_others_without_one():
    make_request()
    make_request(name="Bilal", phone="+923219876543")
    assert found("Ayesha") == {"Ayesha Khan": "matches"}


@pytest.mark.parametrize("query", ["", "   ", "\0", "x" * 300])
def test_a_search_that_says_nothing_is_answered_with_advice(desk, query):
    response = desk.get(FIND, {"q": query})
    assert response.status_code == 200
    assert "Error:" in words_of(response)


@pytest.mark.parametrize("query", ["%", "'", "@", "92", "😀", "( ) *"])
def test_a_search_for_anything_is_no_error(desk, query):
    make_request()
    assert "Nothing is found" in words_of(desk.get(FIND, {"q": query}))


def test_staff_choose_themselves_unless_there_is_but_one(desk):
    make_request()
    page = desk.get(FIND, {"q": "0300 1234567"}).content.decode()
    assert page.count("checkbox") == page.count(" checked") == 1
    make_request(name="Somebody else", sender="b")
    page = desk.get(FIND, {"q": "0300 1234567"}).content.decode()
    assert page.count("checkbox") == 2
    assert " checked" not in page


def test_queries_of_the_search_do_not_grow(desk):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(FIND, {"q": "Ayesha"}).status_code == 200
        return len(asked)

    make_request()
    few = queries()
    for number in range(10):
        make_request(sender=str(number), email=f"p{number}@example.com", message=str(number))
    assert queries() == few


# ---- Showing and taking along


@pytest.fixture
def request_of_much(owner) -> ConsultationRequest:
    request = make_request(
        email="ayesha@example.com",
        message="My words",
        tried_before="Oil",
        pattern="A pattern",
        red_flags=[{"key": "a", "name": "A red flag"}],
        precautions=[{"key": "b", "name": "A precaution"}],
        decision={"answers": [["A question", "An answer"]], "questions": ["My question"]},
    )
    services.note_contact(request=request, actor=owner, note="Called back")
    confirm(request, owner, days=2)
    services.change_wish(
        request=request, preferred_times=[timezone.now() + timedelta(days=5)], note="Evenings"
    )
    message = request.messages.filter(channel="email").first()
    message.email = mail_about(
        request, f"What we wrote: https://clinic.example{request.get_absolute_url()}"
    )
    message.save()
    services.decline(request=request, actor=owner, reason="A reason", note="Inner")
    return request


SAID = ["Ayesha Khan", "ayesha@example.com", "My words", "Oil", "A pattern", "A red flag",
        "A precaution", "A question", "An answer", "My question", "Called back", "Evenings",
        "What we wrote", "/consultation/[token]/", "A reason", "Inner",
        "Sample practitioner"]  # fmt: skip


@pytest.mark.parametrize("way", [{}, {"as": "json"}])
def test_all_that_was_said_is_in_it(desk, request_of_much, way):
    text = desk.get(DATA, {"r": request_of_much.reference, **way}).content.decode()
    assert [said for said in SAID if said not in text] == []
    assert request_of_much.privacy_version in text
    assert request_of_much.token not in text


def test_the_file_is_json_with_a_name_of_its_own(desk, request_of_much):
    other = make_request(name="Aisha", sender="b")
    response = desk.get(DATA, {"r": [request_of_much.reference, other.reference], "as": "json"})

    assert response.headers["Content-Type"] == "application/json"
    assert f'filename="{other.reference}.json"' in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    data = json.loads(response.content)
    assert (data["format"], data["version"]) == ("consultation-requests", 1)
    newest, first = data["requests"]
    assert newest["name"] == "Aisha"
    assert first["phone"] == "+923001234567"
    assert [event["by"] for event in first["events"]] == ["patient", "clinic", "clinic",
                                                          "patient", "clinic"]  # fmt: skip
    assert first["appointments"][0]["cancelled_at"]
    assert first["facts"]["version"] == request_of_much.facts_version.pk
    assert first["messages"][0].keys() == {
        "created_at", "settled_at", "kind", "channel", "state", "appointment", "mail"
    }  # fmt: skip


def test_every_field_is_in_the_file_or_left_out_on_purpose(request_of_much):
    (told,) = person.as_data(person.chosen([request_of_much.reference]))["requests"]
    fields = {field.name for field in ConsultationRequest._meta.concrete_fields}
    assert fields - told.keys() == person.LEFT_OUT


def test_the_page_can_be_handed_over_in_the_language_of_the_person(desk):
    request = make_request(language="ur")
    address = f"/ur{DATA}?r={request.reference}"
    assert address in desk.get(DATA, {"r": request.reference}).content.decode()
    response = desk.get(address)
    assert response.status_code == 200
    assert 'dir="rtl"' in response.content.decode()


def test_what_was_taken_along_is_on_record(desk, owner):
    request = make_request()
    desk.get(DATA, {"r": request.reference, "as": "json"})
    record = AccessRecord.objects.get()
    assert (record.actor, record.action, record.reference) == (owner, "exported", request.reference)


def test_what_was_only_shown_is_on_record_as_looked_at(desk, owner):
    requests = [make_request(), make_request(sender="another browser")]
    desk.get(DATA, {"r": [one.reference for one in requests], "q": "Ayesha"})
    records = AccessRecord.objects.values_list("actor", "action", "reference")
    assert set(records) == {(owner.pk, "viewed", one.reference) for one in requests}


@pytest.mark.parametrize("way", [DATA, ERASE])
@pytest.mark.parametrize("asked", [{"r": "HC-NONE0"}, {"r": "\0"}])
def test_what_is_not_there_leads_back_to_the_search(desk, way, asked):
    response = desk.get(way, asked, follow=True)
    assert response.redirect_chain == [(FIND, 302)]
    assert "Nothing of these requests is here any more" in words_of(response)


@pytest.mark.parametrize("way", [DATA, ERASE])
@pytest.mark.parametrize("more", [{}, {"as": "json"}])
def test_who_ticks_nothing_is_told_so_and_keeps_what_was_found(desk, way, more):
    make_request()
    make_request(sender="another browser")
    sent = values_on(desk, f"{FIND}?q=0300+1234567")  # several, so none of them is ticked
    assert "r" not in sent
    response = desk.get(way, sent | more, follow=True)
    assert response.redirect_chain == [(f"{FIND}?q=0300+1234567", 302)]
    words = words_of(response)
    assert "Tick the requests that are theirs first." in words
    assert words.count("Ayesha Khan") == 2
    assert not AccessRecord.objects.exists()


# ---- Erasing, as a person sees it


def test_the_page_says_what_goes_and_what_stays(desk, owner):
    request = make_request()
    confirm(request, owner, days=3)
    words = words_of(desk.get(ERASE, {"r": request.reference}))
    for said in (request.reference, "Ayesha Khan", "its time becomes free",
                 "the practitioner and the time, without the person", "Backups",
                 f"Type {request.reference}"):  # fmt: skip
        assert said in words
    assert ConsultationRequest.objects.exists()


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ({"reason": "asked", "reference": ""}, "Type the reference"),
        ({"reason": "asked", "reference": "HC-OTHER"}, "Check that you erase the right person"),
        ({"reference": "right"}, "Choose why"),
        ({"reason": "expired", "reference": "right"}, "Select a valid choice"),
    ],
)
def test_what_is_not_confirmed_is_not_erased(desk, typed, advice):
    request = make_request()
    if typed["reference"] == "right":
        typed = {**typed, "reference": request.reference}
    response = desk.post(ERASE, {"r": request.reference, **typed})
    assert response.status_code == 422
    assert "Error:" in words_of(response)
    assert advice in words_of(response)
    assert ConsultationRequest.objects.get() == request


def test_a_reference_may_be_typed_in_small_letters(desk):
    request = make_request()
    typed = {"r": request.reference, "reason": "asked", "reference": request.reference.lower()}
    assert desk.post(ERASE, typed).status_code == 302
    assert not ConsultationRequest.objects.exists()


def test_only_the_chosen_requests_are_erased(desk):
    first, second, other = (make_request(name=name, sender=name) for name in "ABC")
    sent = {"r": [first.reference, second.reference], "reason": "mistake"}
    response = desk.post(ERASE, {**sent, "reference": second.reference}, follow=True)
    assert "2 requests are erased." in words_of(response)
    assert ConsultationRequest.objects.get() == other


# ---- Who may


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.CLINICIAN, Role.EDITOR])
@pytest.mark.parametrize("address", [FIND, DATA, ERASE])
def test_only_the_owner_may(role, address):
    request = make_request()
    desk = signed_in(make_staff(role))
    sent = {"r": request.reference, "reason": "asked", "reference": request.reference}
    assert desk.get(address, sent).status_code == 403
    assert desk.post(address, sent).status_code in {403, 405}
    assert ConsultationRequest.objects.get() == request


@pytest.mark.parametrize(
    ("right", "opened"), [("export_person", [FIND, DATA]), ("erase_person", [FIND, ERASE])]
)
def test_one_right_does_not_give_the_other(right, opened):
    user = make_staff()
    user.user_permissions.add(Permission.objects.get(codename=right))
    request = make_request()
    for address in (FIND, DATA, ERASE):
        status = signed_in(user).get(address, {"r": request.reference}).status_code
        assert status == (200 if address in opened else 403)
    page = signed_in(user).get(FIND, {"q": request.reference}).content.decode()
    assert (DATA in page, ERASE in page) == (DATA in opened, ERASE in opened)
