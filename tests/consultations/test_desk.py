"""The staff's front page, and the week."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic_site.models import Clinic, Closure
from clinic_site.roles import Role
from consultations import services
from consultations.models import (
    Absence,
    Appointment,
    ConsultationRequest,
    Message,
    Practitioner,
    PreferredTime,
    State,
)
from consultations.week import monday_of
from tests.consultations.factories import make_request
from tests.pages import words_of
from tests.staff import make_staff, signed_in

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)  # a Tuesday, 11:00 in Karachi
WEEK = "/admin/consultations/appointment/"

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(db: None) -> User:
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="consultations"))
    return clerk


@pytest.fixture
def desk(clerk: User) -> Client:
    desk = Client()
    desk.force_login(clerk)
    return desk


def confirm(clerk: User, starts_at: datetime, **changes: object) -> ConsultationRequest:
    request = make_request(**changes)
    services.confirm(
        request=request, practitioner=Practitioner.objects.get(), starts_at=starts_at, actor=clerk
    )
    return request


def lines(desk: Client, slug: str) -> list[str]:
    panels = {panel.slug: panel for panel in desk.get("/admin/").context["panels"]}
    return [f"{line.text} {line.detail}".strip() for line in panels[slug].lines]


def test_who_waits_longest_comes_first(desk: Client):
    late = make_request(name="Late", created_at=NOW - timedelta(minutes=5))
    early = make_request(
        name="Early",
        created_at=NOW - timedelta(hours=3),
        red_flags=[{"key": "a", "name": "Bald patches"}],
    )
    make_request(name="Answered", state=State.CONTACTED)
    assert lines(desk, "waiting") == [f"Early · {early.reference}", f"Late · {late.reference}"]
    response = desk.get("/admin/")
    assert "for 3 hours" in words_of(response)
    assert response.content.decode().count('class="urgent"') == 1


def test_whoever_was_called_stays_in_sight_until_something_is_agreed(
    desk: Client, clerk: User, now
):
    reached = make_request(name="Reached", created_at=NOW - timedelta(hours=1))
    missed = make_request(name="Missed", created_at=NOW - timedelta(hours=3))
    services.note_contact(request=reached, actor=clerk)
    services.note_contact(request=missed, actor=clerk, reached=False)
    now.shift(timedelta(minutes=20))
    services.add_note(request=missed, actor=clerk, note="Try after five.")
    assert lines(desk, "waiting") == []
    assert lines(desk, "in-touch") == [
        f"Missed · {missed.reference} Tried, not reached",
        f"Reached · {reached.reference} In touch",
    ]
    assert "Tried, not reached · for 20 minutes" in words_of(desk.get("/admin/"))

    services.decline(request=missed, actor=clerk, reason="Too young.")
    services.confirm(
        request=reached,
        practitioner=Practitioner.objects.get(),
        starts_at=NOW + timedelta(days=1),
        actor=clerk,
    )
    assert lines(desk, "in-touch") == []
    services.cancel_appointment(request=reached, actor=clerk)
    assert lines(desk, "in-touch") == [f"Reached · {reached.reference} Appointment cancelled"]


def test_more_than_fit_are_counted_and_lead_to_the_list(desk: Client):
    for number in range(10):
        make_request(name=f"Person {chr(65 + number)}")
    assert len(lines(desk, "waiting")) == 8
    response = desk.get("/admin/")
    assert "2 more" in words_of(response)
    assert b'href="/admin/consultations/consultationrequest/?open=new"' in response.content


def test_todays_and_tomorrows_appointments_are_those_of_karachi(desk: Client, clerk: User):
    # 23:30 in Karachi is still today there, and 00:30 is tomorrow.
    confirm(clerk, datetime(2026, 11, 24, 18, 30, tzinfo=UTC), name="Tonight")
    confirm(clerk, datetime(2026, 11, 24, 19, 30, tzinfo=UTC), name="After midnight")
    confirm(clerk, datetime(2026, 11, 25, 19, 0, tzinfo=UTC), name="Thursday")
    assert lines(desk, "today") == ["23:30 · Tonight Sample practitioner"]
    assert lines(desk, "tomorrow") == ["00:30 · After midnight Sample practitioner"]


def test_of_a_long_day_those_to_come_are_shown_and_all_are_counted(desk: Client, now):
    practitioner = Practitioner.objects.get()
    first = NOW.replace(hour=3)  # 8:00 in Karachi
    for number in range(40):
        starts_at = first + timedelta(minutes=15 * number)
        Appointment.objects.create(
            practitioner=practitioner,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=15),
        )

    def today() -> tuple[str, str, int]:
        panels = {panel.slug: panel for panel in desk.get("/admin/").context["panels"]}
        lines = panels["today"].lines
        return lines[0].text[:5], lines[-1].text[:5], panels["today"].total

    assert today() == ("11:00", "16:45", 40)
    assert "16 more" in words_of(desk.get("/admin/"))
    now.move_to(NOW + timedelta(minutes=50))
    assert today() == ("11:45", "17:30", 40)
    now.move_to(NOW + timedelta(hours=1, minutes=45))
    # Where fewer are to come, the latest that are over stand before them.
    assert today() == ("12:00", "17:45", 40)


def test_a_cancelled_appointment_is_not_there(desk: Client, clerk: User):
    request = confirm(clerk, NOW + timedelta(hours=2))
    services.cancel_appointment(request=request, actor=clerk)
    assert lines(desk, "today") == []


def test_whether_somebody_came_is_asked_until_it_is_noted(desk: Client, clerk: User, now):
    request = confirm(clerk, NOW + timedelta(hours=2))
    assert lines(desk, "outcome") == []
    now.move_to(NOW + timedelta(hours=3))
    desk.force_login(clerk)  # an hour without a page signs out
    assert lines(desk, "outcome") == ["Ayesha Khan · 24 November 2026, 13:00"]
    services.mark_no_show(request=request, actor=clerk)
    assert lines(desk, "outcome") == []

    # Not of the one that was missed, either, once there is another.
    services.note_contact(request=request, actor=clerk)
    services.confirm(
        request=request,
        practitioner=Practitioner.objects.get(),
        starts_at=NOW + timedelta(days=1),
        actor=clerk,
    )
    assert lines(desk, "outcome") == []


def test_times_that_several_wish_for_lead_to_who_asked_first(desk: Client):
    time = NOW + timedelta(days=2)
    first = make_request(preferred_times=[time], created_at=NOW - timedelta(hours=1))
    make_request(name="Bilal", preferred_times=[time])
    make_request(name="Chand", preferred_times=[time + timedelta(hours=1)])
    make_request(name="Dina", preferred_times=[time], state=State.DECLINED)
    assert lines(desk, "wishes") == ["Thu 26 Nov, 11:00 2 patients"]
    assert f"/consultationrequest/{first.pk}/change/" in desk.get("/admin/").content.decode()


def test_a_wish_that_is_given_up_meanwhile_is_no_error(desk: Client, monkeypatch):
    time = NOW + timedelta(days=2)
    for name in ("Ayesha", "Bilal"):
        make_request(name=name, preferred_times=[time])
    ask = PreferredTime.objects.filter

    def given_up_after_the_first_look(*args: object, **wanted: object):
        wishes = ask(*args, **wanted)
        monkeypatch.setattr(wishes, "filter", lambda **times: PreferredTime.objects.none())
        return wishes

    monkeypatch.setattr(PreferredTime.objects, "filter", given_up_after_the_first_look)
    assert lines(desk, "wishes") == []


def test_a_wish_for_another_time_waits_until_it_is_answered(desk: Client, clerk: User):
    request = confirm(clerk, NOW + timedelta(days=5))
    services.change_wish(request=request, preferred_times=[NOW + timedelta(days=6)])
    services.add_note(request=request, actor=clerk, note="Will call.")
    services.send_link(request=request, actor=clerk)
    services.note_contact(request=request, actor=clerk, reached=False)
    contact = model_to_dict(request, ["name", "phone", "email", "contact_by", "language"])
    services.correct_contact(request=request, actor=clerk, **contact | {"name": "Ayesha Khan"})
    assert [text.split(" ·")[0] for text in lines(desk, "other-times")] == ["Ayesha Khan"]
    services.note_contact(request=request, actor=clerk)
    assert lines(desk, "other-times") == []


def test_what_must_be_said_by_hand_and_what_did_not_arrive(desk: Client, clerk: User):
    confirm(clerk, NOW + timedelta(days=1), contact_by="whatsapp")
    lost = make_request(name="Bilal", email="bilal@example.com")
    lost.messages.filter(kind="received").update(state=Message.State.UNDELIVERED)
    assert lines(desk, "by-hand") == ["Ayesha Khan · Appointment confirmed WhatsApp"]
    assert lines(desk, "undelivered") == ["Bilal · Request received E-mail"]


def test_who_may_not_see_requests_has_no_desk_of_them(client: Client):
    editor = User.objects.create_user("editor", is_staff=True)
    editor.user_permissions.set(Permission.objects.filter(codename="change_treatment"))
    client.force_login(editor)
    make_request(name="Ayesha Khan")
    response = client.get("/admin/")
    assert "Ayesha Khan" not in words_of(response)
    assert "waiting" not in {panel.slug for panel in response.context["panels"]}


def test_queries_do_not_grow(desk: Client, clerk: User):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/admin/").status_code == 200
            assert desk.get(WEEK).status_code == 200
        return len(asked)

    wished = NOW + timedelta(days=3)
    confirm(clerk, NOW + timedelta(days=1))
    make_request(name="Wisher", preferred_times=[wished])
    make_request(name="Wisher too", preferred_times=[wished])
    few = queries()
    for number in range(12):
        name = f"Person {chr(65 + number)}"
        confirm(clerk, NOW + timedelta(days=1, hours=1 + number), name=name)
        make_request(name=name, preferred_times=[wished, wished + timedelta(hours=number)])
    assert queries() == few <= 40


def test_whoever_sees_every_panel_takes_few_queries_too(clerk: User):
    wished = NOW + timedelta(days=3)
    for name in ("Ayesha", "Bilal"):
        make_request(name=name, preferred_times=[wished])
    services.note_contact(request=make_request(name="Chand"), actor=clerk)
    confirm(clerk, NOW + timedelta(hours=1), contact_by="whatsapp")
    owner = signed_in(make_staff(Role.OWNER))
    with CaptureQueriesContext(connection) as asked:
        response = owner.get("/admin/")
    assert {"waiting", "in-touch", "wishes", "by-hand", "today", "expiring", "urdu"} <= {
        panel.slug for panel in response.context["panels"]
    }
    assert len(asked) <= 25


# ---- the week


def test_the_week_shows_each_day_with_its_appointments(desk: Client, clerk: User):
    request = confirm(clerk, NOW + timedelta(days=1))
    response = desk.get(WEEK)
    days = response.context["days"]
    assert [day.date for day in days] == [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
    assert [len(day.appointments) for day in days] == [0, 0, 1, 0, 0, 0, 0]
    words = words_of(response)
    assert "11:00–11:30 Ayesha Khan Confirmed" in words
    assert f"/consultationrequest/{request.pk}/change/" in response.content.decode()


def test_another_week_and_one_practitioner(desk: Client, clerk: User):
    confirm(clerk, NOW + timedelta(days=7))
    other = Practitioner.objects.create(name_en="Another sample")
    response = desk.get(WEEK, {"week": "2026-12-02"})
    assert response.context["first"] == date(2026, 11, 30)
    assert "Ayesha Khan" in words_of(response)
    response = desk.get(WEEK, {"week": "2026-12-02", "practitioner": other.pk})
    assert "Ayesha Khan" not in words_of(response)


def test_with_many_practitioners_a_week_is_one_persons(desk: Client, clerk: User):
    confirm(clerk, NOW + timedelta(days=1))
    for number in range(4):
        other = Practitioner.objects.create(name_en=f"Another sample {number}", order=200)
    services.confirm(
        request=make_request(name="Bilal"),
        practitioner=other,
        starts_at=NOW + timedelta(days=1),
        actor=clerk,
    )
    assert "Bilal" not in words_of(desk.get(WEEK))
    assert "Bilal" in words_of(desk.get(WEEK, {"practitioner": ""}))


def test_what_will_be_erased_soon_is_announced_to_who_may_erase(desk: Client, clerk: User, now):
    request = make_request(name="Long ago")
    now.move_to(NOW + timedelta(days=365 * 2 - 10))
    desk.force_login(clerk)  # the session of then is over
    assert lines(desk, "expiring") == [f"Long ago · {request.reference}"]


def test_closures_and_absences_stand_in_the_week(desk: Client):
    Closure.objects.create(
        clinic=Clinic.objects.current(),
        first_day=date(2026, 11, 25),
        last_day=date(2026, 11, 26),
        reason_en="Eid",
    )
    Absence.objects.create(
        practitioner=Practitioner.objects.get(),
        first_day=date(2026, 11, 27),
        last_day=date(2026, 11, 27),
        note="A course",
    )
    words = words_of(desk.get(WEEK))
    assert words.count("Closed: Eid") == 2
    assert "Sample practitioner is away: A course" in words


@pytest.mark.parametrize(
    "week", ["nonsense", "2026-13-01", "0000-00-00", "0001-01-01", "9999-12-31", "\0"]
)
def test_a_week_that_is_none_says_so_and_shows_this_one(desk: Client, week):
    response = desk.get(WEEK, {"week": week})
    assert response.status_code == 200
    assert response.context["first"] == date(2026, 11, 23)
    assert "Choose a date" in words_of(response)


def test_the_week_is_read_only(desk: Client, clerk: User):
    appointment = confirm(clerk, NOW + timedelta(days=1)).standing_appointment
    assert desk.get(f"{WEEK}add/").status_code == 403
    assert desk.post(f"{WEEK}{appointment.pk}/change/", {}).status_code == 403
    assert desk.post(f"{WEEK}{appointment.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_week_starts_on_monday():
    assert monday_of(date(2026, 11, 29)) == date(2026, 11, 23)
    assert monday_of(date(2026, 11, 23)) == date(2026, 11, 23)
