"""When somebody who signed in is asked to do so again."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

# Not every page that is opened is worth a write.
_NOTED_EVERY = 60


def begin(request: HttpRequest, **kwargs: Any) -> None:
    """Start both clocks; called whenever somebody signs in."""
    now = int(timezone.now().timestamp())
    request.session.update({"signed_in_at": now, "seen_at": now})


def is_over(request: HttpRequest) -> bool:
    """Whether this session was left alone, or has lasted, too long; if not, note that it lives."""
    session, now = request.session, int(timezone.now().timestamp())
    # Sessions from before there were clocks begin to count now.
    signed_in_at, seen_at = session.get("signed_in_at", now), session.get("seen_at", now)
    if (
        now - signed_in_at > settings.SESSION_COOKIE_AGE
        or now - seen_at > settings.SESSION_IDLE_AGE
    ):
        return True
    if now - seen_at > _NOTED_EVERY or "seen_at" not in session:
        session.update({"signed_in_at": signed_in_at, "seen_at": now})
    return False
