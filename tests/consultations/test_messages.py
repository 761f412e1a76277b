import re
from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from post_office.models import Email

from clinic_site.models import Clinic
from consultations import messages
from consultations.models import ConsultationRequest
from tests.consultations.factories import make_request
from treatments.models import Treatment

SITE = "http://127.0.0.1:8000"
HEALTH = ["Bald patches", "I have cancer", "my scalp burns", "minoxidil failed", "Norwood", "PRP"]


@pytest.fixture
def clinic(db: None) -> Clinic:
    return Clinic.objects.current()


@pytest.fixture
def request_of_ayesha(db: None) -> ConsultationRequest:
    return make_request(
        treatment=Treatment.objects.get(slug="prp"),
        email="ayesha@example.com",
        contact_by="whatsapp",
        red_flags=[{"key": "k", "name": "Bald patches"}],
        precautions=[{"key": "k", "name": "I have cancer"}],
        message="my scalp burns",
        tried_before="minoxidil failed",
        pattern="Norwood–Hamilton scale IV",
        earliest_date=date(2026, 12, 1),
        preferred_days=[0, 4],
    )


def test_new_request_for_staff(request_of_ayesha, clinic):
    message = messages.new_request_for_staff(request_of_ayesha, clinic)
    reference = request_of_ayesha.reference
    address = reverse("admin:consultations_consultationrequest_change", args=[request_of_ayesha.pk])
    assert message.recipient == clinic.email
    assert message.subject == f"New consultation request {reference}"
    assert reference in message.text
    assert "Wants to be reached by: WhatsApp" in message.text
    assert "When it suits: Monday, Friday · Any time · Not before 1 December 2026" in message.text
    assert f"{SITE}{address}\n" in message.text
    assert f'<a href="{SITE}{address}"' in message.html


def test_received_for_patient(request_of_ayesha, clinic):
    message = messages.received_for_patient(request_of_ayesha, clinic)
    address = f"{SITE}/consultation/{request_of_ayesha.token}/"
    assert message.recipient == "ayesha@example.com"
    assert message.subject == f"We have your request {request_of_ayesha.reference}"
    assert "Sample Hair Clinic, Islamabad" in message.text
    assert "We write to you on WhatsApp during our opening hours." in message.text
    assert "Until then nothing is booked." in message.text
    assert f"{address}\n" in message.text
    assert f'<a href="{address}"' in message.html
    assert clinic.phone.as_international in message.text
    assert "confirm" not in message.text.lower()


@pytest.mark.parametrize(
    ("contact_by", "words"),
    [("call", "We call you"), ("email", "We write you an e-mail")],
)
def test_received_for_patient_says_how_we_answer(clinic, contact_by, words):
    request = make_request(contact_by=contact_by, email="ayesha@example.com")
    assert words in messages.received_for_patient(request, clinic).text


def test_the_patient_is_written_to_in_the_language_of_the_page(clinic):
    request = make_request(language="ur", email="ayesha@example.com")
    with translation.override("en"):
        message = messages.received_for_patient(request, clinic)
    assert f"{SITE}/ur/consultation/{request.token}/" in message.text
    assert '<html lang="ur" dir="rtl">' in message.html
    assert Clinic.objects.get().name_ur in message.text


def test_staff_are_written_to_in_english_whatever_the_patient_reads(clinic):
    request = make_request(language="ur")
    with translation.override("ur"):
        message = messages.new_request_for_staff(request, clinic)
    assert message.subject.startswith("New consultation request")
    assert "/ur/" not in message.text


@pytest.mark.parametrize("builder", ["new_request_for_staff", "received_for_patient"])
def test_no_mail_says_anything_of_health_or_treatment(request_of_ayesha, clinic, builder):
    message = getattr(messages, builder)(request_of_ayesha, clinic)
    for word in [*HEALTH, "Ayesha Khan", "1234567"]:
        assert word not in message.subject + message.text + message.html
    if builder == "new_request_for_staff":
        assert request_of_ayesha.token not in message.text


def test_the_html_says_what_the_text_says(request_of_ayesha, clinic):
    message = messages.received_for_patient(request_of_ayesha, clinic)
    body = re.sub(r"<title>.*</title>|<[^>]+>", " ", message.html)
    assert body.split() == message.text.split()


def test_a_message_cannot_be_changed_between_building_and_queueing(request_of_ayesha, clinic):
    message = messages.new_request_for_staff(request_of_ayesha, clinic)
    with pytest.raises(FrozenInstanceError):
        message.recipient = "somebody@else.example"


def test_a_queued_mail_is_the_message_letter_for_letter(db: None):
    message = messages.Message(
        "ayesha@example.com",
        "Braces {{ x }} {% y %}",
        "<b> & {{ settings }}\n",
        "<p>&amp; {% z %}</p>",
    )
    messages.queue(message)
    mail = Email.objects.get()
    assert mail.to == ["ayesha@example.com"]
    assert (mail.subject, mail.message, mail.html_message) == (
        message.subject,
        message.text,
        message.html,
    )
    assert mail.get_status_display() == "queued"


@pytest.mark.parametrize(
    "breaking", ["\r\nBcc: x@evil.example", "\nX: y", "\x0b", "\u2028Z", "\x85"]
)
def test_no_header_can_be_smuggled_in(request_of_ayesha, clinic, breaking):
    request_of_ayesha.reference = f"HC-1{breaking}"
    clinic.name_en = f"Clinic{breaking}"
    for builder in (messages.new_request_for_staff, messages.received_for_patient):
        subject = builder(request_of_ayesha, clinic).subject
        assert len(subject.splitlines()) == 1
        header = EmailMessage(subject, "", "a@b.example", ["c@d.example"]).message()
        assert "Bcc" not in header
