"""What a treatment has many of: findings, claims, side effects, precautions and so on."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from treatments.models.entries import Entry, beginning_of, refuse_days_to_come
from treatments.models.sources import CitingEntry
from treatments.models.treatments import Treatment
from treatments.models.vocabulary import Basis, Certainty, Concern, Severity, Support, Topic


def _in_a_year() -> date:
    return timezone.localdate() + timedelta(days=365)


class FindingQuerySet(models.QuerySet["Finding"]):
    def stale(self) -> "FindingQuerySet":
        """Past their review date, the longest overdue first."""
        return self.filter(review_due__lt=timezone.localdate()).order_by("review_due", "pk")


class Finding(CitingEntry):
    """What the evidence says on one topic of a treatment, and how sure it lets us be."""

    class Effect(models.TextChoices):
        GAIN = "gain", _("It found that hair grows")
        NO_GAIN = "no_gain", _("It found no gain, or a loss")

    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, related_name="findings", verbose_name=_("treatment")
    )
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices)
    statement = models.TextField(
        _("what the evidence says"),
        help_text=_("In plain words, with numbers and who was studied."),
    )
    certainty = models.CharField(_("how sure we are"), max_length=15, choices=Certainty.choices)
    certainty_note = models.CharField(
        _("why"), max_length=200, blank=True, help_text=_("For example: the authors' own rating.")
    )
    effect = models.CharField(
        _("for hair growth: what was found"),
        max_length=10,
        choices=Effect.choices,
        blank=True,
        help_text=_("Sure evidence of no gain must not count as proof. Empty: neither is shown."),
    )
    checked_on = models.DateField(_("sources last read"), default=timezone.localdate)
    review_due = models.DateField(
        _("to be read again by"),
        default=_in_a_year,
        help_text=_("From the day after, the page says that this may be out of date."),
    )

    objects = FindingQuerySet.as_manager()

    class Meta(CitingEntry.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings: what the evidence says")
        constraints = [
            models.CheckConstraint(
                condition=Q(review_due__gt=F("checked_on")),
                name="finding_review_due_after_check",
                violation_error_message=_("The next reading must come after the last one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.treatment}: {self.get_topic_display()}"

    def clean(self) -> None:
        super().clean()
        refuse_days_to_come(self, "checked_on")

    @property
    def is_stale(self) -> bool:
        return self.review_due < timezone.localdate()


class EventRate(Entry):
    """How many of how many something happened to, in one group of a study.

    Pages show it as so many of 100, for those it happened to and for those it did not.
    """

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="event_rates")
    what = models.CharField(
        _("what happened"), max_length=120, help_text=_("For example: hair grew back.")
    )
    what_not = models.CharField(
        _("what did not"), max_length=120, help_text=_("For example: hair did not grow back.")
    )
    group = models.CharField(
        _("who"), max_length=160, help_text=_("For example: women who used minoxidil.")
    )
    period = models.CharField(
        _("after how long"), max_length=80, help_text=_("Say so if the source does not tell.")
    )
    count = models.PositiveIntegerField(_("how many"))
    out_of = models.PositiveIntegerField(_("out of"))

    class Meta(Entry.Meta):
        verbose_name = _("event rate")
        verbose_name_plural = _("event rates: so many of so many")
        constraints = [
            models.CheckConstraint(
                condition=Q(out_of__gt=0, count__lte=F("out_of")),
                name="eventrate_part_of_its_group",
                violation_error_message=_("The part cannot be larger than the group."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.count}/{self.out_of}"

    @property
    def per_hundred(self) -> int:
        return round(100 * self.count / self.out_of)

    @property
    def others_per_hundred(self) -> int:
        return 100 - self.per_hundred


class Claim(CitingEntry):
    """What clinics say, and whether the evidence carries it. Never shown without the second.

    General background, which no study is about, needs no words on the evidence.
    """

    treatment = models.ForeignKey(
        Treatment,
        on_delete=models.CASCADE,
        related_name="claims",
        verbose_name=_("treatment"),
        null=True,
        blank=True,
        help_text=_("Empty if it is about the choice as a whole."),
    )
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices)
    statement = models.TextField(_("what clinics say"))
    support = models.CharField(
        _("does the evidence agree?"), max_length=15, choices=Support.choices
    )
    assessment = models.TextField(
        _("what the evidence says to it"),
        blank=True,
        help_text=_("Needed unless it is general background."),
    )

    class Meta(CitingEntry.Meta):
        verbose_name = _("claim")
        verbose_name_plural = _("claims: what clinics say")
        constraints = [
            models.CheckConstraint(
                condition=Q(support=Support.GENERAL)
                | Q(assessment_en__isnull=False) & ~Q(assessment_en=""),
                name="claim_is_assessed",
                violation_error_message=_("Write what the evidence says to this claim."),
            )
        ]

    def __str__(self) -> str:
        return beginning_of(self.statement)


class SideEffect(CitingEntry):
    """Something unwanted that can happen, how serious it is and how often it is seen."""

    class Seriousness(models.TextChoices):
        MILD = "mild", _("Mild")
        MODERATE = "moderate", _("Moderate")
        SERIOUS = "serious", _("Serious")
        UNKNOWN = "unknown", _("How serious: not known")

    class Frequency(models.TextChoices):
        VERY_COMMON = "very_common", _("Very common: more than 1 in 10")
        COMMON = "common", _("Common: up to 1 in 10")
        UNCOMMON = "uncommon", _("Uncommon: up to 1 in 100")
        RARE = "rare", _("Rare: up to 1 in 1,000")
        SAID_RARE = "said_rare", _("Said to be rare; not counted")
        UNKNOWN = "unknown", _("How often: not known")

    treatment = models.ForeignKey(
        Treatment,
        on_delete=models.CASCADE,
        related_name="side_effects",
        verbose_name=_("treatment"),
    )
    name = models.CharField(_("side effect"), max_length=120)
    description = models.TextField(
        _("more about it"), blank=True, help_text=_("Where on the body it was seen, and in whom.")
    )
    seriousness = models.CharField(_("how serious"), max_length=10, choices=Seriousness.choices)
    frequency = models.CharField(_("how common"), max_length=15, choices=Frequency.choices)
    basis = models.CharField(_("whose word it is"), max_length=10, choices=Basis.choices)

    class Meta(CitingEntry.Meta):
        verbose_name = _("side effect")
        verbose_name_plural = _("side effects")

    def __str__(self) -> str:
        return self.name

    @property
    def is_serious(self) -> bool:
        return self.seriousness == self.Seriousness.SERIOUS


class Precaution(CitingEntry):
    """A medical point that staff must know before an injection; the request form asks for it."""

    treatments = models.ManyToManyField(
        Treatment, related_name="precautions", verbose_name=_("treatments")
    )
    name = models.CharField(
        _("in the form"),
        max_length=120,
        help_text=_("What a patient ticks: I take blood thinners."),
    )
    advice = models.TextField(
        _("on the pages"), help_text=_("Who should not have it, or should ask a doctor first.")
    )

    class Meta(CitingEntry.Meta):
        verbose_name = _("precaution")
        verbose_name_plural = _("precautions: who should not have it")

    def __str__(self) -> str:
        return self.name


class Suitability(CitingEntry):
    """Whom a treatment is said to suit, and whether the evidence agrees."""

    treatment = models.ForeignKey(
        Treatment,
        on_delete=models.CASCADE,
        related_name="suitabilities",
        verbose_name=_("treatment"),
    )
    who = models.CharField(_("whom it suits"), max_length=200)
    severity = models.CharField(
        _("how far the loss is"),
        max_length=10,
        choices=Severity.choices,
        blank=True,
        help_text=_("If this row is about that; the decision aid uses it."),
    )
    support = models.CharField(
        _("does the evidence agree?"), max_length=15, choices=Support.choices
    )
    assessment = models.TextField(_("what the evidence says to it"), blank=True)

    class Meta(CitingEntry.Meta):
        verbose_name = _("whom it suits")
        verbose_name_plural = _("whom it suits")

    def __str__(self) -> str:
        return self.who


class Regulation(CitingEntry):
    """What the authorities of one place say about a treatment, or that they say nothing."""

    class Place(models.TextChoices):
        ISLAMABAD = "islamabad", _("Islamabad")
        PAKISTAN = "pakistan", _("Pakistan")
        UNITED_STATES = "united_states", _("United States")
        EUROPE = "europe", _("European Union")
        UNITED_KINGDOM = "united_kingdom", _("United Kingdom")

    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, related_name="regulations", verbose_name=_("treatment")
    )
    place = models.CharField(
        pgettext_lazy("of an authority", "place"), max_length=20, choices=Place.choices
    )
    statement = models.TextField(_("what the authorities say"))

    class Meta(CitingEntry.Meta):
        verbose_name = _("regulation")
        verbose_name_plural = _("regulation")

    def __str__(self) -> str:
        return self.get_place_display()


class Question(CitingEntry):
    """A question that patients ask, with its answer."""

    treatment = models.ForeignKey(
        Treatment,
        on_delete=models.CASCADE,
        related_name="questions",
        verbose_name=_("treatment"),
        null=True,
        blank=True,
        help_text=_("Empty if it is about hair loss or the clinic in general."),
    )
    question = models.CharField(_("question"), max_length=200)
    answer = models.TextField(_("answer"))

    class Meta(CitingEntry.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions and answers")

    def __str__(self) -> str:
        return self.question


class QuestionToAsk(CitingEntry):
    """A question that a patient may bring along to the clinic, chosen by what matters to them."""

    concern = models.CharField(
        _("when this matters"),
        max_length=10,
        choices=Concern.choices,
        blank=True,
        help_text=_("Empty: it is suggested to everybody."),
    )
    question = models.CharField(_("question"), max_length=200)

    class Meta(CitingEntry.Meta):
        verbose_name = _("question to ask")
        verbose_name_plural = _("questions to ask the clinic")

    def __str__(self) -> str:
        return self.question
