"""An appointment as a calendar file, for whatever calendar a patient uses."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from icalendar import Alarm, Calendar, Event, Timezone
from icalendar.enums import CLASS, STATUS

from clinic_site.models import Clinic

_REMINDED_BEFORE = timedelta(hours=2)


def calendar_file(
    told: Mapping[str, Any],
    *,
    reference: str,
    clinic: Clinic,
    language: str,
    practitioner_name: str = "",
) -> bytes:
    """The appointment that `outbox.as_told` noted, in the patient's language.

    A calendar takes a file with the same `uid` and a higher `sequence` as a change of the event
    that it has; one that stands no longer is taken out. Calendars show themselves on locked
    screens and to family, so nothing here tells what the visit is about or who comes.
    """
    starts_at, ends_at = (
        timezone.localtime(datetime.fromisoformat(told[name])) for name in ("starts_at", "ends_at")
    )
    with translation.override(language):
        summary = _("Appointment %(reference)s") % {"reference": reference}
        event = Event.new(
            uid=told["uid"],
            sequence=told["sequence"],
            stamp=timezone.now(),
            start=starts_at,
            end=ends_at,
            summary=summary,
            location=pgettext("between items", ", ").join(str(clinic.words.address).splitlines()),
            description="\n".join(_description(reference, clinic, practitioner_name)),
            organizer=f"mailto:{clinic.email}",
            classification=CLASS.PRIVATE,
            status=STATUS.CONFIRMED if told["is_standing"] else STATUS.CANCELLED,
        )
    if told["is_standing"]:
        alarm = Alarm.new(description=summary)
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -_REMINDED_BEFORE)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Clinic site//Consultations//EN")
    calendar.add("method", "PUBLISH" if told["is_standing"] else "CANCEL")
    calendar.add_component(_zone_around(starts_at.year))
    calendar.add_component(event)
    return calendar.to_ical()


def _description(reference: str, clinic: Clinic, practitioner_name: str) -> list[str]:
    lines = [
        _("Our phone: %(phone)s") % {"phone": clinic.phone.as_international},
        _("Your reference: %(reference)s") % {"reference": reference},
    ]
    if practitioner_name:
        lines.insert(0, _("With %(practitioner)s") % {"practitioner": practitioner_name})
    return lines


@cache  # it takes longer than all the rest of a mail
def _zone_around(year: int) -> Timezone:
    """The rules of the clinic's time zone: not every calendar knows each zone by its name."""
    return Timezone.from_tzid(
        timezone.get_default_timezone_name(),
        first_date=date(year - 1, 1, 1),
        last_date=date(year + 1, 12, 31),
    )
