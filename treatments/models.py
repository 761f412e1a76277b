"""What the clinic offers, what else a patient could choose, and what is known about it all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from treatments.entries import Entry, LoadedEntry
from treatments.spans import SpanField, Unit, span_is_ordered

if TYPE_CHECKING:
    from treatments.citations import Citation

__all__ = ["LoadedEntry"]  # a model of this app that lives beside the base of all entries


class Certainty(models.TextChoices):
    """How sure the evidence lets us be, in the words of GRADE, and two words for "no rating"."""

    HIGH = "high", _("High")
    MODERATE = "moderate", _("Moderate")
    LOW = "low", _("Low")
    VERY_LOW = "very_low", _("Very low")
    NO_EVIDENCE = "no_evidence", _("No evidence found")
    NOT_RATED = "not_rated", _("Not rated")

    @property
    def steps(self) -> int:
        """How many of the signal's four steps are filled."""
        return {"high": 4, "moderate": 3, "low": 2, "very_low": 1}.get(self.value, 0)


class Support(models.TextChoices):
    """Whether the evidence carries what clinics say."""

    SUPPORTED = "supported", _("Evidence supports this")
    PARTLY = "partly", _("Evidence supports this in part")
    CONTESTED = "contested", _("Evidence disagrees")
    UNSUPPORTED = "unsupported", _("No good evidence for this")
    GENERAL = "general", _("General background")


class Topic(models.TextChoices):
    """What a claim or a finding is about. Pages show topics in this order."""

    BACKGROUND = "background", _("Background")
    MECHANISM = "mechanism", _("How it works")
    GIVEN = "given", _("How it is given")
    GROWTH = "growth", _("Hair growth")
    HEAD_TO_HEAD = "head_to_head", _("Compared with other treatments")
    FIRST_RESULTS = "first_results", _("First results")
    SESSIONS = "sessions", _("Sessions")
    DURATION = "duration", _("How long it lasts")
    RECOVERY = "recovery", _("Recovery")
    SIDE_EFFECTS = "side_effects", _("Side effects")
    SERIOUS_HARMS = "serious_harms", _("Serious harms")
    PRECAUTIONS = "precautions", _("Who should not have it")
    ADVANCED_LOSS = "advanced_loss", _("Advanced hair loss")
    SHEDDING = "shedding", _("Stress-related shedding")
    COMBINATION = "combination", _("Combined with another treatment")
    COST = "cost", _("Cost")
    CHOOSING = "choosing", _("Choosing")

    @classmethod
    def position(cls, topic: str) -> int:
        return cls.values.index(topic)


class Basis(models.TextChoices):
    """Whose word a fact is."""

    CLINICS = "clinics", _("Clinics say")
    EVIDENCE = "evidence", _("Studies and official sources")


class Source(Entry):
    """A study, review, register entry or official page that something on the site rests on."""

    class Kind(models.TextChoices):
        SYSTEMATIC_REVIEW = "systematic_review", _("Systematic review")
        RANDOMISED_TRIAL = "randomised_trial", _("Randomised trial")
        UNCONTROLLED_STUDY = "uncontrolled_study", _("Study without a control group")
        CASE_SERIES = "case_series", _("Case series")
        CASE_REPORT = "case_report", _("Case report")
        REVIEW = "review", _("Review")
        STUDY = "study", _("Study")
        OUTBREAK_REPORT = "outbreak_report", _("Outbreak report")
        TRIAL_REGISTRATION = "trial_registration", _("Registered trial, no results yet")
        PREPRINT = "preprint", _("Preprint, not yet checked by other scientists")
        CONFERENCE_ABSTRACT = "conference_abstract", _("Conference abstract")
        EXPERT_RECOMMENDATION = "expert_recommendation", _("Expert recommendation")
        GUIDELINE = "guideline", _("Clinical guideline")
        REGULATOR = "regulator", _("Regulator")
        HEALTH_SERVICE = "health_service", _("Public health service")
        CLINICAL_ARTICLE = "clinical_article", _("Clinical article")
        CLINIC_PAGE = "clinic_page", _("A clinic's own page")
        PRESS = "press", _("Press")

    key = models.SlugField(
        _("short name"), max_length=20, unique=True, help_text=_("Shown in brackets, such as P1.")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    reference = models.TextField(
        _("reference"),
        help_text=_("Authors, title, journal and year, in the language of the source."),
    )
    url = models.URLField(
        _("link"),
        max_length=300,
        blank=True,
        help_text=_("The DOI or the official page, never a copy. Empty if there is none."),
    )
    note = models.TextField(
        _("what it is"), blank=True, help_text=_("In plain words: how many people, what was done.")
    )

    class Meta(Entry.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return f"{self.key}: {self.reference[:80]}"

    def get_absolute_url(self) -> str:
        return f"{reverse('sources')}#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"source-{self.key.lower()}"


class TreatmentQuerySet(models.QuerySet["Treatment"]):
    def published(self) -> "TreatmentQuerySet":
        """What patients may see."""
        return self.filter(status=Treatment.Status.PUBLISHED)

    def offered(self) -> "TreatmentQuerySet":
        """What this clinic gives and earns from."""
        return self.filter(offered=True)

    def with_facts(self) -> "TreatmentQuerySet":
        """With every row that a page or a comparison shows, in a fixed number of queries.

        Who cites what is read for a whole page at once, by `citations.attach`.
        """
        return self.prefetch_related(*Treatment.ROWS)


class Treatment(Entry):
    """An option a patient has, offered by this clinic or not; "no treatment" is one too."""

    ROWS = (
        "findings",
        "claims",
        "side_effects",
        "precautions",
        "suitabilities",
        "questions",
        "regulations",
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

        @property
        def steps(self) -> int:
            """How many of the scale's three steps are filled."""
            return {"low": 1, "middle": 2, "high": 3}.get(self.value, 0)

    class Upkeep(models.TextChoices):
        UNKNOWN = "unknown", _("Not known")
        NONE = "none", _("None")
        REPEAT_SESSIONS = "repeat_sessions", _("Repeat sessions")
        DAILY_USE = "daily_use", _("Used every day, for as long as it should work")

    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(
        _("short name"), max_length=30, help_text=_("For table headings, buttons and pictures.")
    )
    slug = models.SlugField(
        _("address"),
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
        _("in one sentence"), help_text=_("Shown in lists, searches and at the top of its page.")
    )
    what_it_is = models.TextField(_("what it is"))
    how_it_works = models.TextField(_("how it works"))
    mechanism_in_short = models.TextField(_("how it works, in a few words"))
    how_it_is_given = models.TextField(_("how it is given"))

    first_results = SpanField(Unit.WEEKS, _("first results"))
    first_results_note = models.TextField(_("first results, in words"), blank=True)
    sessions = SpanField(Unit.SESSIONS, _("first course"), _("Leave the second empty for “or more”."))
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
    regulatory_status = models.TextField(_("regulation, in one sentence"))

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

    def get_absolute_url(self) -> str:
        return reverse("treatment", args=[self.slug])

    def rows(self) -> Iterator["CitingEntry"]:
        """Every row that belongs to this treatment; read with `with_facts()`."""
        for name in self.ROWS:
            yield from getattr(self, name).all()

    @property
    def is_reviewed(self) -> bool:
        return self.reviewed_on is not None

    @property
    def is_past_review(self) -> bool:
        return self.review_due is not None and self.review_due < timezone.localdate()


class CitingEntry(Entry):
    """An entry that names the sources it rests on."""

    sources = models.ManyToManyField(
        Source, blank=True, related_name="%(class)ss", verbose_name=_("sources")
    )

    citations: "list[Citation]"
    """Set by `citations.attach` for the rows of a page."""

    class Meta(Entry.Meta):
        abstract = True


class Finding(CitingEntry):
    """What the evidence says on one topic of a treatment, and how sure it lets us be."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="findings")
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices)
    statement = models.TextField(
        _("what the evidence says"), help_text=_("In plain words, with numbers and who was studied.")
    )
    certainty = models.CharField(_("how sure we are"), max_length=15, choices=Certainty.choices)
    certainty_note = models.CharField(
        _("why"), max_length=200, blank=True, help_text=_("For example: the authors' own rating.")
    )
    checked_on = models.DateField(_("sources last read"), default=timezone.localdate)

    class Meta(CitingEntry.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings: what the evidence says")

    def __str__(self) -> str:
        return f"{self.treatment}: {self.get_topic_display()}"


class Claim(CitingEntry):
    """What clinics say, and whether the evidence carries it. Never shown without the second."""

    treatment = models.ForeignKey(
        Treatment,
        on_delete=models.CASCADE,
        related_name="claims",
        null=True,
        blank=True,
        help_text=_("Empty if it is about the choice as a whole."),
    )
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices)
    statement = models.TextField(_("what clinics say"))
    support = models.CharField(_("does the evidence agree?"), max_length=15, choices=Support.choices)
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
        return self.statement[:80]


class SideEffect(CitingEntry):
    """Something unwanted that can happen, how serious it is and how often it is seen."""

    class Seriousness(models.TextChoices):
        MILD = "mild", _("Mild")
        MODERATE = "moderate", _("Moderate")
        SERIOUS = "serious", _("Serious")

    class Frequency(models.TextChoices):
        VERY_COMMON = "very_common", _("Very common: more than 1 in 10")
        COMMON = "common", _("Common: up to 1 in 10")
        UNCOMMON = "uncommon", _("Uncommon: up to 1 in 100")
        RARE = "rare", _("Rare: up to 1 in 1,000")
        SAID_RARE = "said_rare", _("Said to be rare; not counted")
        UNKNOWN = "unknown", _("How often: not known")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="side_effects")
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
        _("in the form"), max_length=120, help_text=_("What a patient ticks: I take blood thinners.")
    )
    advice = models.TextField(
        _("on the pages"), help_text=_("Who should not have it, or must ask a doctor first.")
    )

    class Meta(CitingEntry.Meta):
        verbose_name = _("precaution")
        verbose_name_plural = _("precautions: who should not have it")

    def __str__(self) -> str:
        return self.name


class Suitability(CitingEntry):
    """Whom a treatment is said to suit, and whether the evidence agrees."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="suitabilities")
    who = models.CharField(_("whom it suits"), max_length=200)
    support = models.CharField(_("does the evidence agree?"), max_length=15, choices=Support.choices)
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

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="regulations")
    place = models.CharField(_("place"), max_length=20, choices=Place.choices)
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


class RedFlag(CitingEntry):
    """A sign that somebody should see a doctor before any cosmetic treatment."""

    name = models.CharField(
        _("sign"), max_length=120, help_text=_("Short enough to tick in the request form.")
    )
    explanation = models.TextField(_("more about it"), blank=True)

    class Meta(CitingEntry.Meta):
        verbose_name = _("red flag")
        verbose_name_plural = _("red flags: see a doctor first")

    def __str__(self) -> str:
        return self.name


class Scale(CitingEntry):
    """A scale by which hair loss is described, such as Norwood–Hamilton."""

    name = models.CharField(_("name"), max_length=80)
    used_for = models.CharField(_("used for"), max_length=120)
    explanation = models.TextField(_("how it is read"))

    class Meta(CitingEntry.Meta):
        verbose_name = _("scale")
        verbose_name_plural = _("scales")

    def __str__(self) -> str:
        return self.name


class Stage(Entry):
    """One step of a scale."""

    scale = models.ForeignKey(Scale, on_delete=models.CASCADE, related_name="stages")
    label = models.CharField(_("step"), max_length=10, help_text=_("Such as IV."))
    description = models.CharField(_("what it looks like"), max_length=200)

    class Meta(Entry.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["scale", "label"], name="stage_once_a_scale")
        ]

    def __str__(self) -> str:
        return f"{self.scale.name} {self.label}"
