"""What search engines are told about treatments (schema.org, JSON-LD): only what pages show."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from clinic_site.structured_data import Data, absolute, breadcrumb_list, document
from treatments.models import Question, Treatment


def treatment_page(treatment: Treatment) -> Data:
    """A treatment's page; read with `with_facts()`."""
    path = treatment.get_absolute_url()
    page: Data = {
        "@type": "MedicalWebPage",
        "@id": absolute(path),
        "name": treatment.words.name,
        "inLanguage": get_language(),
        "dateModified": timezone.localdate(treatment.updated_at).isoformat(),
    }
    if treatment.reviewed_on:
        page["lastReviewed"] = treatment.reviewed_on.isoformat()
        page["reviewedBy"] = {"@type": "Person", "name": treatment.reviewed_by}
    # Once is enough for a machine: the Urdu page names its English twin, and stays light.
    if treatment.offered and get_language() == "en":
        page["about"] = _procedure(treatment)
    crumbs = breadcrumb_list(
        (_("Home"), reverse("home")),
        (_("Treatments"), reverse("treatments")),
        (treatment.words.short_name, path),
    )
    return document(page, crumbs)


def _procedure(treatment: Treatment) -> Data:
    """https://schema.org/TherapeuticProcedure"""
    said = {
        "howPerformed": treatment.words.how_it_is_given,
        "preparation": " ".join(
            f"{row.words.name}: {row.words.advice}" for row in treatment.precautions.all()
        ),
        "followup": treatment.words.upkeep_note,
    }
    return {
        "@type": "TherapeuticProcedure",
        "name": treatment.words.name,
        **{name: text for name, text in said.items() if text},
        "adverseOutcome": [
            {"@type": "MedicalEntity", "name": row.words.name}
            for row in treatment.side_effects.all()
        ],
    }


def comparison_page(treatments: Iterable[Treatment], path: str) -> Data:
    """Where a comparison stands in the site."""
    versus = pgettext("between treatments", "vs")
    return document(
        breadcrumb_list(
            (_("Home"), reverse("home")),
            (_("Compare"), reverse("compare")),
            (f" {versus} ".join(treatment.words.short_name for treatment in treatments), path),
        )
    )


def faq_page(questions: Iterable[Question]) -> Data:
    """https://schema.org/FAQPage"""
    return document(
        {
            "@type": "FAQPage",
            "@id": absolute(reverse("questions")),
            "inLanguage": get_language(),
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": question.words.question,
                    "acceptedAnswer": {"@type": "Answer", "text": question.words.answer},
                }
                for question in questions
            ],
        },
        breadcrumb_list((_("Home"), reverse("home")), (_("Questions"), reverse("questions"))),
    )
