"""Where staff see who waits, agree on times, and note what they did."""

from consultations import desk
from consultations.admin import mail_queue
from consultations.admin.calendar import AppointmentAdmin
from consultations.admin.requests import ConsultationRequestAdmin
from consultations.admin.schedule import PractitionerAdmin

__all__ = [
    "AppointmentAdmin",
    "ConsultationRequestAdmin",
    "PractitionerAdmin",
    "desk",
    "mail_queue",
]
