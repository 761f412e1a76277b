from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import admin, services
from consultations.models import ConsultationRequest, State
from tests.consultations.factories import make_request
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


def move(desk: Client, request: ConsultationRequest, to: str, note: str = "", **extra: str):
    inline = {"events-TOTAL_FORMS": "0", "events-INITIAL_FORMS": "0"}
    data = {"move_to": to, "note": note, **inline, **extra}
    return desk.post(page_of(request), data, follow=True)


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


@pytest.mark.parametrize("query", ["ayesha", "Khan Ayesha", "hc-88888", "88888", "ayesha@example"])
def test_search_by_name_reference_and_email(desk: Client, query):
    found = make_request(email="ayesha@example.com", reference="HC-88888")
    make_request(name="Bilal", phone="+923219876543", reference="HC-ZZZZZ")
    assert references(desk.get(LIST, {"q": query})) == [found.reference]


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


def test_action_marks_as_contacted_and_tells_what_cannot_be(desk: Client, clerk: User):
    new = make_request()
    attended = make_request(name="Bilal", state=State.NEW)
    ConsultationRequest.objects.filter(pk=attended.pk).update(state=State.CONFIRMED)
    came = make_request(name="Came", state=State.ATTENDED)
    never = make_request(name="Chand", state=State.DECLINED)
    make_request(name="Chand")  # sent anew since

    response = desk.post(
        LIST,
        {"action": "mark_contacted", "_selected_action": [new.pk, came.pk, never.pk]},
        follow=True,
    )

    assert "2 requests marked." in words_of(response)
    assert f"{never.reference}: The patient has sent the same request again." in words_of(response)
    new.refresh_from_db()
    assert new.state == State.CONTACTED
    assert new.events.last().actor == clerk


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
                 "Monday", request.reference, "None"):  # fmt: skip
        assert said in words
    assert request.token not in response.content.decode()
    assert set(response.context["adminform"].form.fields) == {"move_to", "note"}

    move(desk, request, "", name="Somebody else", phone="+923219876543", state="attended")
    request.refresh_from_db()
    assert (request.name, request.state) == ("Ayesha Khan", State.NEW)


def test_only_moves_that_are_allowed_now_are_offered(desk: Client):
    form = desk.get(page_of(make_request())).context["adminform"].form
    offered = [value for value, _ in form.fields["move_to"].choices]
    assert offered == ["", "contacted", "confirmed", "declined", "withdrawn"]


def test_a_move_is_noted_with_who_and_why(desk: Client, clerk: User):
    request = make_request()
    response = move(desk, request, "contacted", "No answer, again at 5 pm.")
    assert response.status_code == 200
    request.refresh_from_db()
    assert request.state == State.CONTACTED
    event = request.events.last()
    assert (event.actor, event.note) == (clerk, "No answer, again at 5 pm.")
    words = words_of(desk.get(page_of(request)))
    assert "No answer, again at 5 pm." in words
    assert "clerk" in words


def test_a_second_attempt_is_a_move_too(desk: Client):
    request = make_request(state=State.CONTACTED)
    move(desk, request, "contacted", "Rang again.")
    assert request.events.count() == 2


def test_a_move_that_is_not_allowed_is_refused_in_words(desk: Client):
    request = make_request()
    response = move(desk, request, "attended")
    assert "That cannot follow on what the request is now." in words_of(response)
    request.refresh_from_db()
    assert request.state == State.NEW


def test_a_note_alone_is_not_lost_in_silence(desk: Client):
    response = move(desk, make_request(), "", "A note")
    assert "Choose what happened, so that the note is kept." in words_of(response)
    assert "A note" in words_of(response)


def test_a_colleague_who_was_faster_is_told_of(desk: Client, monkeypatch):
    request = make_request()

    def overtaken(**arguments: object) -> None:
        raise services.WrongMove("This request is “Declined” now.")

    monkeypatch.setattr(admin, "change_state", overtaken)
    response = move(desk, request, "contacted")
    assert response.redirect_chain == [(page_of(request), 302)]
    words = words_of(response)
    assert "This request is “Declined” now." in words
    assert "successfully" not in words
    assert request.events.count() == 1


# ---- rights


def test_requests_come_from_patients_only(admin_client: Client):
    assert admin_client.get(f"{LIST}add/").status_code == 403


def test_only_the_owner_erases(desk: Client, admin_client: Client):
    request = make_request()
    address = reverse("admin:consultations_consultationrequest_delete", args=[request.pk])
    assert desk.post(address, {"post": "yes"}).status_code == 403
    assert ConsultationRequest.objects.exists()
    assert admin_client.post(address, {"post": "yes"}).status_code == 302
    assert not ConsultationRequest.objects.exists()


def test_who_may_only_look_cannot_move(clerk: User, desk: Client):
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    request = make_request()
    assert desk.get(page_of(request)).status_code == 200
    assert move(desk, request, "contacted").status_code == 403
    desk.post(LIST, {"action": "mark_contacted", "_selected_action": [request.pk]})
    request.refresh_from_db()
    assert request.state == State.NEW


def test_a_stranger_sees_nothing(client: Client):
    assert client.get(LIST).status_code == 302
