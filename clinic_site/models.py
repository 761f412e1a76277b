"""The clinic itself: what stands in the header, the footer, the contact page and the mails."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic_site.roles import Role
from clinic_site.words import WordedModel


class Weekday(models.IntegerChoices):
    """Numbered as `date.weekday()` does."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ClinicQuerySet(models.QuerySet["Clinic"]):
    def current(self) -> "Clinic":
        """The one clinic."""
        return self.get(pk=1)


class Clinic(WordedModel):
    """The clinic that runs this site. There is exactly one row; the first migration makes it."""

    SAMPLE_WORDS = ("sample", "نمونہ", "نمونے")

    name = models.CharField(_("name"), max_length=100)
    phone = PhoneNumberField(
        _("phone"), help_text=_("The number that patients call, for example 051 2345678.")
    )
    whatsapp = PhoneNumberField(
        _("WhatsApp number"),
        blank=True,
        help_text=_("A mobile number. Leave it empty if the clinic does not use WhatsApp."),
    )
    email = models.EmailField(
        _("e-mail"),
        help_text=_("Patients see it, and new requests are announced to it."),
    )
    address = models.TextField(_("address"), help_text=_("One line of the address per line."))
    map_url = models.URLField(
        _("map link"),
        blank=True,
        help_text=_("A link to the clinic on a map. It opens only when somebody follows it."),
    )
    licence_number = models.CharField(
        _("licence number"),
        max_length=60,
        help_text=_(
            "The registration or licence number given by the Islamabad Healthcare "
            "Regulatory Authority. Patients are told to ask for it."
        ),
    )

    objects = ClinicQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinic")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="clinic_only_one")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sample(self) -> bool:
        """Whether anything of the sample is left that patients could take for real."""
        texts = ("name_en", "name_ur", "address_en", "address_ur", "email", "licence_number")
        words = " ".join(getattr(self, name) or "" for name in texts).lower()
        return (
            any(word in words for word in self.SAMPLE_WORDS)
            or not self.phone
            or not self.phone.is_valid()
        )


class DayHours(models.Model):
    """From when to when something goes on, on one day of the week, with a break if there is one."""

    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    break_starts = models.TimeField(
        _("break starts"), null=True, blank=True, help_text=_("For example for Friday prayers.")
    )
    break_ends = models.TimeField(_("break ends"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["weekday"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")),
                name="%(class)s_opens_before_closes",
                violation_error_message=_("The start must come before the end."),
            ),
            models.CheckConstraint(
                condition=Q(break_starts__isnull=True, break_ends__isnull=True)
                | Q(
                    break_starts__isnull=False,
                    break_ends__isnull=False,
                    break_starts__gt=F("opens"),
                    break_starts__lt=F("break_ends"),
                    break_ends__lt=F("closes"),
                ),
                name="%(class)s_break_within_hours",
                violation_error_message=_(
                    "Give the break a start and an end, both within the hours of the day."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_weekday_display()


class OpeningHours(DayHours):
    """When the clinic is open on one day of the week. A day without a row is a closed day."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="opening_hours")

    class Meta(DayHours.Meta):
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "weekday"],
                name="openinghours_one_row_a_day",
                violation_error_message=_("This day is listed already."),
            ),
            *DayHours.Meta.constraints,
        ]


class DaysOffQuerySet(models.QuerySet["DaysOff"]):
    def upcoming(self) -> "DaysOffQuerySet":
        return self.filter(last_day__gte=timezone.localdate())


class DaysOff(models.Model):
    """A first and a last day, and all between them, on which the week's hours do not hold."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), help_text=_("The same as the first for one day."))

    objects = DaysOffQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="%(class)s_first_day_not_after_last",
                violation_error_message=_("The first day must not come after the last."),
            )
        ]


class Closure(DaysOff, WordedModel):
    """Days on which the clinic is closed although the week's hours say otherwise."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="closures")
    reason = models.CharField(
        _("reason"), max_length=100, help_text=_("Patients see it, for example: Eid ul-Fitr.")
    )

    class Meta(DaysOff.Meta):
        verbose_name = _("closure")
        verbose_name_plural = _("closures")

    def __str__(self) -> str:
        return self.reason


class AccessRecordQuerySet(models.QuerySet["AccessRecord"]):
    # Long enough to look into a complaint, and no longer.
    KEPT_FOR = timedelta(days=3 * 365)

    def expired(self) -> "AccessRecordQuerySet":
        """Those whose time is over, to be deleted."""
        return self.filter(at__lt=timezone.now() - self.KEPT_FOR)


class AccessRecord(models.Model):
    """That somebody looked at, changed, took along or erased something, or signed in.

    Written by `clinic_site.audit.record`, and never changed. It names what it is about by a
    reference only, which goes when the person is erased, and then says nothing of them.
    """

    class Action(models.TextChoices):
        VIEWED = "viewed", _("Looked at")
        CHANGED = "changed", _("Changed")
        EXPORTED = "exported", _("Exported")
        ERASED = "erased", _("Erased")
        SIGNED_IN = "signed_in", _("Signed in")
        UNLOCKED = "unlocked", _("Unlocked")
        FACTOR_SET = "factor_set", _("Second factor set up")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        RECOVERY_USED = "recovery_used", _("Recovery code used")
        RECOVERY_MADE = "recovery_made", _("New recovery codes made")

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("account"),
    )
    # What they were called then; empty where the site itself did it.
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    action = models.CharField(_("what"), max_length=20, choices=Action)
    content_type = models.ForeignKey(
        ContentType, on_delete=models.SET_NULL, null=True, verbose_name=_("kind"), related_name="+"
    )
    object_id = models.CharField(max_length=40)
    reference = models.CharField(_("reference"), max_length=150, db_index=True)

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access records")
        default_permissions = ["view"]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.get_action_display()} {self.reference}"


class SecurityRulesQuerySet(models.QuerySet["SecurityRules"]):
    def current(self) -> "SecurityRules":
        return self.get(pk=1)

    def requiring_second_factor_of(self, user: AbstractBaseUser) -> "SecurityRulesQuerySet":
        """The rules, if they ask a second factor of this person."""
        of_theirs = Q(second_factor_roles__user=user.pk)
        if getattr(user, "is_superuser", False):
            # Who may do everything must do at least what an owner must.
            of_theirs |= Q(second_factor_roles__name=Role.OWNER.value)
        return self.filter(Q(second_factor_for_all=True) | of_theirs).distinct()


class SecurityRules(models.Model):
    """What the owner asks of everyone who signs in. There is exactly one row."""

    second_factor_for_all = models.BooleanField(
        _("everyone"),
        default=False,
        help_text=_("Everyone who works here signs in with a code from their phone, too."),
    )
    second_factor_roles = models.ManyToManyField(Group, blank=True, verbose_name=_("these roles"))

    objects = SecurityRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("security")
        verbose_name_plural = _("security")
        default_permissions = ["view", "change"]
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="securityrules_only_one")]

    def __str__(self) -> str:
        return str(_("Security"))
