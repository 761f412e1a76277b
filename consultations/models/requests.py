"""Who asked for a consultation, what they told us, and what has happened since."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic_site.models import Weekday
from consultations.models.states import LIVE, MOVES, OPEN, WITH_APPOINTMENT, State
from consultations.privacy import kept_since

if TYPE_CHECKING:
    from consultations.models.appointments import Appointment


# Neither what is mistaken for another sign when read out, nor vowels, which make words.
_REFERENCE_SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_reference() -> str:
    return "HC-" + "".join(secrets.choice(_REFERENCE_SIGNS) for _ in range(5))


class ConsultationRequestQuerySet(models.QuerySet["ConsultationRequest"]):
    def live(self) -> "ConsultationRequestQuerySet":
        """Those that the clinic still has something to do for."""
        return self.filter(state__in=LIVE)

    def awaiting_reply(self) -> "ConsultationRequestQuerySet":
        """Those that nobody has answered yet, the longest wait first."""
        return self.filter(state=State.NEW).order_by("created_at", "pk")

    def in_touch(self) -> "ConsultationRequestQuerySet":
        """Those that somebody has called, or tried to, and agreed on nothing; the oldest first."""
        return self.filter(state=State.CONTACTED).order_by("created_at", "pk")

    def newest_first(self) -> "ConsultationRequestQuerySet":
        return self.order_by("-created_at", "-pk")

    def expired(self, at: datetime | None = None) -> "ConsultationRequestQuerySet":
        """Those with whom nobody has been in touch for as long as we keep a request.

        It does not matter where they stand: what nobody has touched for so long is not live.
        Neither a visit nor an appointment ahead counts as silence.
        """
        since = kept_since(at or timezone.now())
        itself = ConsultationRequest.objects.filter(pk=OuterRef("pk"))
        seen = itself.filter(
            appointments__cancelled_at__isnull=True, appointments__starts_at__gte=since
        )
        return self.filter(
            ~Exists(itself.filter(events__at__gte=since)), ~Exists(seen), created_at__lt=since
        )

    def expiring(self, within: timedelta) -> "ConsultationRequestQuerySet":
        """Those that will be erased within this time unless somebody is in touch with them."""
        return self.expired(at=timezone.now() + within)


class ConsultationRequest(models.Model):
    """What one person asked, in one sending, as they saw and wrote it. Never merged with another.

    What was chosen from lists is kept in the words that were shown, so that a later change of
    the content does not change what somebody told us.
    """

    class ContactBy(models.TextChoices):
        CALL = "call", _("Call")
        WHATSAPP = "whatsapp", _("WhatsApp")
        EMAIL = "email", _("E-mail")

    class SinceWhen(models.TextChoices):
        UNDER_3_MONTHS = "under_3_months", _("Less than 3 months")
        UNDER_1_YEAR = "under_1_year", _("3 to 12 months")
        UNDER_5_YEARS = "under_5_years", _("1 to 5 years")
        LONGER = "longer", _("Longer than 5 years")
        NOT_SURE = "not_sure", _("I am not sure")

    class CameBy(models.TextChoices):
        WEBSITE = "website", _("Website")
        PHONE = "phone", _("Phone")
        WALK_IN = "walk_in", _("At the desk")

    class PartOfDay(models.TextChoices):
        ANY = "any", _("Any time")
        MORNING = "morning", _("Morning")
        AFTERNOON = "afternoon", _("Afternoon")
        EVENING = "evening", _("Evening")

    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    reference = models.CharField(
        _("reference"),
        max_length=12,
        unique=True,
        default=new_reference,
        help_text=_("The patient has it too, and can read it out on the phone."),
    )
    submission_key = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    created_at = models.DateTimeField(_("received"), default=timezone.now)
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=settings.LANGUAGES,
        help_text=_("The language of the page; we write to the patient in it."),
    )
    came_by = models.CharField(
        _("came in by"), max_length=10, choices=CameBy, default=CameBy.WEBSITE
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
        help_text=_("Who wrote it down for the patient; empty if the patient did."),
    )
    source_page = models.CharField(
        _("came from"),
        max_length=200,
        blank=True,
        help_text=_("The page of this site on which the patient decided to ask."),
    )

    name = models.CharField(_("name"), max_length=100)
    phone = PhoneNumberField(_("phone"))
    email = models.EmailField(_("e-mail"), blank=True)
    contact_by = models.CharField(
        _("wants to be reached by"), max_length=10, choices=ContactBy.choices
    )

    treatment = models.ForeignKey(
        "treatments.Treatment",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="consultation_requests",
        verbose_name=_("treatment"),
        help_text=_("Empty if the patient is not sure."),
    )
    treatment_name = models.CharField(_("treatment as asked for"), max_length=80, blank=True)
    pattern = models.CharField(_("pattern of loss"), max_length=400, blank=True)
    since_when = models.CharField(
        _("since when"), max_length=20, choices=SinceWhen.choices, blank=True
    )
    tried_before = models.TextField(_("tried before"), blank=True)
    red_flags = models.JSONField(
        _("red flags"),
        default=list,
        blank=True,
        help_text=_("Signs for which the patient was told to see a doctor first."),
    )
    precautions = models.JSONField(
        _("precautions"),
        default=list,
        blank=True,
        help_text=_("What must be known before an injection."),
    )
    message = models.TextField(_("message"), blank=True)

    decision = models.JSONField(
        _("what matters to the patient"),
        default=dict,
        blank=True,
        help_text=_("Answers and questions brought along from “What matters to me”, as shown."),
    )
    facts_version = models.ForeignKey(
        "treatments.FactsVersion",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("version of the facts"),
        help_text=_("What the site said when the patient asked."),
    )

    earliest_date = models.DateField(_("not before"), null=True, blank=True)
    preferred_days = models.JSONField(_("days that suit"), default=list, blank=True)
    part_of_day = models.CharField(
        _("part of the day"), max_length=10, choices=PartOfDay.choices, default=PartOfDay.ANY
    )

    privacy_version = models.CharField(
        _("privacy notice agreed to"),
        max_length=20,
        help_text=_("The version that was on the page when the box was ticked."),
    )
    consented_at = models.DateTimeField(_("agreed"), default=timezone.now)

    objects = ConsultationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation request")
        verbose_name_plural = _("consultation requests")
        permissions = [
            ("view_figures", "Can see how it goes"),
            ("export_person", "Can export what is held about a person"),
            ("erase_person", "Can erase a person"),
        ]
        indexes = [
            # The list in the admin.
            models.Index(fields=["-created_at", "-id"], name="consultationrequest_newest"),
            # The limit of requests a phone, and everything of one person.
            models.Index(fields=["phone", "created_at"], name="consultationrequest_phone"),
            # Who waits, and the list filtered by state.
            models.Index(fields=["state", "created_at"], name="consultationrequest_waiting"),
            # Whose wishes still count: the rows of a year would be read for these few.
            models.Index(
                fields=["id"], condition=Q(state__in=OPEN), name="consultationrequest_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission_key"],
                condition=Q(state__in=LIVE),
                name="consultationrequest_sent_twice_stored_once",
            ),
            models.CheckConstraint(
                condition=~Q(contact_by="email") | ~Q(email=""),
                name="consultationrequest_email_to_write_to",
                violation_error_message=_("To be reached by e-mail takes an e-mail address."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(phone=""),
                name="consultationrequest_name_and_phone",
                violation_error_message=_("A request needs a name and a phone number."),
            ),
            models.CheckConstraint(
                condition=~Q(privacy_version=""),
                name="consultationrequest_consent_names_version",
                violation_error_message=_("Note which privacy notice was agreed to."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values),
                name="consultationrequest_known_state",
            ),
            models.CheckConstraint(
                condition=Q(came_by="website", entered_by__isnull=True)
                | Q(came_by__in=["phone", "walk_in"], entered_by__isnull=False),
                name="consultationrequest_entered_by_staff_unless_website",
                violation_error_message=_("Say who wrote the request down."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("consultation_request", args=[self.token])

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_awaiting_reply(self) -> bool:
        return self.state == State.NEW

    @property
    def has_red_flags(self) -> bool:
        return bool(self.red_flags)

    @property
    def treatment_in_short(self) -> str:
        """As the reader's language calls it now, or as the patient read it if it is gone."""
        return str(self.treatment.words.short_name) if self.treatment else self.treatment_name

    @property
    def allowed_moves(self) -> tuple[State, ...]:
        return MOVES[self.state]

    @property
    def appointment(self) -> "Appointment | None":
        """The newest, whether it stands or was cancelled."""
        return max(self.appointments.all(), key=lambda row: row.pk, default=None)

    @property
    def appointment_in_sight(self) -> "Appointment | None":
        """The newest that counts: neither cancelled and over, nor missed before a new start."""
        appointment = self.appointment
        if appointment is None or not appointment.has_begun:
            return appointment
        return appointment if appointment.is_standing and self.state in WITH_APPOINTMENT else None

    @property
    def standing_appointment(self) -> "Appointment | None":
        appointment = self.appointment_in_sight
        return appointment if appointment and appointment.is_standing else None

    @property
    def can_be_changed_online(self) -> bool:
        """Whether the patient can still change or withdraw it without calling."""
        if not self.is_live:
            return False
        appointment = self.standing_appointment
        if appointment is None:
            return True
        notice = timedelta(hours=appointment.practitioner.call_hours)
        return timezone.now() < appointment.starts_at - notice

    @property
    def says_when(self) -> bool:
        """Whether it says more of when it suits than the times that were picked."""
        is_any_time = self.part_of_day == self.PartOfDay.ANY
        said = self.preferred_days or self.earliest_date or not is_any_time
        return bool(said or not self.preferred_times.all())

    @property
    def preferred_day_names(self) -> list[Any]:
        return [Weekday(day).label for day in self.preferred_days]


class PreferredTime(models.Model):
    """A time that suits the patient, out of those that were free when they asked.

    It holds nothing: several patients may wish for the same time until one is confirmed.
    """

    MOST = 3

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="preferred_times"
    )
    starts_at = models.DateTimeField(_("start"), db_index=True)

    class Meta:
        verbose_name = _("preferred time")
        verbose_name_plural = _("preferred times")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "starts_at"], name="preferredtime_once_a_request"
            )
        ]

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.starts_at), "DATETIME_FORMAT")
