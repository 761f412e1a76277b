"""Where staff see who waits, agree on times, and note what they did."""

from django.apps import apps
from django.contrib import admin

from consultations import desk
from consultations.admin.calendar import AppointmentAdmin
from consultations.admin.requests import ConsultationRequestAdmin
from consultations.admin.schedule import PractitionerAdmin

# The mail queue is the worker's. What staff must know of it stands at the request, as messages.
for model in apps.get_app_config("post_office").get_models():
    if admin.site.is_registered(model):
        admin.site.unregister(model)

__all__ = ["AppointmentAdmin", "ConsultationRequestAdmin", "PractitionerAdmin", "desk"]
