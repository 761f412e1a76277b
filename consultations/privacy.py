"""The privacy notice: which version is in force, and what it promises about time."""

from calendar import monthrange
from datetime import date, datetime

# The day from which the text in `templates/consultations/privacy.html` applies. Change it with
# every change of what that page promises: who agreed to another version is asked again.
PRIVACY_VERSION = "2026-11-24"
PRIVACY_DATE = date.fromisoformat(PRIVACY_VERSION)

# How long after the last contact a request is kept.
RETENTION_MONTHS = 24


def kept_since(now: datetime) -> datetime:
    """What we last heard of before this is kept no longer."""
    year, months = divmod(now.year * 12 + now.month - 1 - RETENTION_MONTHS, 12)
    day = min(now.day, monthrange(year, months + 1)[1])
    return now.replace(year=year, month=months + 1, day=day)
