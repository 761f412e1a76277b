"""Where statements come from, and what every statement that cites has in common."""

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from treatments.models.entries import Entry, beginning_of

if TYPE_CHECKING:
    from treatments.citations import Citation


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
        OWN_READING = "own_reading", _("Our own reading")

    key = models.SlugField(
        _("short name"), max_length=20, unique=True, help_text=_("Shown in brackets, such as P1.")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    reference = models.TextField(
        pgettext_lazy("of a source", "reference"),
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
        return f"{self.key}: {beginning_of(self.reference)}"

    def get_absolute_url(self) -> str:
        return f"{reverse('sources')}#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"source-{self.key.lower()}"


class CitingEntry(Entry):
    """An entry that names the sources it rests on."""

    sources = models.ManyToManyField(
        Source, blank=True, related_name="%(class)ss", verbose_name=_("sources")
    )

    citations: "list[Citation]"
    """Set by `citations.attach` for the rows of a page."""

    class Meta(Entry.Meta):
        abstract = True
