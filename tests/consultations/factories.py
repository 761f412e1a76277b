"""What a person types, what the form makes of it, and requests that lie in the database."""

from typing import Any

from phonenumber_field.phonenumber import PhoneNumber

from consultations import search
from consultations.forms import ConsultationForm
from consultations.models import ConsultationRequest
from consultations.privacy import PRIVACY_VERSION
from consultations.services import receive_request
from tests.forms import stamp_of_a_minute_ago


def typed(**changes: Any) -> dict[str, Any]:
    """The fewest answers that the form takes."""
    return {
        "treatment": "",
        "name": "Ayesha Khan",
        "phone": "0300 1234567",
        "contact_by": "call",
        "part_of_day": "any",
        "privacy_version": PRIVACY_VERSION,
        "consent": "on",
        "stamp": stamp_of_a_minute_ago(),
        **changes,
    }


def accepted(**changes: object) -> dict[str, Any]:
    """What the form makes of `changes`, which it must take."""
    form = ConsultationForm(typed(**changes))
    assert form.is_valid(), form.errors
    return form.answers


def refused(field: str, **changes: object) -> str:
    """The message with which `field`, and nothing else, is refused."""
    form = ConsultationForm(typed(**changes))
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert len(form.errors[field]) == 1
    return form.errors[field][0]


def answers(**changes: Any) -> dict[str, Any]:
    """The fewest answers, cleaned."""
    return {
        "treatment": None,
        "name": "Ayesha Khan",
        "phone": PhoneNumber.from_string("+923001234567"),
        "contact_by": "call",
        "privacy_version": PRIVACY_VERSION,
        **changes,
    }


def make_request(*, sender: str = "a browser", language: str = "en", **changes: Any):
    """A request as `receive_request` stores it; fields that it sets itself are set afterwards."""
    afterwards = {
        name: changes.pop(name) for name in ("state", "created_at", "reference") if name in changes
    }
    times = changes.pop("preferred_times", ())
    request = receive_request(
        answers=answers(**changes), sender=sender, language=language, preferred_times=times
    )
    if afterwards:
        ConsultationRequest.objects.filter(pk=request.pk).update(**afterwards)
        request.refresh_from_db()
        request.search_terms.all().delete()
        search.index([request])
    return request
