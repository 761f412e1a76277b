"""What the mail worker does in a round, with a mail server that takes or refuses everything."""

from datetime import timedelta
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError
from django.utils import timezone
from icalendar import Calendar
from post_office.models import STATUS, Attachment, Email

from clinic_site.models import Clinic
from consultations import delivery, services
from consultations.models import ConsultationRequest, Message, Practitioner, Quota
from consultations.outbox import make_anew
from consultations.settling import retry
from tests.consultations.factories import make_request
from tests.consultations.letters import STARTS_AT, appointment_of, clerk, message_of

pytestmark = pytest.mark.django_db

NOW = STARTS_AT - timedelta(days=7)
DESK, PATIENT = "desk@sample-clinic.example", "ayesha@example.com"
State = Message.State


class MailServer(EmailBackend):
    is_down = False

    def send_messages(self, messages):
        if self.is_down:
            raise ConnectionRefusedError("nobody there")
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def server(settings, tmp_path, monkeypatch):
    settings.POST_OFFICE = settings.POST_OFFICE | {
        "BACKENDS": {"default": f"{__name__}.{MailServer.__name__}"}
    }
    monkeypatch.setattr("post_office.connections.get_connection", lambda path: MailServer())
    settings.MEDIA_ROOT = tmp_path
    yield MailServer
    MailServer.is_down = False


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def deliver() -> list[tuple[str, str]]:
    """To whom and what has arrived in this round or rounds."""
    outgoing.outbox.clear()
    while delivery.deliver_next():
        pass
    return [
        (mail.to[0], mail.subject.rpartition(":")[0] or mail.subject) for mail in outgoing.outbox
    ]


def states(request: ConsultationRequest) -> dict[str, str]:
    return dict(request.messages.filter(channel="email").values_list("kind", "state"))


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def confirmed() -> ConsultationRequest:
    request = make_request(email=PATIENT)
    services.confirm(
        request=request,
        practitioner=Practitioner.objects.get(),
        starts_at=STARTS_AT,
        actor=clerk(),
    )
    return request


# ---- on its way


def test_each_message_is_sent_once_and_noted():
    request = make_request(email=PATIENT)
    arrived = deliver()
    assert sorted(to for to, subject in arrived) == [PATIENT, DESK]
    assert states(request) == {"staff_new": State.SENT, "received": State.SENT}
    assert set(request.messages.values_list("settled_at", "settled_by")) == {(NOW, None)}
    assert deliver() == []


def test_each_round_sends_one_the_oldest_first():
    first, second = make_request(), make_request(name="Bilal")
    delivery.deliver_next()
    assert states(first)["staff_new"] == State.SENT
    assert states(second)["staff_new"] == State.WAITING
    assert len(deliver()) == 1


def test_a_mail_is_the_message_letter_for_letter():
    Clinic.objects.update(name_en="{{ mail }} {% now 'Y' %} <b>&</b>")
    make_request(email=PATIENT)
    deliver()
    to_patient = next(mail for mail in outgoing.outbox if mail.to == [PATIENT])
    assert "turning to {{ mail }} {% now 'Y' %} <b>&</b>." in to_patient.body
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in to_patient.alternatives[0].content


def test_what_is_said_by_hand_is_left_to_the_desk():
    request = make_request()
    message = message_of(request, "link", channel="call")
    deliver()
    delivery.tidy()
    message.refresh_from_db()
    assert message.state == State.WAITING


def test_the_calendar_file_is_attached_and_lies_nowhere_afterwards(settings):
    request = confirmed()
    delivery._hand_over()
    assert len(files(settings.MEDIA_ROOT)) == 1
    deliver()
    to_patient = next(mail for mail in outgoing.outbox if mail.to == [PATIENT])
    raw = message_from_bytes(to_patient.message().as_bytes())
    [part] = [part for part in raw.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "PUBLISH"
    assert part.get_content_charset() == "utf-8"
    assert part.get_filename() == "appointment.ics"
    [event] = Calendar.from_ical(part.get_payload(decode=True)).events
    assert event["UID"] == request.appointment.uid
    assert not Attachment.objects.exists()
    assert files(settings.MEDIA_ROOT) == []


# ---- not true any more


def test_what_is_not_true_any_more_is_not_made_into_a_mail():
    request = make_request(email=PATIENT)
    ConsultationRequest.objects.update(state="withdrawn")
    assert deliver() == []
    assert states(request) == {"staff_new": State.DROPPED, "received": State.DROPPED}
    assert not Email.objects.exists()


def test_a_mail_that_waits_for_the_server_is_taken_back_when_it_is_not_true_any_more(
    server, clock, settings
):
    request = confirmed()
    server.is_down = True
    deliver()
    assert states(request)["confirmed"] == State.QUEUED
    services.decline(request=request, actor=clerk(), reason="Closed.")
    server.is_down = False
    clock.shift(timedelta(minutes=2))
    assert deliver() == [(PATIENT, "About your request " + request.reference)]
    assert states(request)["confirmed"] == State.DROPPED
    assert files(settings.MEDIA_ROOT) == []


def test_by_hand_too_only_what_is_true_is_left_to_say(clock):
    request = make_request(state="confirmed")
    appointment_of(request)
    message_of(request, "reminder", channel="call")
    clock.move_to(STARTS_AT)
    delivery.tidy()
    assert not Message.objects.by_hand().exists()


# ---- what goes wrong


def test_a_message_that_cannot_be_made_holds_up_no_other(monkeypatch, caplog):
    bad, good = make_request(email=PATIENT), make_request(email=PATIENT, name="Bilal")
    made = delivery.mail_of

    def fail_for_one(message):
        if (message.request, message.kind) == (bad, "received"):
            raise ValueError("no words for it")
        return made(message)

    monkeypatch.setattr(delivery, "mail_of", fail_for_one)
    arrived = deliver()
    assert [to for to, subject in arrived].count(PATIENT) == 1
    assert (DESK, "A mail did not arrive") in arrived
    assert states(bad)["received"] == State.UNDELIVERED
    assert states(good)["received"] == State.SENT
    assert "cannot be made into a mail" in caplog.text


def test_each_time_that_a_message_cannot_be_made_the_desk_is_told(monkeypatch):
    request = make_request(email=PATIENT)
    made = delivery.mail_of

    def fail_for_patients(message):
        if not message.is_to_staff:
            raise ValueError("no words for it")
        return made(message)

    monkeypatch.setattr(delivery, "mail_of", fail_for_patients)
    for _ in range(2):
        assert (DESK, "A mail did not arrive") in deliver()
        retry(message=request.messages.get(kind="received"), actor=clerk())


def test_trouble_that_passes_is_no_reason_to_give_up(monkeypatch):
    request = make_request(email=PATIENT)

    def fail(message):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "mail_of", fail)
        with pytest.raises(OperationalError):
            delivery.deliver_next()
    assert set(states(request).values()) == {State.WAITING}
    assert len(deliver()) == 2


def test_a_crash_before_the_note_takes_the_mail_back_too(monkeypatch):
    request = make_request()

    def crash(self, **kwargs):
        raise OperationalError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Message, "save", crash)
        with pytest.raises(OperationalError):
            delivery.deliver_next()
    assert not Email.objects.exists()
    assert states(request) == {"staff_new": State.WAITING}


def test_pauses_grow_and_after_a_day_the_desk_is_told(server, clock):
    request = make_request(email=PATIENT)
    message = request.messages.get(kind="received")
    server.is_down = True
    started, tried = timezone.now(), []
    while states(request)["received"] != State.UNDELIVERED:
        deliver()
        tried.append(timezone.now() - started)
        email = Email.objects.get(message_of=message)
        if email.status == STATUS.requeued:
            assert email.scheduled_time > timezone.now()
            clock.move_to(email.scheduled_time)
    minutes = [round(pause / timedelta(minutes=1)) for pause in tried]
    pauses = [later - earlier for earlier, later in pairwise(minutes)]
    assert pauses[:8] == [1, 2, 5, 10, 20, 40, 60, 60]
    assert tried[-1] >= timedelta(hours=24)

    server.is_down = False
    assert states(request)["staff_undelivered"] in {State.WAITING, State.QUEUED}
    clock.shift(timedelta(hours=1))
    assert (DESK, "A mail did not arrive") in deliver()
    assert list(Message.objects.undelivered().filter(kind="received")) == [message]


def test_a_mail_to_the_desk_that_is_given_up_makes_no_other(server):
    request = make_request()
    deliver()
    Message.objects.update(state=State.QUEUED)
    Email.objects.update(status=STATUS.failed)
    deliver()
    assert states(request) == {"staff_new": State.UNDELIVERED}


def test_a_mail_that_was_given_up_can_be_sent_again_to_another_address(clock):
    request = make_request(email="wrong@example.com")
    message = request.messages.get(kind="received")
    delivery._hand_over_one(message.pk)
    Email.objects.filter(message_of=message).update(status=STATUS.failed)
    deliver()
    assert states(request)["received"] == State.UNDELIVERED
    ConsultationRequest.objects.update(email=PATIENT)
    retry(message=message, actor=clerk())
    assert [to for to, subject in deliver()] == [PATIENT]
    assert states(request)["received"] == State.SENT
    delivery._note_results()
    assert request.messages.filter(kind="staff_undelivered").count() == 1


@pytest.mark.parametrize("has_a_mail", [False, True])
@pytest.mark.parametrize("contact_by", ["email", "call"])
def test_an_address_that_is_taken_away_gets_no_mail_and_the_desk_says_it(
    caplog, contact_by, has_a_mail
):
    request = make_request(email=PATIENT, contact_by=contact_by)
    services.send_link(request=request, actor=clerk())
    services.confirm(
        request=request,
        practitioner=Practitioner.objects.get(),
        starts_at=STARTS_AT,
        actor=clerk(),
    )
    if has_a_mail:
        for message in Message.objects.due():
            delivery._hand_over_one(message.pk)
    services.correct_contact(
        request=request,
        actor=clerk(),
        name=request.name,
        phone=request.phone,
        email="",
        contact_by="call",
        language="en",
    )
    assert deliver() == []
    by_hand = request.messages.by_hand().values_list("kind", "channel")
    assert sorted(by_hand) == [("confirmed", "call"), ("link", "call")]
    assert not Message.objects.undelivered().exists()
    assert caplog.text == ""


def test_without_an_address_no_mail_is_made_whoever_took_it_away(caplog):
    request = confirmed()
    ConsultationRequest.objects.update(email="")
    assert deliver() == []
    assert states(request)["confirmed"] == State.DROPPED
    assert [message.kind for message in request.messages.by_hand()] == ["confirmed"]
    assert caplog.text == ""


def test_a_mail_that_is_made_anew_leaves_no_calendar_file_behind(settings):
    request = confirmed()
    delivery._hand_over()
    assert len(files(settings.MEDIA_ROOT)) == 1
    make_anew(request)
    assert not Attachment.objects.exists()
    assert files(settings.MEDIA_ROOT) == []


def test_a_mail_that_somebody_has_deleted_counts_as_undelivered():
    request = make_request()
    delivery._hand_over()
    Email.objects.all().delete()
    deliver()
    assert states(request)["staff_new"] == State.UNDELIVERED


# ---- the rest of a round


def test_reminders_are_sent(clock):
    request = make_request(email=PATIENT, state="confirmed")
    appointment_of(request)
    clock.move_to(STARTS_AT - timedelta(days=1))
    assert (PATIENT, "A reminder of your appointment") in deliver()


def test_limits_whose_time_is_over_are_removed():
    for sender, hours in (("over", -1), ("counts", 1)):
        Quota.objects.create(sender=sender, most=1, ends_at=NOW + timedelta(hours=hours))
    delivery.tidy()
    assert [quota.sender for quota in Quota.objects.all()] == ["counts"]


def test_a_round_with_nothing_to_do_costs_the_same_however_much_there_was(
    django_assert_num_queries,
):
    make_request(email=PATIENT)
    deliver()
    with django_assert_num_queries(5):
        delivery.deliver_next()
