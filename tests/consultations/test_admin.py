import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import unquote

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic_site.models import AccessRecord
from consultations import outbox, services
from consultations.models import ConsultationRequest, Message, Practitioner, State
from tests.consultations.factories import make_request, typed
from tests.pages import words_of
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")

LIST = "/admin/consultations/consultationrequest/"


@pytest.fixture
def clerk(db: None) -> User:
    """Staff who may see and change requests, and nothing else."""
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="consultations", codename__regex="^(view|change|add|delete)_"
        )
    )
    return clerk


@pytest.fixture
def desk(clerk: User) -> Client:
    desk = Client()
    desk.force_login(clerk)
    return desk


def page_of(request: ConsultationRequest) -> str:
    return reverse("admin:consultations_consultationrequest_change", args=[request.pk])


def move(desk: Client, request: ConsultationRequest, name: str, /, **typed: object):
    """Press a button of the page, having seen everything on it, and follow to what comes."""
    seen = request.events.last().pk
    address = reverse("admin:consultations_consultationrequest_move", args=[request.pk, name])
    return desk.post(address, {"seen": seen, **typed}, follow=True)


def references(response) -> list[str]:
    return [row.reference for row in response.context["cl"].result_list]


# ---- the list


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


@pytest.mark.parametrize(
    "query", ["0300-1234567", "0300 1234567", "+92 300 1234567", "0092 300 1234567",
              "۰۳۰۰۱۲۳۴۵۶۷", "123 4567", "(0300)"]
)  # fmt: skip
def test_search_by_phone_in_any_spelling(desk: Client, query):
    found = make_request()
    other = make_request(name="Other", phone="+923219876543")
    assert references(desk.get(LIST, {"q": query})) == [found.reference]
    assert other.reference not in words_of(desk.get(LIST, {"q": query}))


@pytest.mark.parametrize(
    "query",
    [
        "ayesha",
        "Khan Ayesha",
        "khan ay",
        "hc-88888",
        "88888",
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
        ("D'Souza", "souza"),
    ],
)
def test_search_by_names_of_every_kind(desk: Client, name, query):
    found = make_request(name=name)
    make_request(name="Somebody else", phone="+923219876543")
    assert references(desk.get(LIST, {"q": query})) == [found.reference]


@pytest.mark.parametrize("query", ["%", "\\", "g", "ayesha' OR 1=1", "x" * 5000])
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


# ---- the page of one


def test_everything_that_was_said_is_shown_and_nothing_of_it_can_be_changed(desk: Client):
    request = make_request(
        treatment=Treatment.objects.get(slug="prp"),
        email="ayesha@example.com",
        red_flags=[{"key": "a", "name": "Bald <patches>"}],
        message="When can I come?",
        preferred_days=[0],
    )
    response = desk.get(page_of(request))
    words = words_of(response)
    for said in ("Ayesha Khan", "ayesha@example.com", "Bald <patches>", "When can I come?",
                 "Monday", request.reference, "Received · the patient"):  # fmt: skip
        assert said in words
    assert request.token not in response.content.decode()
    assert desk.post(page_of(request), {"name": "Somebody else"}).status_code == 405
    request.refresh_from_db()
    assert (request.name, request.state) == ("Ayesha Khan", State.NEW)


def test_who_looked_and_who_changed_is_on_record(desk: Client, clerk: User):
    request = make_request()
    desk.get(page_of(request))
    move(desk, request, "reached")
    noted = AccessRecord.objects.order_by("pk").values_list("actor", "action", "reference")
    assert list(noted)[:2] == [
        (clerk.pk, "viewed", request.reference),
        (clerk.pk, "changed", request.reference),
    ]


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (State.NEW, {"reached", "not-reached", "note", "confirm", "correct", "decline",
                     "withdraw"}),
        (State.CONFIRMED, {"reached", "not-reached", "came", "no-show", "note", "confirm",
                           "correct", "decline", "withdraw"}),
        (State.DECLINED, {"reached", "not-reached", "note", "correct"}),
        (State.ATTENDED, {"reached", "not-reached", "no-show", "note", "correct"}),
    ],
)  # fmt: skip
def test_only_moves_that_are_allowed_now_are_offered(desk: Client, state, buttons):
    response = desk.get(page_of(make_request(state=state)))
    assert set(response.context["moves"]) == buttons


def test_a_move_is_noted_with_who_and_why(desk: Client, clerk: User):
    request = make_request()
    response = move(desk, request, "not-reached", note="No answer, again at 5 pm.")
    assert response.redirect_chain == [(page_of(request), 302)]
    request.refresh_from_db()
    assert request.state == State.CONTACTED
    event = request.events.last()
    assert (event.actor, event.note) == (clerk, "No answer, again at 5 pm.")
    words = words_of(response)
    assert "Tried, not reached · clerk" in words
    assert "No answer, again at 5 pm." in words


def test_a_note_alone_must_say_something(desk: Client):
    request = make_request()
    refused = move(desk, request, "note", note=" ")
    assert refused.status_code == 422
    assert "Write the note that is to be kept." in words_of(refused)
    assert "<title>Error: " in refused.content.decode()
    move(desk, request, "note", note="Prefers mornings.")
    assert request.events.last().what == "noted"


def test_a_refused_move_keeps_what_was_typed(desk: Client):
    request = make_request()
    response = move(desk, request, "decline", reason="", note="Told on the phone.")
    assert response.status_code == 422
    assert "Write a reason that the patient can read." in words_of(response)
    assert "Told on the phone." in response.content.decode()
    assert request.events.count() == 1


def test_a_declined_patient_reads_the_reason(desk: Client, client: Client):
    request = make_request()
    move(desk, request, "decline", reason="A doctor must see you first.", note="Boggy swelling.")
    words = words_of(client.get(request.get_absolute_url()))
    assert "A doctor must see you first." in words
    assert "Boggy swelling." not in words


def test_the_second_of_two_colleagues_is_told_and_loses_nothing(desk: Client):
    request = make_request()
    seen = request.events.last().pk
    move(desk, request, "reached", note="Called at nine.")
    response = move(desk, request, "decline", seen=seen, reason="We cannot help here.")
    assert response.status_code == 409
    words = words_of(response)
    assert "Meanwhile somebody else noted “In touch” here." in words
    assert "Called at nine." in words
    assert "We cannot help here." in response.content.decode()
    request.refresh_from_db()
    assert request.state == State.CONTACTED
    # Having read it, they may press the button again.
    again = values_on_page(response, "decline")
    assert move(desk, request, "decline", **again).status_code == 200
    request.refresh_from_db()
    assert request.state == State.DECLINED


def values_on_page(response, name: str) -> dict[str, object]:
    form = next(form for key, _move, form in response.context["quiet_moves"] if key == name)
    return {field.name: field.value() or "" for field in form}


def test_a_move_that_is_not_allowed_is_refused_in_words(desk: Client):
    request = make_request(state=State.DECLINED)
    response = move(desk, request, "came")
    assert response.status_code == 409
    assert "This request is “Declined” now" in words_of(response)


@pytest.mark.parametrize("name", ["nonsense", "delete"])
def test_an_unknown_move_is_an_unknown_page(desk: Client, name):
    assert move(desk, make_request(), name).status_code == 404


def test_a_move_is_never_made_by_opening_an_address(desk: Client):
    request = make_request()
    address = reverse("admin:consultations_consultationrequest_move", args=[request.pk, "reached"])
    assert desk.get(address).status_code == 405
    assert request.events.count() == 1


# ---- confirming


@pytest.fixture
def tomorrow():
    """Ten in the morning at the clinic, on a Wednesday; it is Tuesday at eleven."""
    with time_machine.travel(datetime(2026, 11, 24, 6, tzinfo=UTC), tick=False):
        yield datetime(2026, 11, 25, 5, tzinfo=UTC)


def test_a_wish_is_offered_first_with_who_else_wishes_for_it(desk: Client, tomorrow):
    request = make_request(preferred_times=[tomorrow])
    other = make_request(name="Bilal", preferred_times=[tomorrow])
    form = desk.get(page_of(request)).context["forms"]["confirm"]
    group, choices = form.fields["time"].choices[1]
    assert group == "As the patient wished"
    assert [label for _key, label in choices] == [
        f"Wed 25 Nov, 10:00 · Sample practitioner · also wished by {other.reference}"
    ]
    assert form["time"].value() == choices[0][0]


def test_a_free_time_is_confirmed_and_the_patient_told(desk: Client, clerk: User, tomorrow):
    request = make_request(email="ayesha@example.com", preferred_times=[tomorrow])
    form = desk.get(page_of(request)).context["forms"]["confirm"]
    move(desk, request, "confirm", time=form["time"].value(), note="Agreed on the phone.")
    request.refresh_from_db()
    assert request.state == State.CONFIRMED
    assert request.standing_appointment.starts_at == tomorrow
    assert request.events.last().actor == clerk
    assert request.messages.filter(kind="confirmed", channel="email").count() == 1


def test_a_wish_that_is_not_free_is_named(desk: Client, tomorrow):
    make_confirmed(tomorrow)
    request = make_request(name="Bilal", preferred_times=[tomorrow])
    assert "The patient wished for Wed 25 Nov, 10:00, which is not free." in words_of(
        desk.get(page_of(request))
    )


def test_a_time_that_has_gone_meanwhile_is_refused_in_words(desk: Client, tomorrow):
    request = make_request(name="Bilal", preferred_times=[tomorrow])
    chosen = desk.get(page_of(request)).context["forms"]["confirm"]["time"].value()
    make_confirmed(tomorrow)
    response = move(desk, request, "confirm", time=chosen, note="Agreed.")
    assert response.status_code == 422
    assert "This time is not free any more. Choose another." in words_of(response)
    assert "Agreed." in response.content.decode()


def test_any_other_time_can_be_agreed_on_but_never_twice(desk: Client, tomorrow):
    practitioner = Practitioner.objects.get()
    other = {
        "practitioner": practitioner.pk,
        "other_time_0": "2026-11-29",  # a Sunday
        "other_time_1": "21:15",
        "minutes": 20,
    }
    request = make_request()
    move(desk, request, "confirm", **other)
    request.refresh_from_db()
    assert request.standing_appointment.minutes == 20
    assert f"{timezone.localtime(request.standing_appointment.starts_at):%a %H:%M}" == "Sun 21:15"

    refused = move(desk, make_request(name="Bilal"), "confirm", **other)
    assert refused.status_code == 409
    assert "Sample practitioner has another appointment at" in words_of(refused)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Choose a free time, or write another one below."),
        ({"other_time_0": "2026-11-29", "other_time_1": "10:00"}, "Choose who sees the patient"),
        ({"other_time_0": "soon", "other_time_1": "10:00"}, "write it like 2026-12-31"),
        ({"other_time_0": "2026-11-29", "other_time_1": "late"}, "Write the time like 16:30."),
        ({"time": "nonsense"}, "This time is not free any more."),
        ({"practitioner": "1"}, "or leave the practitioner empty"),
        ({"time": "1 2026-11-25T05:00:00+00:00", "minutes": "x"}, "Enter a whole number."),
        ({"seen": "x", "time": "x"}, "This time is not free any more."),
    ],
)
def test_a_confirmation_that_says_no_time_is_refused(desk: Client, tomorrow, typed, problem):
    request = make_request()
    response = move(desk, request, "confirm", **typed)
    assert response.status_code == 422
    assert problem in words_of(response)
    assert request.events.count() == 1


def make_confirmed(starts_at: datetime) -> ConsultationRequest:
    request = make_request(name="Somebody", sender="somebody")
    services.confirm(
        request=request,
        practitioner=Practitioner.objects.get(),
        starts_at=starts_at,
        actor=User.objects.create_superuser("colleague"),
    )
    return request


# ---- written down by staff

ENTRY = f"{LIST}add/"


def test_a_patient_who_phones_is_written_down_by_the_same_rules(desk: Client, clerk: User):
    refused = desk.post(ENTRY, typed(name="", came_by="phone", language="ur"))
    assert refused.status_code == 422
    assert "Write your name." in words_of(refused)
    assert not ConsultationRequest.objects.exists()

    desk.post(ENTRY, typed(came_by="walk_in", language="ur", contact_by="whatsapp"))
    request = ConsultationRequest.objects.get()
    assert (request.came_by, request.entered_by, request.language) == ("walk_in", clerk, "ur")
    assert request.events.get().actor == clerk


def test_written_down_twice_it_is_kept_once(desk: Client):
    data = typed(came_by="phone", language="en")
    first, second = desk.post(ENTRY, data), desk.post(ENTRY, data)
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize("field", ["came_by", "language"])
def test_it_says_how_the_patient_came_and_what_they_read(desk: Client, field):
    response = desk.post(ENTRY, typed(came_by="phone", language="en") | {field: ""})
    assert response.status_code == 422


# ---- rights


def test_nobody_erases_by_the_way(admin_client: Client):
    request = make_request()
    address = reverse("admin:consultations_consultationrequest_delete", args=[request.pk])
    assert admin_client.post(address, {"post": "yes"}).status_code == 403
    assert ConsultationRequest.objects.exists()


def test_who_may_only_look_cannot_move_or_write_down(clerk: User, desk: Client):
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    request = make_request()
    response = desk.get(page_of(request))
    assert response.status_code == 200
    assert response.context["moves"] == {}
    assert move(desk, request, "reached").status_code == 403
    assert desk.get(ENTRY).status_code == 403
    desk.post(LIST, {"action": "mark_contacted", "_selected_action": [request.pk]})
    request.refresh_from_db()
    assert request.state == State.NEW


def test_a_stranger_sees_nothing(client: Client):
    request = make_request()
    assert client.get(LIST).status_code == 302
    assert client.get(page_of(request)).status_code == 302
    assert move(client, request, "reached").redirect_chain[0][1] == 302
    request.refresh_from_db()
    assert request.state == State.NEW


def test_queries_of_the_page_do_not_grow(desk: Client, tomorrow):
    def queries(request: ConsultationRequest) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page_of(request)).status_code == 200
        return len(asked)

    request = make_request(preferred_times=[tomorrow])
    queries(request)
    few = queries(request)
    for number in range(20):
        make_request(name=f"Person {chr(65 + number)}", preferred_times=[tomorrow])
        move(desk, request, "note", note=f"Note {number}")
    assert queries(request) == few <= 25


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Assalam-o-alaikum Ayesha Khan. This is Sample Hair Clinic, Islamabad,"),
        ("ur", "نمونہ ہیئر کلینک، اسلام آباد"),
    ],
)
def test_a_chat_opens_with_the_first_words_in_the_patients_language(desk: Client, language, said):
    request = make_request(language=language)
    for address in (LIST, page_of(request)):
        html = unescape(desk.get(address).content.decode())
        text = unquote(re.search(r"https://wa\.me/923001234567\?text=([^\"]+)", html)[1])
        assert said in text
        assert request.reference in text


@pytest.mark.parametrize("kind", ["tell", "undelivered"])
def test_the_list_finds_whom_something_must_be_told(desk: Client, kind):
    found, _other = make_request(email="a@example.com"), make_request(name="Bilal")
    messages = found.messages.filter(kind="received")
    messages.update(
        **{"tell": {"channel": "whatsapp"}, "undelivered": {"state": "undelivered"}}[kind]
    )
    assert references(desk.get(LIST, {"open": kind})) == [found.reference]


# ---- what must be told


def settle(desk: Client, message: Message, act: str):
    address = reverse(
        "admin:consultations_consultationrequest_message",
        args=[message.request_id, message.pk, act],
    )
    return desk.post(address, follow=True)


def test_what_is_told_by_whatsapp_is_ready_and_noted_when_done(desk: Client, clerk: User, tomorrow):
    request = make_request(contact_by="whatsapp", preferred_times=[tomorrow])
    form = desk.get(page_of(request)).context["forms"]["confirm"]
    response = move(desk, request, "confirm", time=form["time"].value())
    assert "To be told" in words_of(response)
    link = unescape(
        re.search(r'class="button" href="(https://wa\.me/[^"]+)"', response.content.decode())[1]
    )
    assert "10:00" in unquote(link)

    message = request.messages.get(kind="confirmed")
    assert "Noted." in words_of(settle(desk, message, "done"))
    message.refresh_from_db()
    assert (message.state, message.settled_by) == ("sent", clerk)
    assert "To be told" not in words_of(desk.get(page_of(request)))


def test_lost_mail_is_sent_again_or_told_in_another_way(desk: Client):
    request = make_request(email="a@example.com")
    message = request.messages.get(kind="received")
    for act, state in (("again", "waiting"), ("settled", "sent")):
        Message.objects.filter(pk=message.pk).update(state="undelivered")
        assert "Mail that did not arrive" in words_of(desk.get(page_of(request)))
        settle(desk, message, act)
        message.refresh_from_db()
        assert message.state == state
    assert "already" in words_of(settle(desk, message, "again"))


def test_messages_are_settled_by_whom_it_concerns_only(desk: Client, clerk: User):
    message = make_request(email="a@example.com").messages.get(kind="received")
    other = make_request(name="Bilal")
    address = reverse(
        "admin:consultations_consultationrequest_message", args=[other.pk, message.pk, "again"]
    )
    assert desk.post(address).status_code == 404
    assert settle(desk, message, "nonsense").status_code == 404
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    assert settle(desk, message, "again").status_code == 403


# ---- corrected


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
    move(desk, request, "correct", **contact(phone="0321 9876543", email="a@example.com"))
    request.refresh_from_db()
    assert (str(request.phone.as_e164), request.email) == ("+923219876543", "a@example.com")
    assert request.events.last().what == "corrected"
    assert references(desk.get(LIST, {"q": "0321 987"})) == [request.reference]
    assert references(desk.get(LIST, {"q": "0300 123"})) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"phone": "12"}, "Write the whole number in figures"),
        ({"contact_by": "email"}, "Write your e-mail address"),
        ({"name": ""}, "Write your name."),
        ({"email": "nonsense"}, "Write the whole e-mail address"),
    ],
)
def test_a_correction_keeps_the_rules_of_the_form(desk: Client, changes, problem):
    request = make_request()
    response = move(desk, request, "correct", **contact(**changes))
    assert response.status_code == 422
    assert problem in words_of(response)
    assert request.events.count() == 1


def test_nobody_sends_a_mail_again_by_opening_a_page(db):
    owner = Client()
    owner.force_login(User.objects.create_superuser("owner"))
    for page in ("", "1/change/", "1/resend/"):
        assert owner.get(f"/admin/post_office/email/{page}").status_code == 404


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


def test_whoever_only_looks_is_not_shown_the_patients_link(desk: Client, clerk: User):
    request = make_request(contact_by="whatsapp")
    request.messages.update(channel="whatsapp", kind="link")
    assert request.token in unquote(desk.get(page_of(request)).content.decode())
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    assert request.token not in unquote(desk.get(page_of(request)).content.decode())
