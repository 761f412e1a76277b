"""Which words exist in both languages. English must be there; Urdu may follow."""

from modeltranslation.translator import TranslationOptions, translator

from treatments import models


def _translate(model: type, *fields: str) -> None:
    options = type(
        "Options", (TranslationOptions,), {"fields": fields, "required_languages": ("en",)}
    )
    translator.register(model, options)


_translate(models.Source, "note")
_translate(
    models.Treatment,
    "name",
    "short_name",
    "summary",
    "what_it_is",
    "how_it_works",
    "mechanism_in_short",
    "how_it_is_given",
    "living_with",
    "first_results_note",
    "sessions_note",
    "lasts_note",
    "upkeep_note",
    "recovery_note",
    "cost_note",
    "regulatory_status",
)
_translate(models.Finding, "statement", "certainty_note")
_translate(models.EventRate, "what", "what_not", "group", "period")
_translate(models.QuestionToAsk, "question")
_translate(models.Claim, "statement", "assessment")
_translate(models.SideEffect, "name", "description")
_translate(models.Precaution, "name", "advice")
_translate(models.Suitability, "who", "assessment")
_translate(models.Regulation, "statement")
_translate(models.Question, "question", "answer")
_translate(models.RedFlag, "name", "explanation")
_translate(models.Scale, "name", "used_for", "explanation")
_translate(models.Stage, "description")
