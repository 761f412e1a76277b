"""What the clinic offers, what else a patient could choose, and what is known about it all."""

from treatments.models.entries import Entry, FactsVersion, LoadedEntry
from treatments.models.hair_loss import RedFlag, Scale, Stage
from treatments.models.history import TreatmentVersion
from treatments.models.rows import (
    Claim,
    EventRate,
    Finding,
    Precaution,
    Question,
    QuestionToAsk,
    Regulation,
    SideEffect,
    Suitability,
)
from treatments.models.sources import CitingEntry, Source
from treatments.models.treatments import Treatment
from treatments.models.vocabulary import Basis, Certainty, Concern, Severity, Support, Topic

__all__ = [
    "Basis",
    "Certainty",
    "CitingEntry",
    "Claim",
    "Concern",
    "Entry",
    "EventRate",
    "FactsVersion",
    "Finding",
    "LoadedEntry",
    "Precaution",
    "Question",
    "QuestionToAsk",
    "RedFlag",
    "Regulation",
    "Scale",
    "Severity",
    "SideEffect",
    "Source",
    "Stage",
    "Suitability",
    "Support",
    "Topic",
    "Treatment",
    "TreatmentVersion",
]
