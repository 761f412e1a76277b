"""Who has tried wrong passwords lately, and who is locked out by it."""

from dataclasses import dataclass
from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone


@dataclass(frozen=True)
class Tries:
    """Wrong passwords for one name from one address."""

    username: str
    address: str
    count: int
    last: datetime

    @property
    def is_locked(self) -> bool:
        return self.count >= settings.AXES_FAILURE_LIMIT

    @property
    def until(self) -> datetime:
        """When they are forgotten."""
        return self.last + settings.AXES_COOLOFF_TIME


def wrong_tries() -> list[Tries]:
    """Those that still count, the latest first."""
    rows = (
        AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
        .values_list("username", "ip_address")
        .annotate(count=Sum("failures_since_start"), last=Max("attempt_time"))
        .order_by("-last")
    )
    return [Tries(username or "", address, count, last) for username, address, count, last in rows]
