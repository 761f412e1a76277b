"""Who cites what: the keys beside a statement, and the pages where a source is used."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from treatments.models import (
    CitingEntry,
    Claim,
    Finding,
    Precaution,
    Question,
    RedFlag,
    Regulation,
    Scale,
    SideEffect,
    Source,
    Suitability,
    Treatment,
)

CITING_MODELS: tuple[type[CitingEntry], ...] = (
    Finding,
    Claim,
    SideEffect,
    Precaution,
    Suitability,
    Regulation,
    Question,
    RedFlag,
    Scale,
)


@dataclass(frozen=True)
class Citation:
    """One source, as it is named beside a statement."""

    key: str
    reference: str
    kind: str

    @property
    def label(self) -> str:
        """Its key; of what only we concluded, that in words."""
        return _("our reading") if self.kind == Source.Kind.OWN_READING else self.key

    @property
    def url(self) -> str:
        return f"{reverse('sources')}#source-{self.key.lower()}"


@dataclass(frozen=True)
class Place:
    """A page that cites a source."""

    label: str
    url: str


def attach(rows: Iterable[CitingEntry]) -> None:
    """Give each row its `citations`, in one query for any mixture of models."""
    # A row that several treatments share is there once for each of them.
    by_model: dict[type[CitingEntry], dict[int, list[CitingEntry]]] = {}
    for row in rows:
        by_model.setdefault(type(row), {}).setdefault(row.pk, []).append(row)
        row.citations = []
    if not by_model:
        return
    models = {model._meta.model_name: model for model in by_model}
    queries = [
        _links(model)
        .filter(row_id__in=list(found))
        .annotate(
            key=F("source__key"),
            reference=F("source__reference"),
            kind=F("source__kind"),
            place=F("source__order"),
        )
        .values_list("model", "row_id", "place", "key", "reference", "kind")
        for model, found in by_model.items()
    ]
    for name, row_id, _place, *source in sorted(_union(queries)):
        for row in by_model[models[name]][row_id]:
            row.citations.append(Citation(*source))


def places_by_source() -> dict[int, list[Place]]:
    """Where each source is cited on pages that patients can open, by the source's id."""
    treatments = {
        treatment.pk: treatment
        for treatment in Treatment.objects.published().only(
            "pk", "slug", "short_name_en", "short_name_ur"
        )
    }
    of_treatment = [
        _links(model)
        .annotate(treatment_id=F(f"{model._meta.model_name}__{path}"))
        .values_list("source_id", "treatment_id", "model")
        for model in CITING_MODELS
        if (path := _path_to_treatment(model))
    ]
    of_no_treatment = [
        _links(model)
        .annotate(treatment_id=Value(0))
        .values_list("source_id", "treatment_id", "model")
        for model in CITING_MODELS
        if not _path_to_treatment(model)
    ]
    places: dict[int, set[Place]] = defaultdict(set)
    for source_id, treatment_id, model in _union([*of_treatment, *of_no_treatment]):
        if treatment_id in treatments:
            treatment = treatments[treatment_id]
            place = Place(treatment.words.short_name, treatment.get_absolute_url())
        elif treatment_id:
            continue  # a draft
        elif model == "claim":
            place = Place(_("About this information"), reverse("about"))
        else:
            place = Place(_("Questions"), reverse("questions"))
        places[source_id].add(place)
    return {
        source_id: sorted(found, key=lambda place: place.label)
        for source_id, found in places.items()
    }


def _path_to_treatment(model: type[CitingEntry]) -> str | None:
    if model is Precaution:
        return "treatments"
    return "treatment" if hasattr(model, "treatment") else None


def _links(model: type[CitingEntry]) -> QuerySet:
    name = model._meta.model_name
    return model.sources.through._default_manager.annotate(
        model=Value(name), row_id=F(f"{name}_id")
    )


def _union(queries: list[QuerySet]) -> QuerySet:
    return queries[0].union(*queries[1:]) if len(queries) > 1 else queries[0]
