"""Every write to a request that means something."""

from consultations.services.patients import change_wish, send_link_again, withdraw
from consultations.services.receiving import receive_request
from consultations.services.staff import (
    add_note,
    cancel_appointment,
    confirm,
    correct_contact,
    decline,
    mark_attended,
    mark_no_show,
    note_contact,
    send_link,
)
from consultations.services.steps import TimeTaken, TooLate, WrongMove

__all__ = [
    "TimeTaken",
    "TooLate",
    "WrongMove",
    "add_note",
    "cancel_appointment",
    "change_wish",
    "confirm",
    "correct_contact",
    "decline",
    "mark_attended",
    "mark_no_show",
    "note_contact",
    "receive_request",
    "send_link",
    "send_link_again",
    "withdraw",
]
