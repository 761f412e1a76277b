"""What the mail worker does in one round: a message becomes a mail, a mail leaves, it is noted.

The words are made at the last moment, so that what is not true any more is not sent. From the
mail queue (post_office) on, a mail is sent until the server has taken it, or for a day.
"""

import logging
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from post_office import mail
from post_office.models import STATUS, Email

from consultations import outbox
from consultations.messages import mail_of
from consultations.models import Message, Quota
from consultations.reminders import queue_reminders

logger = logging.getLogger(__name__)
State = Message.State

# After the first failures; from then on settings.POST_OFFICE["RETRY_INTERVAL"], an hour.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40)]
# Trouble of this machine, which passes. Everything else is the message's own.
_PASSES = (OperationalError, InterfaceError, OSError)


def deliver_next() -> bool:
    """Send the next mail that is due. Whether there may be more to do at once."""
    queue_reminders()
    made_one = _hand_over()
    _take_back_outdated()
    sent, failed, requeued = mail.send_queued()
    if requeued:
        _space_out_retries()
    _note_results()
    return made_one or bool(sent + failed + requeued)


def tidy() -> None:
    """Remove what is of no use any more."""
    for message in Message.objects.by_hand().select_related("request"):
        if not outbox.is_true(message):
            outbox.drop_outdated(message.request)
    Quota.objects.expired().delete()


def _hand_over() -> bool:
    """Make the message that waits longest into a mail, if there is one."""
    key = Message.objects.due().values_list("pk", flat=True).first()
    if key is None:
        return False
    try:
        _hand_over_one(key)
    except _PASSES:
        raise
    except Exception:
        logger.exception("Message %s cannot be made into a mail.", key)
        with transaction.atomic():
            _give_up(Message.objects.get(pk=key))
    return True


@transaction.atomic
def _hand_over_one(key: int) -> None:
    """The mail and the note that it was made are stored together: no crash makes it twice."""
    message = Message.objects.select_for_update().due().filter(pk=key).first()
    if message is None:
        return
    if not outbox.is_true(message):
        _settle(message, State.DROPPED)
        return
    if not (message.is_to_staff or message.request.email):
        outbox.say_by_hand(message.request)
        return
    made = mail_of(message)
    message.email = mail.send(
        made.recipient,
        # The queue runs what it is given through the template engine. As values these texts
        # stay as they are, whatever braces somebody put into them.
        subject="{% autoescape off %}{{ mail.subject }}{% endautoescape %}",
        message="{% autoescape off %}{{ mail.text }}{% endautoescape %}",
        html_message="{% autoescape off %}{{ mail.html }}{% endautoescape %}",
        context={"mail": made},
        attachments=made.calendar_file
        and {
            "appointment.ics": {
                "file": ContentFile(made.calendar_file.content),
                "mimetype": made.calendar_file.mimetype,
            }
        },
    )
    message.state = State.QUEUED
    message.save(update_fields=["email", "state"])


def _take_back_outdated() -> None:
    """The mail that would leave now may have been waiting for the server for hours."""
    while message := Message.objects.filter(email__in=list(mail.get_queued())).first():
        if outbox.is_true(message):
            return
        with transaction.atomic():
            _settle(message, State.DROPPED)
            Email.objects.filter(message_of=message).delete()


def _space_out_retries() -> None:
    """The mail queue knows one pause only, the longest."""
    for tries, pause in enumerate(PAUSES, start=1):
        again_at = F("last_updated") + pause
        Email.objects.filter(
            status=STATUS.requeued, number_of_retries=tries, scheduled_time__gt=again_at
        ).update(scheduled_time=again_at)


def _note_results() -> None:
    for message in Message.objects.delivered_or_given_up().select_related("email"):
        with transaction.atomic():
            if message.email and message.email.status == STATUS.sent:
                _settle(message, State.SENT)
            else:
                _give_up(message)


def _give_up(message: Message) -> None:
    """Tell the desk; about a mail to the desk itself, only its list does."""
    if not message.is_to_staff:
        # Sent again, it can fail again, and with no mail of which to tell the two apart.
        notices = message.request.messages.filter(kind=Message.Kind.STAFF_UNDELIVERED).count()
        key = f"{message.pk}:{message.email_id}:{notices}"
        outbox.queue(message.request, Message.Kind.STAFF_UNDELIVERED, key=key)
    _settle(message, State.UNDELIVERED)


def _settle(message: Message, state: str) -> None:
    if message.email:
        outbox.delete_attachments(message.email)  # should it be sent again, it is made anew
    message.state, message.settled_at = state, timezone.now()
    message.save(update_fields=["state", "settled_at"])
