"""The desk's pages, and how staff press their buttons."""

from django.test import Client
from django.urls import reverse

from consultations.models import ConsultationRequest, Message

LIST = "/admin/consultations/consultationrequest/"
ENTRY = f"{LIST}add/"


def page_of(request: ConsultationRequest) -> str:
    return reverse("admin:consultations_consultationrequest_change", args=[request.pk])


def move(desk: Client, request: ConsultationRequest, name: str, /, **typed: object):
    """Press a button of the page, having seen everything on it, and follow to what comes."""
    seen = request.events.last().pk
    address = reverse("admin:consultations_consultationrequest_move", args=[request.pk, name])
    return desk.post(address, {"seen": seen, **typed}, follow=True)


def references(response) -> list[str]:
    return [row.reference for row in response.context["cl"].result_list]


def settle(desk: Client, message: Message, act: str):
    address = reverse(
        "admin:consultations_consultationrequest_message",
        args=[message.request_id, message.pk, act],
    )
    return desk.post(address, follow=True)
