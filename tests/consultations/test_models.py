from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic_site.models import Weekday
from consultations import models
from consultations.models import LIVE, MOVES, ConsultationRequest, State, requests
from tests.consultations.factories import make_request
from treatments.models import Treatment

pytestmark = pytest.mark.django_db

ENDED = [state for state in State if state not in LIVE]


def breaks(constraint: str, request: ConsultationRequest, **changes: object) -> None:
    """Assert that the database itself refuses `changes`, naming the constraint."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ConsultationRequest.objects.filter(pk=request.pk).update(**changes)


def test_constraint_name_and_phone():
    request = make_request()
    breaks("consultationrequest_name_and_phone", request, name="")
    breaks("consultationrequest_name_and_phone", request, phone="")


def test_constraint_email_to_write_to():
    request = make_request()
    breaks("consultationrequest_email_to_write_to", request, contact_by="email")


def test_constraint_consent_names_version():
    breaks("consultationrequest_consent_names_version", make_request(), privacy_version="")


def test_constraint_known_state():
    breaks("consultationrequest_known_state", make_request(), state="lost")


@pytest.mark.parametrize("state", LIVE)
def test_constraint_sent_twice_stored_once_while_live(state):
    first = make_request(state=state)
    second = make_request(name="Bilal")
    # SQLite names the column of an index, PostgreSQL the index.
    breaks(
        "submission_key|consultationrequest_sent_twice_stored_once",
        second,
        submission_key=first.submission_key,
    )


@pytest.mark.parametrize("state", ENDED)
def test_the_same_again_is_a_new_request_once_the_first_has_ended(state):
    first = make_request(state=state)
    second = make_request()
    assert second.pk != first.pk
    assert second.submission_key == first.submission_key


def test_two_requests_never_share_a_token_or_a_reference():
    first, second = make_request(), make_request(name="Bilal")
    assert len(first.token) >= 43
    breaks("token", second, token=first.token)
    breaks("reference", second, reference=first.reference)


def test_a_reference_holds_no_sign_that_is_mistaken_for_another():
    drawn = "".join(models.new_reference().removeprefix("HC-") for _ in range(300))
    assert not set(drawn) & set("01OIL")
    assert set(drawn) == set(requests._REFERENCE_SIGNS)


def test_awaiting_reply_is_the_new_ones_with_the_longest_wait_first():
    now = timezone.now()
    late = make_request(name="Late", created_at=now)
    early = make_request(name="Early", created_at=now - timedelta(hours=2))
    make_request(name="Answered", state=State.CONTACTED)
    assert list(ConsultationRequest.objects.awaiting_reply()) == [early, late]


def test_newest_first():
    now = timezone.now()
    early = make_request(name="Early", created_at=now - timedelta(hours=2))
    late = make_request(name="Late", created_at=now)
    assert list(ConsultationRequest.objects.newest_first()) == [late, early]


@pytest.mark.parametrize("state", State)
def test_live_in_the_database_and_on_the_instance_agree(state):
    request = make_request(state=state)
    assert request.is_live == (state in {"new", "contacted", "confirmed"})
    assert ConsultationRequest.objects.live().exists() == request.is_live


def test_every_state_has_a_way_on_to_states_that_exist():
    assert set(MOVES) == set(State)
    assert all(MOVES.values())


def test_predicates():
    plain = make_request()
    marked = make_request(name="B", red_flags=[{"key": "k", "name": "Sudden hair loss"}])
    assert plain.is_awaiting_reply
    assert not plain.has_red_flags
    assert marked.has_red_flags


def test_preferred_days_in_words():
    request = make_request(preferred_days=[Weekday.MONDAY, Weekday.FRIDAY])
    request.refresh_from_db()
    assert request.preferred_day_names == ["Monday", "Friday"]


def test_its_address_carries_the_token():
    request = make_request()
    assert request.get_absolute_url() == f"/consultation/{request.token}/"
    assert request.get_absolute_url() == reverse("consultation_request", args=[request.token])


def test_a_request_outlives_its_treatment_and_keeps_its_name():
    treatment = Treatment.objects.get(slug="prp")
    name = treatment.name
    request = make_request(treatment=treatment)
    treatment.delete()
    request.refresh_from_db()
    assert request.treatment is None
    assert request.treatment_name == name
