"""Contact details that were mistyped are put right."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from consultations import outbox, services
from consultations.models import Message
from tests.consultations.admin.pages import LIST, move, references, settle
from tests.consultations.factories import make_request
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


def contact(**changes: str) -> dict[str, str]:
    return {
        "name": "Ayesha Khan",
        "phone": "0300 1234567",
        "contact_by": "call",
        "language": "en",
        **changes,
    }


def test_a_mistyped_number_is_put_right_and_found_by(desk: Client):
    request = make_request()
    answers = contact(phone="0321 9876543", email="a@example.com")
    move(desk, request, "correct", **answers, note="A slip of the pen.")
    request.refresh_from_db()
    assert (str(request.phone.as_e164), request.email) == ("+923219876543", "a@example.com")
    event = request.events.last()
    assert (event.what, event.note) == ("corrected", "Phone, e-mail\nA slip of the pen.")
    assert references(desk.get(LIST, {"q": "0321 987"})) == [request.reference]
    assert references(desk.get(LIST, {"q": "0300 123"})) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"phone": "12"}, "Write the whole number in figures"),
        ({"contact_by": "email"}, "Write the patient's e-mail address"),
        ({"name": ""}, "Write the patient's name."),
        ({"email": "nonsense"}, "Write the whole e-mail address"),
    ],
)
def test_a_correction_keeps_the_rules_of_the_form(desk: Client, changes, problem):
    request = make_request()
    response = move(desk, request, "correct", **contact(**changes))
    assert response.status_code == 422
    assert problem in words_of(response)
    assert request.events.count() == 1


def test_with_another_address_the_page_gets_another_link_and_it_is_sent(
    desk: Client, client: Client
):
    request = make_request(email="wrong@example.com")
    services.decline(
        request=request, reason="A doctor first.", actor=User.objects.create_superuser("colleague")
    )
    Message.objects.filter(kind="declined", channel="email").update(state="undelivered")
    old_page = request.get_absolute_url()
    move(desk, request, "correct", **contact(email="right@example.com"))
    request.refresh_from_db()
    assert client.get(old_page).status_code == 404
    assert client.get(request.get_absolute_url()).status_code == 200
    assert request.messages.filter(kind="link", state="waiting").count() == 1
    # What was lost can still be told.
    lost = request.messages.get(kind="declined", channel="email")
    settle(desk, lost, "again")
    lost.refresh_from_db()
    assert outbox.is_true(lost)


def test_a_corrected_name_leaves_the_link_as_it_is(desk: Client):
    request = make_request()
    token = request.token
    move(desk, request, "correct", **contact(name="Ayesha Khanum"))
    request.refresh_from_db()
    assert (request.name, request.token) == ("Ayesha Khanum", token)
    assert not request.messages.filter(kind="link").exists()
