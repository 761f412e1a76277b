"""Every component of the look on one page, for whoever works on it. Only DEBUG serves it."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from treatments import citations, comparison
from treatments.models import (
    Certainty,
    CitingEntry,
    Claim,
    Finding,
    Question,
    Scale,
    Support,
    Treatment,
)


class _SampleForm(forms.Form):
    name = forms.CharField(label="A text", help_text="With help.")
    choice = forms.ChoiceField(label="A list", choices=[("a", "One"), ("b", "Two")])
    one_of = forms.ChoiceField(
        label="One of several", choices=[("a", "One"), ("b", "Two")], widget=forms.RadioSelect
    )
    text = forms.CharField(label="A long text", widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label="A box to tick")


def _first_of_each(model: type[CitingEntry], field: str, values: list[str]) -> list[CitingEntry]:
    firsts = (model._default_manager.filter(**{field: value}).first() for value in values)
    return [row for row in firsts if row]


def design_page(request: HttpRequest) -> HttpResponse:
    treatments = list(Treatment.objects.published().with_facts()[: comparison.MOST])
    pair = treatments[: comparison.FEWEST]
    claims = _first_of_each(Claim, "support", Support.values)
    findings = _first_of_each(Finding, "certainty", Certainty.values)
    questions = list(Question.objects.all()[:2])
    scales = list(Scale.objects.prefetch_related("stages"))
    rows = [row for treatment in treatments for row in treatment.rows()]
    citations.attach([*rows, *claims, *findings, *questions, *scales])
    form = _SampleForm({})
    form.is_valid()
    return render(
        request,
        "design.html",
        {
            "treatments": treatments,
            "treatment": treatments[0] if treatments else None,
            "pair": pair,
            "glance": comparison.glance_of(pair),
            "rows": [row for group in comparison.groups_of(treatments) for row in group.rows][:3],
            "claims": claims,
            "findings": findings,
            "questions": questions,
            "scales": scales,
            "hues": Treatment.Hue.values,
            "form": form,
        },
    )
