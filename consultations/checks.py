"""What must be true before patients ask for a time: run by `manage.py check --deploy`."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from consultations.models import Practitioner


@register(Tags.security, deploy=True)
def practitioners_are_real(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to offer times with the sample practitioner; say when there are no times to offer."""
    try:
        practitioners = list(Practitioner.objects.seeing_patients())
    except DatabaseError:
        return []  # the clinic's own check says so
    found: list[CheckMessage] = [
        Error(
            f"Patients are offered times with {practitioner}, who is a sample.",
            hint="In the admin under Practitioners, enter the real name and registration number, "
            "or untick “sees patients”.",
            id="consultations.E001",
        )
        for practitioner in practitioners
        if practitioner.is_sample
    ]
    if not practitioners:
        found.append(
            Warning(
                "Nobody sees patients, so no time is offered; requests are still taken.",
                hint="In the admin under Practitioners, enter who sees patients, and when.",
                id="consultations.W001",
            )
        )
    return found
