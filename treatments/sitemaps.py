"""Which pages about treatments a search engine may show, and when each last changed."""

from datetime import datetime
from itertools import combinations

from django.db.models import Max
from django.urls import reverse

from clinic_site.sitemaps import BilingualSitemap
from treatments import comparison
from treatments.models import Claim, Finding, Question, RedFlag, Scale, Source, Treatment
from treatments.models.entries import Entry

# The pages about all treatments, and the entries that they show.
_OVERVIEWS: dict[str, tuple[type[Entry], ...]] = {
    "home": (Treatment, Finding, Claim),
    "treatments": (Treatment,),
    "compare": (Treatment,),
    "decide": (Treatment, Finding, Claim),
    "questions": (Question, RedFlag, Scale),
    "sources": (Source,),
    "about": (Treatment, Claim),
}


class OverviewSitemap(BilingualSitemap):
    """Each page is as new as the newest entry of the kinds that it shows."""

    def items(self) -> list[tuple[str, datetime | None]]:
        kinds = {kind for shown in _OVERVIEWS.values() for kind in shown}
        newest = {
            kind: kind._default_manager.aggregate(newest=Max("updated_at"))["newest"]
            for kind in kinds
        }
        return [
            (name, max(filter(None, (newest[kind] for kind in shown)), default=None))
            for name, shown in _OVERVIEWS.items()
        ]

    def location(self, page: tuple[str, datetime | None]) -> str:
        return reverse(page[0])

    def lastmod(self, page: tuple[str, datetime | None]) -> datetime | None:
        return page[1]


class TreatmentSitemap(BilingualSitemap):
    def items(self) -> list[Treatment]:
        return list(Treatment.objects.published())

    def lastmod(self, treatment: Treatment) -> datetime:
        return treatment.updated_at


class ComparisonSitemap(BilingualSitemap):
    """Every pair of treatments; larger comparisons are found from there."""

    def items(self) -> list[tuple[Treatment, Treatment]]:
        return list(combinations(Treatment.objects.published(), 2))

    def location(self, pair: tuple[Treatment, Treatment]) -> str:
        return reverse("comparison", args=[comparison.slug_of(pair)])

    def lastmod(self, pair: tuple[Treatment, Treatment]) -> datetime:
        return max(treatment.updated_at for treatment in pair)
