"""What the clinic offers, what else a patient could choose, and what is known about it all."""

from treatments.models.entries import Entry, LoadedEntry
from treatments.models.hair_loss import RedFlag, Scale, Stage
from treatments.models.rows import (
    Claim,
    Finding,
    Precaution,
    Question,
    Regulation,
    SideEffect,
    Suitability,
)
from treatments.models.sources import CitingEntry, Source
from treatments.models.treatments import Treatment
from treatments.models.vocabulary import Basis, Certainty, Support, Topic

__all__ = [
    "Basis",
    "Certainty",
    "CitingEntry",
    "Claim",
    "Entry",
    "Finding",
    "LoadedEntry",
    "Precaution",
    "Question",
    "RedFlag",
    "Regulation",
    "Scale",
    "SideEffect",
    "Source",
    "Stage",
    "Suitability",
    "Support",
    "Topic",
    "Treatment",
]
