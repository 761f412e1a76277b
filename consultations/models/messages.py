"""What we told a patient or the desk, or are about to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from post_office.models import STATUS

from consultations.models.events import RequestEvent
from consultations.models.requests import ConsultationRequest


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> "MessageQuerySet":
        """Those that have not left yet, and can be taken back."""
        return self.filter(state=Message.State.WAITING)

    def due(self) -> "MessageQuerySet":
        """Mails that have not yet been given to the mail queue, oldest first."""
        return self.waiting().filter(channel=Message.Channel.EMAIL).order_by("pk")

    def by_hand(self) -> "MessageQuerySet":
        """Those that somebody at the desk must send or say, the oldest first."""
        by_hand = [Message.Channel.WHATSAPP, Message.Channel.CALL]
        return self.waiting().filter(channel__in=by_hand).order_by("pk")

    def delivered_or_given_up(self) -> "MessageQuerySet":
        """Mails with which the mail queue is done, and of which that is not noted here yet."""
        done = Q(email__status__in=[STATUS.sent, STATUS.failed]) | Q(email__isnull=True)
        return self.filter(done, state=Message.State.QUEUED).order_by("pk")

    def undelivered(self) -> "MessageQuerySet":
        """Mails that were given up, and of which nobody has said yet that it is settled."""
        return self.filter(state=Message.State.UNDELIVERED).order_by("pk")


class Message(models.Model):
    """One message about a request: by mail on its own, or by hand at the desk.

    It is stored in the transaction of what it tells, so that neither is there without the
    other. Its words are made when it is sent, in the language of who reads it; nothing of
    them is kept here. `key` names what it tells: no event is told twice.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Request received")
        LINK = "link", _("Link sent again")
        NOT_REACHED = "not_reached", _("We could not reach you")
        CONFIRMED = "confirmed", _("Appointment confirmed")
        CHANGED = "changed", _("Appointment changed")
        CANCELLED = "cancelled", _("Appointment cancelled")
        REMINDER = "reminder", _("Reminder")
        DECLINED = "declined", _("Request declined")
        WITHDRAWN = "withdrawn", _("Withdrawal noted")
        THANK_YOU = "thank_you", _("Thank you for coming")
        STAFF_NEW = "staff_new", _("To the desk: new request")
        STAFF_WISH = "staff_wish", _("To the desk: other times wished")
        STAFF_WITHDRAWN = "staff_withdrawn", _("To the desk: withdrawn")
        STAFF_UNDELIVERED = "staff_undelivered", _("To the desk: mail undelivered")

    TO_STAFF = {Kind.STAFF_NEW, Kind.STAFF_WISH, Kind.STAFF_WITHDRAWN, Kind.STAFF_UNDELIVERED}

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        WHATSAPP = "whatsapp", _("WhatsApp")
        CALL = "call", _("Call")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        QUEUED = "queued", _("In the mail queue")
        SENT = "sent", _("Sent")
        UNDELIVERED = "undelivered", _("Undelivered")
        DROPPED = "dropped", _("Not needed any more")

    request = models.ForeignKey(
        ConsultationRequest,
        on_delete=models.CASCADE,
        related_name="messages",
        verbose_name=_("request"),
    )
    event = models.ForeignKey(
        RequestEvent, on_delete=models.CASCADE, null=True, related_name="messages"
    )
    kind = models.CharField(_("message"), max_length=20, choices=Kind)
    channel = models.CharField(_("by"), max_length=10, choices=Channel)
    key = models.CharField(max_length=80, unique=True, editable=False)
    appointment = models.JSONField(
        default=dict,
        editable=False,
        help_text="The appointment as it was then: start, end, sequence, practitioner.",
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by whom"),
        help_text=_("Who sent or said it; empty if it went by mail on its own."),
    )
    email = models.OneToOneField(
        "post_office.Email",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="message_of",
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            # The worker's next mails, and what the desk must see to.
            models.Index(fields=["state", "channel"], name="message_unsettled"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=False) | ~Q(state__in=["sent", "dropped"]),
                name="message_settled_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_to_staff(self) -> bool:
        return self.kind in self.TO_STAFF

    @property
    def is_by_hand(self) -> bool:
        return self.channel != self.Channel.EMAIL
