"""Every write to a request that means something."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from clinic_site.models import Clinic
from consultations import messages
from consultations.models import ConsultationRequest, RequestEvent, State
from treatments.versions import current_version

_ATTEMPTS = 5


class WrongMove(Exception):  # noqa: N818  said as staff would say it
    """A state that the request cannot move to from where it is. Its text is for staff."""


@transaction.atomic
def receive_request(
    *, answers: Mapping[str, Any], sender: str, language: str, source_page: str = ""
) -> ConsultationRequest:
    """Store what a person asked and queue the mails about it: all of it, or nothing.

    `answers` are the form's, by the names of the model's fields. `sender` is something that
    only one browser knows. Sent again by the same browser, word for word, while the first is
    still live (a double click, back and send), the first is returned and nothing is added.
    """
    key = _submission_key(answers, sender)
    for attempt in range(1, _ATTEMPTS + 1):
        sent_before = ConsultationRequest.objects.live().filter(submission_key=key).first()
        if sent_before:
            return sent_before
        try:
            with transaction.atomic():
                request = ConsultationRequest.objects.create(
                    **answers,
                    treatment_name=_name_of(answers["treatment"]),
                    submission_key=key,
                    language=language,
                    source_page=source_page,
                    facts_version=current_version(),
                )
            break
        except IntegrityError:
            # The same request arrived at the same moment, or the drawn reference is taken:
            # the next round finds the first, or draws another.
            if attempt == _ATTEMPTS:
                raise
    RequestEvent.objects.create(request=request, to_state=State.NEW)
    clinic = Clinic.objects.current()
    about_it = [messages.new_request_for_staff(request, clinic)]
    if request.email:
        about_it.append(messages.received_for_patient(request, clinic))
    messages.queue(*about_it)
    return request


def _submission_key(answers: Mapping[str, Any], sender: str) -> str:
    """The same for the same answers of one browser only.

    The answers alone would do for a double click too, but then anybody who guesses what
    another person wrote would be sent to that person's page.
    """
    treatment = answers["treatment"]
    said = {**answers, "treatment": treatment.pk if treatment else None}
    text = json.dumps([sender, said], default=str, sort_keys=True)
    return salted_hmac("consultations.submission", text, algorithm="sha256").hexdigest()


def _name_of(treatment: Any) -> str:
    return str(treatment.words.name) if treatment else ""


@transaction.atomic
def change_state(
    *, request: ConsultationRequest, to: str, actor: User | None, note: str = ""
) -> ConsultationRequest:
    """Move a request to another state and note who did it and why.

    What counts is the state in the database, not the one that `request` was read with: of two
    colleagues who act on the same page, the second is told. Raises WrongMove.
    """
    request = ConsultationRequest.objects.select_for_update().get(pk=request.pk)
    if to not in request.allowed_moves:
        raise WrongMove(
            _("This request is “%(now)s” now, so it cannot become “%(to)s”.")
            % {"now": request.get_state_display(), "to": State(to).label}
        )
    from_state, request.state = request.state, to
    try:
        with transaction.atomic():
            request.save(update_fields=["state"])
    except IntegrityError as error:
        raise WrongMove(
            _("The patient has sent the same request again. Continue with the newer one.")
        ) from error
    RequestEvent.objects.create(
        request=request, actor=actor, from_state=from_state, to_state=to, note=note
    )
    return request
