"""Who sees whom, and when."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.constraints import NoOverlap
from consultations.models.requests import ConsultationRequest
from consultations.models.schedule import Practitioner


def new_uid() -> str:
    return str(uuid.uuid4())


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def standing(self) -> "AppointmentQuerySet":
        """Those that hold their time: not cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def overlapping(self, one: "Appointment") -> "AppointmentQuerySet":
        """Others of the same practitioner that hold a part of its time."""
        others = self.standing().filter(practitioner=one.practitioner_id).exclude(pk=one.pk)
        return others.filter(starts_at__lt=one.ends_at, ends_at__gt=one.starts_at)


class Appointment(models.Model):
    """A practitioner and a time, agreed on for one request.

    Moved, cancelled and agreed on anew before it has begun, it stays one row with one `uid`, so
    that the patient's calendar follows; `sequence` grows with every change. The row outlives
    the person: once the request is erased, the bare fact stays for the books.
    """

    request = models.ForeignKey(
        ConsultationRequest,
        on_delete=models.SET_NULL,
        null=True,
        related_name="appointments",
        verbose_name=_("request"),
    )
    practitioner = models.ForeignKey(
        Practitioner,
        on_delete=models.PROTECT,
        related_name="appointments",
        verbose_name=_("practitioner"),
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    uid = models.CharField(max_length=64, unique=True, default=new_uid, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = [
            # The calendar, free times and tomorrow's reminders.
            models.Index(fields=["starts_at"], name="appointment_start"),
            # Whom a new one would overlap: few end after it begins.
            models.Index(fields=["practitioner", "ends_at"], name="appointment_practitioner_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="appointment_starts_before_it_ends",
                violation_error_message=_("An appointment must start before it ends."),
            ),
            NoOverlap(
                of="practitioner",
                start="starts_at",
                end="ends_at",
                unless="cancelled_at",
                name="appointment_one_at_a_time",
                violation_error_message=_("This practitioner has another appointment then."),
            ),
        ]

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.starts_at), "DATETIME_FORMAT")

    @property
    def is_standing(self) -> bool:
        return self.cancelled_at is None

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)
