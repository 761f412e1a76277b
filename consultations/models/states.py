"""Where a request can stand, and where it can go from there."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a request stands at the clinic."""

    NEW = "new", _("New")
    CONTACTED = "contacted", _("Contacted")
    CONFIRMED = "confirmed", _("Confirmed")
    ATTENDED = "attended", _("Attended")
    NO_SHOW = "no_show", _("Did not come")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn by the patient")


OPEN = (State.NEW, State.CONTACTED)  # with no appointment yet
LIVE = (*OPEN, State.CONFIRMED)
# An appointment that has begun belongs to these; taken up again, a request waits for a new one.
WITH_APPOINTMENT = (State.CONFIRMED, State.ATTENDED, State.NO_SHOW)

# Contacted leads to itself: each attempt to reach a person is a move of its own. What has ended
# can be taken up again by a new contact, because people change their minds and staff misclick.
MOVES: dict[str, tuple[State, ...]] = {
    State.NEW: (State.CONTACTED, State.CONFIRMED, State.DECLINED, State.WITHDRAWN),
    State.CONTACTED: (State.CONTACTED, State.CONFIRMED, State.DECLINED, State.WITHDRAWN),
    # Confirmed leads to itself: an appointment that is moved.
    State.CONFIRMED: (
        State.CONFIRMED,
        State.ATTENDED,
        State.NO_SHOW,
        State.CONTACTED,
        State.DECLINED,
        State.WITHDRAWN,
    ),
    State.ATTENDED: (State.NO_SHOW, State.CONTACTED),
    State.NO_SHOW: (State.CONTACTED, State.ATTENDED),
    State.DECLINED: (State.CONTACTED,),
    State.WITHDRAWN: (State.CONTACTED,),
}
