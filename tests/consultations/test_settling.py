"""What the desk notes about messages."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from post_office import mail
from post_office.models import Attachment, Email

from clinic_site.models import AccessRecord
from consultations import settling
from consultations.models import ConsultationRequest, Message
from consultations.services import WrongMove
from tests.consultations.factories import make_request
from tests.consultations.letters import clerk, message_of

pytestmark = pytest.mark.django_db


def by_hand() -> Message:
    return message_of(make_request(), "confirmed", channel="call")


def undelivered(**changes: object) -> Message:
    request = make_request(email="ayesha@example.com")
    return message_of(
        request, "confirmed", state="undelivered", settled_at=timezone.now(), **changes
    )


@pytest.mark.parametrize(
    ("make", "settle"),
    [(by_hand, settling.settle_by_hand), (undelivered, settling.settle_undelivered)],
)
def test_it_is_noted_who_has_told_the_patient_and_a_colleague_is_told(make, settle):
    message = make()
    settle(message=message, actor=clerk())
    first = Message.objects.get(pk=message.pk)
    assert (first.state, first.settled_by) == (Message.State.SENT, clerk())
    assert first.settled_at

    settle(message=message, actor=clerk())
    assert Message.objects.get(pk=message.pk).settled_at == first.settled_at
    with pytest.raises(WrongMove, match="clerk has settled “Appointment confirmed” already"):
        settle(message=message, actor=clerk("another"))
    assert Message.objects.get(pk=message.pk).settled_by == clerk()


def test_what_is_not_true_any_more_is_not_noted_as_told():
    message = by_hand()
    Message.objects.update(state="dropped", settled_at=timezone.now())
    with pytest.raises(WrongMove, match="not true any more"):
        settling.settle_by_hand(message=message, actor=clerk())


@pytest.mark.parametrize("settle", [settling.settle_by_hand, settling.settle_undelivered])
def test_a_mail_on_its_way_is_not_settled_by_hand(settle):
    message = message_of(make_request(email="ayesha@example.com"), "confirmed")
    with pytest.raises(WrongMove, match="“Waiting” now"):
        settle(message=message, actor=clerk())


def test_an_undelivered_mail_is_sent_again_once():
    message = undelivered()
    for _ in range(2):
        settling.retry(message=message, actor=clerk())
    message.refresh_from_db()
    assert (message.state, message.settled_at) == (Message.State.WAITING, None)
    record = AccessRecord.objects.get()
    assert (record.actor, record.reference) == (clerk(), message.request.reference)


def test_a_mail_that_is_sent_again_takes_the_place_of_the_old_one(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    old = mail.send(
        "wrong@example.com",
        message="Your appointment",
        attachments={"appointment.ics": ContentFile("BEGIN:VCALENDAR")},
    )
    settling.retry(message=undelivered(email=old), actor=clerk())
    assert not Email.objects.exists()
    assert not Attachment.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("make", "settle"),
    [
        (by_hand, settling.settle_by_hand),
        (undelivered, settling.settle_undelivered),
        (undelivered, settling.retry),
    ],
)
def test_of_a_request_that_was_erased_meanwhile_it_is_said(make, settle):
    message = make()
    ConsultationRequest.objects.all().delete()
    with pytest.raises(WrongMove, match="This request has been erased"):
        settle(message=message, actor=clerk())


def test_without_an_address_there_is_nothing_to_send_again():
    message = undelivered()
    type(message.request).objects.update(email="")
    with pytest.raises(WrongMove, match="Tell the patient by phone"):
        settling.retry(message=message, actor=clerk())


def test_what_is_said_by_hand_is_not_sent_by_mail():
    with pytest.raises(WrongMove, match="nothing to note"):
        settling.retry(message=by_hand(), actor=clerk())
