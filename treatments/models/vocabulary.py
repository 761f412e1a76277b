"""The words that claims, findings and facts are marked with."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Certainty(models.TextChoices):
    """How sure the evidence lets us be, in the words of GRADE, and two words for "no rating"."""

    HIGH = "high", _("High")
    MODERATE = "moderate", _("Moderate")
    LOW = "low", _("Low")
    VERY_LOW = "very_low", _("Very low")
    NO_EVIDENCE = "no_evidence", _("No evidence found")
    NOT_RATED = "not_rated", _("Not rated")


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


class Concern(models.TextChoices):
    """What may matter to somebody who decides; each is one question of the decision aid."""

    SEVERITY = "severity", _("How far your hair loss is")
    SPEED = "speed", _("How soon you want to see a result")
    BUDGET = "budget", _("What you can spend")
    VISITS = "visits", _("How often you can come")
    COMFORT = "comfort", _("Needles, blood and products from cells")
    PROOF = "proof", _("How well proven it should be")
    UPKEEP = "upkeep", _("What you would keep up")


class Severity(models.TextChoices):
    """How far hair loss is, as coarsely as the facts tell treatments apart."""

    EARLY = "early", _("Early: thinning, or a hairline that starts to move")
    MIDDLE = "middle", _("In between: clearly less hair")
    ADVANCED = "advanced", _("Advanced: large thin or bare areas")
