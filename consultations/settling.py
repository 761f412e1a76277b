"""What the desk does about messages: say them, settle them in another way, send them again."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic_site import audit
from clinic_site.models import AccessRecord
from consultations import outbox
from consultations.models import Message
from consultations.services import WrongMove

State = Message.State


@transaction.atomic
def settle_by_hand(*, message: Message, actor: User) -> Message:
    """Note that `actor` has sent or said it. Raises WrongMove if there is nothing to note."""
    return _settle(message, actor, State.WAITING)


@transaction.atomic
def settle_undelivered(*, message: Message, actor: User) -> Message:
    """Note that `actor` has told it in another way, since the mail did not arrive.

    Raises WrongMove if there is nothing to note.
    """
    return _settle(message, actor, State.UNDELIVERED)


@transaction.atomic
def retry(*, message: Message, actor: User) -> Message:
    """Send a mail that did not arrive again, to the address on file now. Raises WrongMove."""
    message = _locked(message)
    if message.state in {State.WAITING, State.QUEUED} and not message.is_by_hand:
        return message
    _must_be(message, State.UNDELIVERED)
    if not (message.is_to_staff or message.request.email):
        raise WrongMove(_("There is no e-mail address on file. Tell the patient by phone."))
    if message.email:
        outbox.delete_mail(message.email)
    message.state, message.settled_at, message.email = State.WAITING, None, None
    message.save(update_fields=["state", "settled_at", "email"])
    _record(message, actor)
    return message


def _settle(message: Message, actor: User, unsettled: str) -> Message:
    message = _locked(message)
    if message.state == State.SENT and message.settled_by == actor:
        return message
    _must_be(message, unsettled)
    message.state, message.settled_at, message.settled_by = State.SENT, timezone.now(), actor
    message.save(update_fields=["state", "settled_at", "settled_by"])
    _record(message, actor)
    return message


def _record(message: Message, actor: User) -> None:
    request, action = message.request, AccessRecord.Action.CHANGED
    audit.record(by=actor, action=action, thing=request, reference=request.reference)


def _locked(message: Message) -> Message:
    try:
        return Message.objects.select_for_update().get(pk=message.pk)
    except Message.DoesNotExist as error:
        raise WrongMove(_("This request has been erased.")) from error


def _must_be(message: Message, state: str) -> None:
    """Else say what has become of it."""
    if message.state == state and message.is_by_hand == (state == State.WAITING):
        return
    if message.state == State.DROPPED:
        raise WrongMove(
            _("“%(message)s” is not true any more: the request has changed meanwhile.")
            % {"message": message}
        )
    if message.settled_by and message.settled_at:
        raise WrongMove(
            _("%(who)s has settled “%(message)s” already, on %(when)s.")
            % {
                "who": message.settled_by,
                "message": message,
                "when": date_format(timezone.localtime(message.settled_at), "DATETIME_FORMAT"),
            }
        )
    raise WrongMove(
        _("“%(message)s” is “%(state)s” now, so there is nothing to note.")
        % {"message": message, "state": message.get_state_display()}
    )
