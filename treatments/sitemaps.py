"""Which pages about treatments a search engine may show, and when each last changed."""

from datetime import datetime
from itertools import combinations

from django.urls import reverse

from clinic_site.sitemaps import BilingualSitemap
from treatments import comparison
from treatments.models import Treatment


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
