"""A request comes in."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from consultations import limits, outbox, search
from consultations.models import ConsultationRequest, Message, RequestEvent, State
from consultations.services.steps import wish
from treatments.versions import current_version

Kind, What = Message.Kind, RequestEvent.What
_ATTEMPTS = 5


def receive_request(
    *,
    answers: Mapping[str, Any],
    sender: str,
    language: str,
    source_page: str = "",
    preferred_times: Iterable[datetime] = (),
    came_by: str = ConsultationRequest.CameBy.WEBSITE,
    entered_by: User | None = None,
    network: str = "",
) -> ConsultationRequest:
    """Store what a person asked and queue the messages about it: all of it, or nothing.

    `answers` are the form's, by the names of the model's fields. `sender` is something that
    only one browser knows. Sent again by the same browser, word for word, while the first is
    still live (a double click, back and send), the first is returned and nothing is added.

    What comes from a `network` (see `clinic_site.network`) counts against the limits. Raises
    TooMany.
    """
    times = list(preferred_times)
    key = _submission_key(answers, times, sender)
    values = {
        **answers,
        "treatment_name": _name_of(answers["treatment"]),
        "submission_key": key,
        "language": language,
        "source_page": source_page,
        "came_by": came_by,
        "entered_by": entered_by,
        # Before the transaction: it takes long when the facts have changed.
        "facts_version": current_version(),
    }
    senders = {}
    if network:
        senders = {"requests_of_a_phone": f"{answers['phone']}", "requests_of_a_network": network}
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            limits.check(**senders)
            return _store_request(values, times, senders)
        except (IntegrityError, limits.TooMany) as refusal:
            # The same request is there already, the limit is used up, or the drawn reference is
            # taken: then the next round draws another.
            sent_before = ConsultationRequest.objects.live().filter(submission_key=key).first()
            if sent_before:
                return sent_before
            if attempt == _ATTEMPTS or isinstance(refusal, limits.TooMany):
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _store_request(
    values: dict[str, Any], times: list[datetime], senders: dict[str, str]
) -> ConsultationRequest:
    request = ConsultationRequest.objects.create(**values)
    # After the row, so that one sent twice is known for it before it counts twice.
    limits.use(**senders)
    event = RequestEvent.objects.create(
        request=request, what=What.NEW, to_state=State.NEW, actor=request.entered_by
    )
    wish(request, times)
    search.index([request])
    outbox.queue(request, Kind.STAFF_NEW, Kind.RECEIVED, event=event)
    return request


def _submission_key(answers: Mapping[str, Any], times: list[datetime], sender: str) -> str:
    """The same for the same answers of one browser only.

    The answers alone would do for a double click too, but then anybody who guesses what
    another person wrote would be sent to that person's page.
    """
    treatment = answers["treatment"]
    said = {**answers, "treatment": treatment.pk if treatment else None}
    text = json.dumps([sender, said, times], default=str, sort_keys=True)
    return salted_hmac("consultations.submission", text, algorithm="sha256").hexdigest()


def _name_of(treatment: Any) -> str:
    return str(treatment.words.name) if treatment else ""
