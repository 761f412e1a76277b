"""What a patient can choose: every fact that a treatment has exactly once."""

from collections.abc import Iterator

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from treatments.models.entries import Entry, refuse_days_to_come
from treatments.models.sources import CitingEntry
from treatments.models.vocabulary import Basis
from treatments.spans import SpanField, Unit, span_is_ordered


class TreatmentQuerySet(models.QuerySet["Treatment"]):
    def published(self) -> "TreatmentQuerySet":
        """What patients may see."""
        return self.filter(status=Treatment.Status.PUBLISHED)

    def offered(self) -> "TreatmentQuerySet":
        """What this clinic gives and earns from."""
        return self.filter(offered=True)

    def past_review(self) -> "TreatmentQuerySet":
        """Whose next reading by a clinician is overdue, the longest first."""
        return self.filter(review_due__lt=timezone.localdate()).order_by("review_due", "pk")

    def with_facts(self) -> "TreatmentQuerySet":
        """With every row that a page or a comparison shows, in a fixed number of queries.

        Who cites what is read for a whole page at once, by `citations.attach`.
        """
        return self.prefetch_related(*Treatment.ROWS)


class Treatment(Entry):
    """An option a patient has, offered by this clinic or not; "no treatment" is one too.

    A draft may be half written; what a published one must say is in `publishing`.
    """

    ROWS = (
        "findings",
        "claims",
        "side_effects",
        "precautions",
        "suitabilities",
        "questions",
        "regulations",
        "findings__event_rates",
    )

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    class Hue(models.TextChoices):
        """The colour that a treatment keeps wherever it appears."""

        TEAL = "teal", _("Teal")
        AMBER = "amber", _("Amber")
        VIOLET = "violet", _("Violet")
        SLATE = "slate", _("Slate")
        BLUE = "blue", _("Blue")
        GREEN = "green", _("Green")
        ROSE = "rose", _("Rose")
        BROWN = "brown", _("Brown")

    class CostTier(models.TextChoices):
        UNKNOWN = "unknown", _("Not known")
        NONE = "none", _("Nothing to pay")
        LOW = "low", _("Lower")
        MIDDLE = "middle", _("Middle")
        HIGH = "high", _("Higher")

    class Upkeep(models.TextChoices):
        UNKNOWN = "unknown", _("Not known")
        NONE = "none", _("None")
        REPEAT_SESSIONS = "repeat_sessions", _("Repeat sessions")
        DAILY_USE = "daily_use", _("Used every day, for as long as it should work")

    class Needles(models.TextChoices):
        UNKNOWN = "unknown", _("Not known")
        YES = "yes", _("Yes, needles are used")
        NO = "no", _("No needles")

    class MadeFrom(models.TextChoices):
        """What is put into or onto the body, as far as people mind."""

        UNKNOWN = "unknown", _("Not known")
        NOTHING = "nothing", _("Nothing is put into the body")
        OWN_BLOOD = "own_blood", _("Your own blood")
        OWN_HAIR = "own_hair", _("Your own hair")
        CELLS = "cells", _("A product made from cells")
        BLOOD_AND_CELLS = "blood_and_cells", _("Your own blood and a product made from cells")
        MEDICINE = "medicine", _("A medicine")

    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(
        _("short name"), max_length=30, help_text=_("For table headings, buttons and pictures.")
    )
    slug = models.SlugField(
        pgettext_lazy("of a page", "address"),
        unique=True,
        help_text=_("The last part of its page's address, such as prp. Links break if it changes."),
        validators=[
            RegexValidator(
                r"(^|-)vs(-|$)",
                inverse_match=True,
                message=_("Leave out the word “vs”: it joins treatments in a comparison."),
            )
        ],
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    offered = models.BooleanField(
        _("offered by this clinic"),
        default=False,
        help_text=_("Offered treatments can be asked for, and the page says that we earn from it."),
    )
    hue = models.CharField(_("colour"), max_length=10, choices=Hue.choices, default=Hue.SLATE)
    basis = models.CharField(
        _("whose word the plain facts are"),
        max_length=10,
        choices=Basis.choices,
        default=Basis.CLINICS,
        help_text=_("Said beside times, sessions and cost, so that nobody takes it for proof."),
    )

    summary = models.TextField(
        _("in one sentence"),
        blank=True,
        help_text=_("Shown in lists, searches and at the top of its page."),
    )
    what_it_is = models.TextField(_("what it is"), blank=True)
    how_it_works = models.TextField(_("how it works"), blank=True)
    mechanism_in_short = models.TextField(_("how it works, in a few words"), blank=True)
    how_it_is_given = models.TextField(_("how it is given"), blank=True)

    living_with = models.TextField(
        _("what it is like"),
        blank=True,
        help_text=_("What it does to the body, to feelings and to daily life."),
    )
    needles = models.CharField(
        _("needles"), max_length=10, choices=Needles.choices, default=Needles.UNKNOWN
    )
    made_from = models.CharField(
        _("made from"), max_length=20, choices=MadeFrom.choices, default=MadeFrom.UNKNOWN
    )

    first_results = SpanField(Unit.WEEKS, _("first results"))
    first_results_note = models.TextField(_("first results, in words"), blank=True)
    sessions = SpanField(
        Unit.SESSIONS, _("first course"), _("Leave the second empty for “or more”.")
    )
    sessions_note = models.TextField(_("sessions, in words"), blank=True)
    spacing = SpanField(Unit.WEEKS, _("time between sessions"))
    lasts = SpanField(Unit.MONTHS, _("how long the effect lasts"))
    lasts_note = models.TextField(_("how long it lasts, in words"), blank=True)
    upkeep_kind = models.CharField(
        _("upkeep"), max_length=20, choices=Upkeep.choices, default=Upkeep.UNKNOWN
    )
    upkeep = SpanField(Unit.MONTHS, _("repeat sessions every"))
    upkeep_note = models.TextField(_("upkeep, in words"), blank=True)
    recovery = SpanField(Unit.DAYS, _("days off"))
    recovery_note = models.TextField(_("recovery, in words"), blank=True)
    cost_tier = models.CharField(
        _("cost"), max_length=10, choices=CostTier.choices, default=CostTier.UNKNOWN
    )
    cost_note = models.TextField(_("cost, in words"), blank=True)
    price = SpanField(
        Unit.RUPEES, _("price of a session"), _("Only this clinic's own price, in rupees.")
    )
    regulatory_status = models.TextField(_("regulation, in one sentence"), blank=True)

    reviewed_by = models.CharField(
        _("reviewed by"),
        max_length=120,
        blank=True,
        help_text=_("Name and title of the clinician who read this page. Empty: not yet reviewed."),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    review_due = models.DateField(_("next review due"), null=True, blank=True)

    objects = TreatmentQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        constraints = [
            *(
                span_is_ordered("treatment", name)
                for name in (
                    "first_results",
                    "sessions",
                    "spacing",
                    "lasts",
                    "upkeep",
                    "recovery",
                    "price",
                )
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by="", reviewed_on__isnull=True)
                | (~Q(reviewed_by="") & Q(reviewed_on__isnull=False)),
                name="treatment_review_has_name_and_date",
                violation_error_message=_("A review needs both: who did it, and when."),
            ),
            models.CheckConstraint(
                condition=Q(review_due__isnull=True)
                | Q(reviewed_on__isnull=True)
                | Q(review_due__gt=F("reviewed_on")),
                name="treatment_review_due_after_review",
                violation_error_message=_("The next review must come after the last one."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def clean(self) -> None:
        super().clean()
        refuse_days_to_come(self, "reviewed_on")

    def get_absolute_url(self) -> str:
        return reverse("treatment", args=[self.slug])

    def rows(self) -> Iterator["CitingEntry"]:
        """Every row that belongs to this treatment; read with `with_facts()`."""
        for name in self.ROWS:
            if "__" not in name:
                yield from getattr(self, name).all()

    @property
    def lacking(self) -> str:
        """What stands where a fact is missing.

        Of what we offer we looked for every fact; of the rest only for those that we show.
        """
        return gettext("Not known") if self.offered else gettext("We did not look this up")

    @property
    def is_reviewed(self) -> bool:
        return self.reviewed_on is not None

    @property
    def is_past_review(self) -> bool:
        return self.review_due is not None and self.review_due < timezone.localdate()
