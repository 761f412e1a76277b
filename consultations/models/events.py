"""What has happened to a request."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models.requests import ConsultationRequest
from consultations.models.states import State


class RequestEvent(models.Model):
    """Something that happened to a request: what, when, by whom, and why."""

    class What(models.TextChoices):
        """The moves by the state that they lead to, then what leaves the state as it is."""

        NEW = "new", _("Received")
        CONTACTED = "contacted", _("In touch")
        CONFIRMED = "confirmed", _("Appointment confirmed")
        ATTENDED = "attended", _("Came")
        NO_SHOW = "no_show", _("Did not come")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Request withdrawn")
        NOT_REACHED = "not_reached", _("Tried, not reached")
        MOVED = "moved", _("Appointment moved")
        CANCELLED = "cancelled", _("Appointment cancelled")
        WISHED = "wished", _("Wished for other times")
        CORRECTED = "corrected", _("Contact details corrected")
        LINK_SENT = "link_sent", _("Link sent again")
        NOTED = "noted", _("Note")

    # What leaves a request where it is.
    NO_MOVE = {What.NOTED, What.WISHED, What.CORRECTED, What.LINK_SENT}
    OF_APPOINTMENT = {What.CONFIRMED, What.MOVED, What.CANCELLED}

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    what = models.CharField(_("what"), max_length=12, choices=What)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        # An account that acted is deactivated, never deleted: empty means the patient.
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
        help_text=_("Empty: the patient."),
    )
    from_state = models.CharField(_("from"), max_length=10, choices=State, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=State)
    note = models.TextField(_("note"), blank=True)
    for_patient = models.TextField(
        _("told the patient"), blank=True, help_text=_("The patient reads it on their page.")
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("what has happened")
        ordering = ["at", "pk"]
        indexes = [
            # Who wished for other times, at the desk.
            models.Index(fields=["what", "request"], name="requestevent_what"),
        ]

    def __str__(self) -> str:
        return str(self.get_what_display())

    @property
    def appointment_at(self) -> datetime | None:
        """When the appointment is that it is about, as its messages tell it."""
        if self.what not in self.OF_APPOINTMENT:
            return None
        told = [message.appointment for message in self.messages.all() if message.appointment]
        return datetime.fromisoformat(told[0]["starts_at"]) if told else None
