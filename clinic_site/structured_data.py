"""What search engines are told about the clinic (schema.org, JSON-LD): only what pages show."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from clinic_site.models import Clinic, OpeningHours

Data = dict[str, Any]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def absolute(path: str) -> str:
    """An address of this site in full."""
    return f"{settings.SITE_URL}{path}"


def document(*things: Data) -> Data:
    """One JSON-LD document of several things."""
    return {"@context": "https://schema.org", "@graph": list(things)}


def medical_clinic(clinic: Clinic, week: Iterable[OpeningHours]) -> Data:
    """https://schema.org/MedicalClinic, with the hours of the week."""
    return {
        "@type": "MedicalClinic",
        "@id": absolute("/#clinic"),
        "name": clinic.words.name,
        "url": absolute("/"),
        "telephone": str(clinic.phone),
        "email": clinic.email,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": ", ".join(clinic.words.address.splitlines()),
            "addressCountry": "PK",
        },
        "openingHoursSpecification": [period for hours in week for period in _periods(hours)],
    }


def _periods(hours: OpeningHours) -> list[Data]:
    times = [hours.opens, hours.break_starts, hours.break_ends, hours.closes]
    known = [f"{time:%H:%M}" for time in times if time]
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{_DAYS[hours.weekday]}",
            "opens": opens,
            "closes": closes,
        }
        for opens, closes in zip(known[::2], known[1::2], strict=True)
    ]


def breadcrumb_list(*steps: tuple[str, str]) -> Data:
    """https://schema.org/BreadcrumbList of (name, path), the home page first."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    }
