"""When somebody at the clinic can see patients."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic_site.models import Clinic, DayHours, DaysOff
from clinic_site.words import WordedModel
from treatments.models import Treatment


class PractitionerQuerySet(models.QuerySet["Practitioner"]):
    def seeing_patients(self) -> "PractitionerQuerySet":
        return self.filter(sees_patients=True)

    def for_treatment(self, treatment: Treatment | None) -> "PractitionerQuerySet":
        """Those who advise on `treatment`; all of them if the patient is not sure."""
        if treatment is None:
            return self
        others = Practitioner.treatments.through.objects.exclude(treatment=treatment)
        mine = Practitioner.treatments.through.objects.filter(treatment=treatment)
        return self.exclude(
            Q(pk__in=others.values("practitioner")) & ~Q(pk__in=mine.values("practitioner"))
        )


class Practitioner(WordedModel):
    """Somebody who sees patients for a consultation, and how they can be booked."""

    name = models.CharField(_("name"), max_length=100)
    title = models.CharField(
        _("title"), max_length=100, help_text=_("For example: Consultant dermatologist.")
    )
    registration_number = models.CharField(
        _("registration number"),
        max_length=60,
        help_text=_("Given by the medical council. Patients can ask for it."),
    )
    languages = models.CharField(
        _("languages"), max_length=100, help_text=_("For example: English, Urdu, Punjabi.")
    )
    treatments = models.ManyToManyField(
        Treatment,
        blank=True,
        related_name="practitioners",
        verbose_name=_("treatments"),
        help_text=_("What this person advises on. None chosen: everything the clinic offers."),
    )
    sees_patients = models.BooleanField(
        _("sees patients"),
        default=True,
        help_text=_("Untick it instead of deleting somebody who has left: appointments stay."),
    )
    order = models.PositiveSmallIntegerField(
        _("place"), default=100, help_text=_("Lower numbers are shown first.")
    )

    slot_minutes = models.PositiveSmallIntegerField(
        _("length of a consultation"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
        help_text=_("In minutes."),
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("notice needed"),
        default=24,
        validators=[MaxValueValidator(24 * 14)],
        help_text=_("How many hours ahead a time must be for patients to be offered it."),
    )
    days_ahead = models.PositiveSmallIntegerField(
        _("how far ahead"),
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(180)],
        help_text=_("How many days ahead patients are offered times."),
    )
    call_hours = models.PositiveSmallIntegerField(
        _("changes by phone only"),
        default=24,
        validators=[MaxValueValidator(24 * 14)],
        help_text=_(
            "In the last so many hours before an appointment, patients must call to change or "
            "cancel it."
        ),
    )

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(slot_minutes__range=(5, 240)),
                name="practitioner_slot_of_5_to_240_minutes",
                violation_error_message=_("A consultation takes 5 to 240 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(days_ahead__range=(1, 180)),
                name="practitioner_offers_1_to_180_days_ahead",
                violation_error_message=_("Times are offered for 1 to 180 days ahead."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sample(self) -> bool:
        """Whether anything of the sample is left that patients could take for real."""
        texts = ("name_en", "name_ur", "title_en", "title_ur", "registration_number")
        words = " ".join(getattr(self, name) or "" for name in texts).lower()
        return any(word in words for word in Clinic.SAMPLE_WORDS)


class WorkingHours(DayHours):
    """When a practitioner sees patients on one day of the week. A day without a row is free."""

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, related_name="working_hours"
    )

    class Meta(DayHours.Meta):
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner", "weekday"],
                name="workinghours_one_row_a_day",
                violation_error_message=_("This day is listed already."),
            ),
            *DayHours.Meta.constraints,
        ]


class Absence(DaysOff):
    """Days on which a practitioner sees nobody although the clinic is open."""

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, related_name="absences"
    )
    note = models.CharField(
        _("note"),
        max_length=100,
        blank=True,
        help_text=_("For colleagues; patients do not see it."),
    )

    class Meta(DaysOff.Meta):
        verbose_name = _("absence")
        verbose_name_plural = _("absences")

    def __str__(self) -> str:
        return self.note or f"{self.first_day}"
