"""An appointment is agreed on."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic_site.models import AccessRecord
from consultations import services
from consultations.admin.confirming import ConfirmForm
from consultations.admin.moves import MOVES
from consultations.models import ConsultationRequest, Practitioner, State
from tests.consultations.admin.pages import move, page_of
from tests.consultations.factories import make_request
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


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
    response = move(
        desk, request, "confirm", time=form["time"].value(), note="Agreed on the phone."
    )
    assert "Mind that" not in words_of(response)
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


def test_a_time_that_goes_while_it_is_being_agreed_on_is_not_offered_again(
    desk: Client, tomorrow, monkeypatch
):
    request = make_request(name="Bilal", preferred_times=[tomorrow])
    chosen = desk.get(page_of(request)).context["forms"]["confirm"]["time"].value()

    class SomebodyIsFaster(ConfirmForm):
        def is_valid(self) -> bool:
            is_valid = super().is_valid()
            make_confirmed(tomorrow)
            return is_valid

    monkeypatch.setitem(MOVES, "confirm", replace(MOVES["confirm"], form=SomebodyIsFaster))
    response = move(desk, request, "confirm", time=chosen, note="Agreed.")
    assert response.status_code == 409
    form = response.context["forms"]["confirm"]
    groups = form.fields["time"].choices[1:]
    assert chosen not in [key for _group, times in groups for key, _label in times]
    assert form["note"].value() == "Agreed."


def test_an_appointment_is_not_moved_by_a_button_pressed_in_passing(desk: Client, tomorrow):
    later = tomorrow + timedelta(days=1)
    request = make_request(preferred_times=[tomorrow, later])
    form = desk.get(page_of(request)).context["forms"]["confirm"]
    move(desk, request, "confirm", time=form["time"].value())

    response = desk.get(page_of(request))
    assert "which is not free" not in words_of(response)
    form = response.context["forms"]["confirm"]
    (wished, ((key, _label),)) = form.fields["time"].choices[1]
    assert (wished, form["time"].value()) == ("As the patient wished", None)
    response = move(desk, request, "confirm", time=key)
    assert "The appointment is moved." in words_of(response)
    assert request.appointments.get().starts_at == later


def test_what_has_happened_says_for_when(desk: Client, clerk: User, tomorrow):
    request = make_request()
    for starts_at in (tomorrow, tomorrow + timedelta(days=1)):
        services.confirm(
            request=request,
            practitioner=Practitioner.objects.get(),
            starts_at=starts_at,
            actor=clerk,
        )
    services.cancel_appointment(request=request, actor=clerk)
    words = words_of(desk.get(page_of(request)))
    for said in (
        "Appointment cancelled · Thu 26 Nov, 10:00 · clerk",
        "Appointment moved · to Thu 26 Nov, 10:00 · clerk",
        "Appointment confirmed · Wed 25 Nov, 10:00 · clerk",
    ):
        assert said in words


def test_any_other_time_can_be_agreed_on_but_never_twice(desk: Client, tomorrow):
    practitioner = Practitioner.objects.get()
    other = {
        "practitioner": practitioner.pk,
        "other_time_0": "2026-11-29",  # a Sunday
        "other_time_1": "21:15",
        "minutes": 20,
    }
    request = make_request()
    response = move(desk, request, "confirm", **other)
    assert "confirmed. Mind that it lies outside the usual hours" in words_of(response)
    request.refresh_from_db()
    assert request.standing_appointment.minutes == 20
    assert f"{timezone.localtime(request.standing_appointment.starts_at):%a %H:%M}" == "Sun 21:15"

    refused = move(desk, make_request(name="Bilal"), "confirm", **other)
    assert refused.status_code == 409
    told = "Sample practitioner is taken on Sunday, 29 November from 21:15 to 21:35."
    assert told in words_of(refused)
    assert "Ayesha" not in words_of(refused)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Choose a free time, or write another one below."),
        ({"other_time_0": "2026-11-29", "other_time_1": "10:00"}, "Choose who sees the patient"),
        ({"other_time_0": "soon", "other_time_1": "10:00"}, "write it like 2026-12-31"),
        ({"other_time_0": "2026-11-29", "other_time_1": "late"}, "Write the time like 16:30."),
        ({"other_time_0": "2062-12-01", "other_time_1": "10:00"}, "within two years from now"),
        ({"other_time_0": "9999-12-31", "other_time_1": "23:59"}, "within two years from now"),
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


def listed_days(response) -> list[str]:
    groups = response.context["forms"]["confirm"].fields["time"].choices[1:]
    return [str(group) for group, _times in groups]


def test_times_are_listed_a_day_at_a_time_and_the_others_lead_there(desk: Client, tomorrow):
    page = page_of(make_request())
    response = desk.get(page)
    assert listed_days(response) == ["Tuesday, 24 November"]
    days = response.context["forms"]["confirm"].days
    assert len(days["next"]) == 14
    assert days["later"]
    for day, free, is_shown in days["next"] + days["later"]:
        assert is_shown == (day == datetime(2026, 11, 24).date())
        address = f"{page}?day={day:%Y-%m-%d}"
        assert f'href="{address}#id_confirm_time"' in response.content.decode()
        there = desk.get(address).context["forms"]["confirm"]
        assert there.days["is_later_shown"] == (day in {later.day for later in days["later"]})
        (_name, times) = there.fields["time"].choices[1]
        assert len(times) == free
        starts = [datetime.fromisoformat(key.split()[1]) for key, _label in times]
        assert {timezone.localdate(at) for at in starts} == {day}


def test_the_days_that_the_patient_wished_for_are_listed_first_taken_or_not(desk, tomorrow):
    make_confirmed(tomorrow)
    friday = tomorrow + timedelta(days=2)
    page = page_of(make_request(name="Bilal", preferred_times=[tomorrow, friday]))
    wished = ["Wednesday, 25 November", "Friday, 27 November"]
    response = desk.get(page)
    assert listed_days(response) == ["As the patient wished", *wished]
    assert response.context["forms"]["confirm"]["time"].value().endswith(friday.isoformat())
    assert b"aria-current" not in response.content


def test_on_another_day_than_wished_nothing_is_chosen_yet(desk: Client, tomorrow):
    page = page_of(make_request(preferred_times=[tomorrow]))
    response = desk.get(f"{page}?day=2026-11-26")
    assert listed_days(response) == ["As the patient wished", "Thursday, 26 November"]
    assert response.context["forms"]["confirm"]["time"].value() is None
    assert response.content.count(b"aria-current") == 1


@pytest.mark.parametrize("day", ["2026-11-22", "2031-01-01", "2026-02-31", "soon", "", "\x00"])
def test_a_day_without_free_times_shows_the_first_that_has_some(desk: Client, tomorrow, day):
    response = desk.get(page_of(make_request()), {"day": day})
    assert listed_days(response) == ["Tuesday, 24 November"]


def test_a_refused_confirmation_keeps_the_day_that_was_looked_at(desk: Client, tomorrow):
    request = make_request()
    form = desk.get(page_of(request), {"day": "2026-11-26"}).context["forms"]["confirm"]
    assert form["day"].value() == "2026-11-26"
    response = move(desk, request, "confirm", day="2026-11-26", time="", note="Agreed.")
    assert response.status_code == 422
    assert listed_days(response) == ["Thursday, 26 November"]


def test_a_refused_confirmation_keeps_the_days_that_were_wished_for(desk: Client, tomorrow):
    request = make_request(preferred_times=[tomorrow, tomorrow + timedelta(days=2)])
    page = desk.get(page_of(request))
    chosen = page.context["forms"]["confirm"]["time"].value()
    response = move(desk, request, "confirm", day="", time=chosen, minutes="x")
    assert response.status_code == 422
    assert listed_days(response) == listed_days(page)
    assert response.context["forms"]["confirm"]["time"].value() == chosen


def test_a_free_time_of_any_day_is_taken_whichever_is_listed(desk: Client, tomorrow):
    request = make_request()
    form = desk.get(page_of(request), {"day": "2026-11-26"}).context["forms"]["confirm"]
    key = form.fields["time"].choices[1][1][0][0]
    move(desk, request, "confirm", day="2026-11-30", time=key)
    request.refresh_from_db()
    assert f"{timezone.localtime(request.standing_appointment.starts_at):%Y-%m-%d}" == "2026-11-26"


def times_of(request: ConsultationRequest, day: str) -> str:
    address = reverse("admin:consultations_consultationrequest_times", args=[request.pk])
    return f"{address}?day={day}"


def test_the_times_of_another_day_come_without_the_page(desk: Client, tomorrow):
    request = make_request()
    response = desk.get(times_of(request, "2026-11-26"))
    assert response.status_code == 200
    (_choose, (listed, _times)) = response.context["form"].fields["time"].choices
    assert str(listed) == "Thursday, 26 November"
    content = response.content.decode()
    assert '<input type="hidden" name="day" value="2026-11-26" id="id_confirm_day">' in content
    assert '<select name="time" id="id_confirm_time">' in content
    assert request.name not in content
    assert not AccessRecord.objects.exclude(action=AccessRecord.Action.SIGNED_IN).exists()


def make_confirmed(starts_at: datetime) -> ConsultationRequest:
    request = make_request(name="Somebody", sender="somebody")
    services.confirm(
        request=request,
        practitioner=Practitioner.objects.get(),
        starts_at=starts_at,
        actor=User.objects.create_superuser("colleague"),
    )
    return request
