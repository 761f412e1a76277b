"""The patient's page, and when it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.test import Client

from consultations.models import ConsultationRequest
from tests.pages import words_of

KARACHI = ZoneInfo("Asia/Karachi")
NOW = datetime(2026, 11, 24, 9, 20, tzinfo=KARACHI)
START = datetime(2026, 12, 1, 11, tzinfo=KARACHI)
TIMES = {"earliest_date": "2026-12-10", "preferred_days": ["1", "2"], "part_of_day": "morning"}


def fresh(request: ConsultationRequest) -> ConsultationRequest:
    return ConsultationRequest.objects.get(pk=request.pk)


def page_of(request: ConsultationRequest, under: str = "") -> str:
    return f"{request.get_absolute_url()}{under}"


def read(client: Client, request: ConsultationRequest) -> str:
    response = client.get(page_of(request))
    assert response.status_code == 200
    return words_of(response)
