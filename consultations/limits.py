"""How often one phone or one network may ask in a span of time: `settings.LIMITS`."""

from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F, Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from consultations.models import Quota


class TooMany(Exception):  # noqa: N818  said as a visitor would say it
    """A limit is used up; `until` is when the next span begins."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class _Share(NamedTuple):
    """What one sender has of one limit, as a row of `Quota`."""

    sender: str
    most: int
    ends_at: datetime


def check(**senders: str) -> None:
    """Raise TooMany if one of these limits is used up already.

    It only looks: of a flood, most are refused without taking anybody's turn to write. Who gets
    past it is counted by `use`.
    """
    shares = [_share(limit, sender) for limit, sender in senders.items()]
    used_up = Quota.objects.filter(
        sender__in=[share.sender for share in shares], used__gte=F("most")
    ).aggregate(until=Max("ends_at"))
    if used_up["until"]:
        raise TooMany(until=used_up["until"])


def use(**senders: str) -> None:
    """Count once more against each limit, for the sender named with it, or raise TooMany.

    Called in the transaction of what is counted, so that what is refused uses up nothing. One
    statement looks and counts: however many come at once, no more than the most get through,
    and as each takes the rows in the same order, none waits for another for ever.
    """
    if not senders:
        return
    shares = sorted(_share(limit, sender) for limit, sender in senders.items())
    table = connection.ops.quote_name(Quota._meta.db_table)
    values = [
        value
        for sender, most, ends_at in shares
        for value in (sender, most, connection.ops.adapt_datetimefield_value(ends_at))
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (sender, used, most, ends_at) "  # noqa: S608  # nosec B608  no value is in it
            f"VALUES {', '.join(['(%s, 1, %s, %s)'] * len(shares))} "
            f"ON CONFLICT (sender) DO UPDATE SET used = {table}.used + 1 "
            f"WHERE {table}.used < {table}.most RETURNING sender",
            values,
        )
        counted = {sender for (sender,) in cursor.fetchall()}
    if used_up := [share.ends_at for share in shares if share.sender not in counted]:
        raise TooMany(until=max(used_up))


def _share(limit: str, sender: str) -> _Share:
    most, span = settings.LIMITS[limit]
    seconds = span.total_seconds()
    number = timezone.now().timestamp() // seconds
    text = f"{limit} {sender} {number:.0f}"
    return _Share(
        salted_hmac("consultations.limits", text, algorithm="sha256").hexdigest(),
        most,
        datetime.fromtimestamp((number + 1) * seconds, UTC),
    )
