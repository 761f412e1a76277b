"""What must be true before patients are let in: run by `manage.py check --deploy`."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from clinic_site.models import Clinic


@register(Tags.security, deploy=True)
def clinic_is_not_the_sample(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to run the sample clinic as if it were real."""
    try:
        clinic = Clinic.objects.filter(pk=1).first()
    except DatabaseError as error:
        return [
            Error(
                f"The clinic could not be read: {error}",
                hint="Check DATABASE_URL, then run `manage.py migrate`.",
                id="clinic_site.E002",
            )
        ]
    if clinic is None or clinic.is_sample:
        return [
            Error(
                "The clinic's details are still those of the sample.",
                hint="In the admin under Clinic, enter the real name, phone, e-mail, address "
                "and licence number.",
                id="clinic_site.E001",
            )
        ]
    return []
