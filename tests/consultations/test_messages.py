"""What messages say, on each of their ways."""

import re
from dataclasses import FrozenInstanceError
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from icalendar import Calendar

from clinic_site.models import Clinic
from consultations import services
from consultations.messages import Mail, by_hand_text, mail_of, whatsapp_link
from consultations.models import (
    Appointment,
    ConsultationRequest,
    Message,
    Practitioner,
    PreferredTime,
    Quota,
    RequestEvent,
)
from tests.consultations.letters import (
    LANGUAGES,
    STARTS_AT,
    appointment_of,
    clerk,
    message_of,
    messages_of_all_kinds,
    request_of_ayesha,
)
from tests.pages import words_of
from treatments.models import Precaution, RedFlag, Treatment

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
LINKS = re.compile(r"https?://[^\s\"'<>]+")
WHEN = {
    "en": "When: Tuesday, 1 December 2026 at 16:30 (Islamabad time)",
    "ur": "کب: \u2068منگل، 1 دسمبر 2026، 16:30 بجے (اسلام آباد کا وقت)\u2069",
}


def mail(kind: str, language: str = "en", **changes: object) -> Mail:
    request = request_of_ayesha(language=language, **changes)
    appointment_of(request)
    return mail_of(message_of(request, kind))


@pytest.mark.parametrize("kind", ["confirmed", "changed", "reminder"])
def test_a_mail_promises_of_the_page_what_is_there(client: Client, kind):
    request = request_of_ayesha(state="confirmed")
    with time_machine.travel(STARTS_AT - timedelta(days=7), tick=False):
        appointment_of(request)
        made = mail_of(message_of(request, kind)).text
        page = words_of(client.get(request.get_absolute_url()))
        assert "The page of your request tells you how to prepare." in made
        assert "How to prepare" in page
        for button in re.findall("“(.+?)”", made):
            assert button in page
        Clinic.objects.update(map_url="https://maps.example/clinic")
        assert "how to find us" in mail_of(message_of(request, kind, key="anew")).text
        assert "Show it on a map" in words_of(client.get(request.get_absolute_url()))


# ---- one test a kind: recipient, subject and body, in both languages


@pytest.mark.parametrize(
    ("kind", "language", "subject", "says"),
    [
        (
            "received",
            "en",
            "We have your request {}",
            ["Sample Hair Clinic, Islamabad", "We write to you on WhatsApp", "nothing is booked"],
        ),
        ("received", "ur", "آپ کی درخواست {} ہمیں مل گئی ہے", ["نمونہ ہیئر کلینک", "واٹس ایپ پر"]),
        ("link", "en", "The link to your request {}", ["You asked for the link", "Here it is."]),
        ("link", "ur", "آپ کی درخواست {} کا لنک", ["دوبارہ مانگا تھا"]),
        ("not_reached", "en", "We could not reach you: {}", ["Please call us", "If other times"]),
        ("not_reached", "ur", "آپ سے رابطہ نہیں ہو سکا: {}", ["ہمیں فون کریں"]),
        (
            "confirmed",
            "en",
            "Your appointment is confirmed: {}",
            ["is confirmed.", WHEN["en"], "With: Sample practitioner", "Where: Sample address"],
        ),
        ("confirmed", "ur", "آپ کی ملاقات کا وقت طے ہو گیا ہے: {}", [WHEN["ur"], "نمونہ معالج"]),
        ("changed", "en", "Your appointment has changed: {}", ["has changed", WHEN["en"]]),
        ("changed", "ur", "آپ کی ملاقات میں تبدیلی: {}", ["تبدیلی ہوئی ہے", WHEN["ur"]]),
        (
            "cancelled",
            "en",
            "Your appointment is cancelled: {}",
            ["is cancelled: Tuesday, 1 December 2026 at 16:30", "agree on another one"],
        ),
        ("cancelled", "ur", "آپ کی ملاقات منسوخ ہو گئی ہے: {}", ["منگل، 1 دسمبر 2026، 16:30"]),
        ("reminder", "en", "A reminder of your appointment: {}", ["look forward", WHEN["en"]]),
        ("reminder", "ur", "آپ کی ملاقات کی یاد دہانی: {}", [WHEN["ur"]]),
        ("declined", "en", "About your request {}", ["We are sorry", "tells you why"]),
        ("declined", "ur", "آپ کی درخواست {} کے بارے میں", ["ہمیں افسوس ہے"]),
        ("withdrawn", "en", "Your request {} is withdrawn", ["as you wished", "cancelled with it"]),
        ("withdrawn", "ur", "آپ کی درخواست {} واپس لے لی گئی ہے", ["آپ کے کہنے پر"]),
        ("thank_you", "en", "Thank you for coming: {}", ["Thank you for coming to Sample"]),
        ("thank_you", "ur", "آنے کا شکریہ: {}", ["آنے کا شکریہ۔"]),
    ],
)
def test_a_patient_is_written_to_in_the_language_of_the_page(kind, language, subject, says):
    with translation.override("en" if language == "ur" else "ur"):
        made = mail(kind, language)
    request = ConsultationRequest.objects.get()
    address = f"{SITE}{'/ur' if language == 'ur' else ''}/consultation/{request.token}/"
    assert made.recipient == "ayesha@example.com"
    assert made.subject.translate({0x2066: None, 0x2069: None}) == subject.format(request.reference)
    for words in says:
        assert words in made.text
        assert words in made.html or words.partition(": ")[2].strip("\u2068\u2069") in made.html
    assert f"\n{address}\n" in made.text
    assert f'href="{address}"' in made.html
    assert Clinic.objects.get().phone.as_international in made.text


def test_the_desk_is_not_told_any_time_where_times_were_picked():
    request = request_of_ayesha(earliest_date=None, preferred_days=[])
    assert "When it suits: Any day · Any time" in mail_of(message_of(request, "staff_new")).text
    PreferredTime.objects.create(request=request, starts_at=STARTS_AT)
    assert "Any time" not in mail_of(message_of(request, "staff_wish")).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "subject", "says"),
    [
        (
            "staff_new",
            "New consultation request {}",
            [
                "Wants to be reached by: WhatsApp",
                "Wished for: Tuesday, 1 December 2026 at 16:30 (Islamabad time)",
                "When it suits: Monday, Friday · Any time · Not before 1 December 2026",
            ],
        ),
        (
            "staff_wish",
            "Other times wished for: {}",
            ["When it suits: Monday", "until you move it"],
        ),
        ("staff_withdrawn", "Withdrawn: {}", ["free again: Tuesday, 1 December 2026 at 16:30"]),
        ("staff_undelivered", "A mail did not arrive: {}", ["“Reminder”", "Call the patient"]),
    ],
)
def test_the_desk_is_written_to_in_english_with_what_to_do(language, kind, subject, says):
    request = request_of_ayesha(language=language)
    appointment_of(request)
    PreferredTime.objects.create(request=request, starts_at=STARTS_AT)
    message_of(request, "reminder", state="undelivered", settled_at=timezone.now())
    with translation.override("ur"):
        made = mail_of(message_of(request, kind))
    page = reverse("admin:consultations_consultationrequest_change", args=[request.pk])
    assert made.recipient == "desk@sample-clinic.example"
    assert made.subject == subject.format(request.reference)
    for words in [*says, f"{SITE}{page}\n"]:
        assert words in made.text
    assert request.token not in made.text + made.html
    assert "/ur/" not in made.text


@pytest.mark.parametrize(
    ("contact_by", "words"), [("call", "We call you"), ("email", "We write you an e-mail")]
)
def test_whoever_asks_is_told_how_we_answer(contact_by, words):
    assert words in mail("received", contact_by=contact_by).text


def test_a_message_tells_the_appointment_as_it_was_when_it_was_stored():
    request = request_of_ayesha()
    appointment = appointment_of(request)
    message = message_of(request, "cancelled")
    Appointment.objects.filter(pk=appointment.pk).update(starts_at=STARTS_AT.replace(hour=9))
    assert "16:30" in mail_of(message).text


# ---- what no mail says


def _health_words() -> set[str]:
    names = set()
    for model, field in ((Treatment, "name"), (RedFlag, "name"), (Precaution, "name")):
        for language in LANGUAGES:
            names.update(model.objects.values_list(f"{field}_{language}", flat=True))
    return {name for name in names if name} - {"No treatment"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_says_anything_of_health_or_treatment(content, language):
    request = request_of_ayesha(language=language)
    event = request.events.last()
    RequestEvent.objects.filter(pk=event.pk).update(for_patient="Your thyroid", note="Is anxious")
    said = []
    for message in messages_of_all_kinds(request):
        made = mail_of(message)
        said += [made.subject, made.text, made.html]
        if made.calendar_file:
            said.append(made.calendar_file.content.decode())
    for channel in ("whatsapp", "call"):
        said += map(by_hand_text, messages_of_all_kinds(request, channel))
    told = ["Bald patches", "I have cancer", "my scalp burns", "minoxidil failed", "Norwood"]
    told += ["Your thyroid", "Is anxious", "dermatologist", "Ayesha", "1234567", "0300"]
    for word in [*told, *_health_words()]:
        assert not re.search(rf"\b{re.escape(word)}\b", "\n".join(said), re.IGNORECASE), word


# ---- its form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_says_what_the_text_says_and_loads_nothing(language):
    for message in messages_of_all_kinds(request_of_ayesha(language=language)):
        made = mail_of(message)
        shown = re.sub(r"<title>.*?</title>|<style>.*?</style>|<[^>]+>", " ", made.html, flags=re.S)
        shown = " ".join(shown.split())
        for line in LINKS.sub("", made.text).splitlines():
            for part in filter(None, re.split(": \u2068?|\u2069$", line)):
                assert escape(part) in shown
        assert not re.search(r"<(img|script|link|iframe|form)|style=|url\(|@import", made.html)
        is_urdu = language == "ur" and not message.is_to_staff
        assert ('<html lang="ur" dir="rtl">' in made.html) is is_urdu


@pytest.mark.parametrize("name", ["{{ settings }} {% now 'Y' %}", '<b>Dr</b> & "Sons"', "O’Neil"])
def test_names_stay_as_they_are_letter_for_letter(name):
    Clinic.objects.update(name_en=name)
    Practitioner.objects.update(name_en=name)
    for message in messages_of_all_kinds(request_of_ayesha()):
        made = mail_of(message)
        if not message.is_to_staff:
            assert name in made.text
            assert escape(name) in made.html
        assert "<b>" not in made.html


@pytest.mark.parametrize(
    "breaking", ["\r\nBcc: x@evil.example", "\nX: y", "\x0b", "\u2028Z", "\x85"]
)
def test_no_header_can_be_smuggled_in(breaking):
    Clinic.objects.update(name_en=f"Clinic{breaking}")
    request = request_of_ayesha()
    request.reference = f"HC-1{breaking}"
    for message in messages_of_all_kinds(request):
        subject = mail_of(message).subject
        assert len(subject.splitlines()) == 1
        header = EmailMessage(subject, "", "a@b.example", ["c@d.example"]).message()
        assert "Bcc" not in header


def test_a_mail_cannot_be_changed_between_building_and_queueing():
    with pytest.raises(FrozenInstanceError):
        mail("received").recipient = "somebody@else.example"


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("confirmed", "PUBLISH"),
        ("changed", "PUBLISH"),
        ("cancelled", "CANCEL"),
        ("declined", "CANCEL"),
        ("withdrawn", "CANCEL"),
    ],
)
def test_what_concerns_the_calendar_brings_a_file_for_it(kind, method):
    request = request_of_ayesha()
    appointment = appointment_of(request, sequence=3)
    if method == "CANCEL":
        Appointment.objects.update(cancelled_at=timezone.now())
    made = mail_of(message_of(request, kind))
    assert "The attached file" in made.text
    assert made.calendar_file.mimetype == f"text/calendar; method={method}"
    calendar = Calendar.from_ical(made.calendar_file.content)
    assert calendar["METHOD"] == method
    event = calendar.events[0]
    assert (event["UID"], event["SEQUENCE"]) == (appointment.uid, 3)


@pytest.mark.parametrize("kind", ["declined", "withdrawn"])
def test_without_an_appointment_there_is_nothing_about_one(kind):
    made = mail_of(message_of(request_of_ayesha(), kind))
    assert made.calendar_file is None
    assert "attached" not in made.text
    assert "appointment" not in made.text


@pytest.mark.parametrize("kind", ["received", "not_reached", "reminder", "staff_withdrawn"])
def test_other_mails_bring_no_file(kind):
    assert mail(kind).calendar_file is None


# ---- by hand


def by_hand(kind: str, channel: str, language: str = "en", **changes: object) -> Message:
    request = request_of_ayesha(language=language, contact_by=channel, **changes)
    appointment_of(request)
    return message_of(request, kind, channel=channel)


@pytest.mark.parametrize(("language", "prefix"), [("en", ""), ("ur", "/ur")])
def test_whatsapp_gets_the_text_with_the_link_ready_to_send(language, prefix):
    message = by_hand("confirmed", "whatsapp", language)
    text = by_hand_text(message)
    assert WHEN[language] in text
    assert text.endswith(f"\n{SITE}{prefix}/consultation/{message.request.token}/")
    assert "attached" not in text
    link = urlsplit(whatsapp_link(message.request.phone, text))
    assert (link.scheme, link.netloc, link.path) == ("https", "wa.me", "/923001234567")
    assert parse_qs(link.query) == {"text": [text]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_the_phone_one_says_who_calls_and_no_link(language):
    text = by_hand_text(by_hand("reminder", "call", language))
    assert str(getattr(Clinic.objects.get(), f"name_{language}")) in text.splitlines()[0]
    assert WHEN[language] in text
    assert "http" not in text


def test_a_link_that_must_be_said_is_asked_where_to_send():
    text = by_hand_text(by_hand("link", "call", email=""))
    assert "To which WhatsApp number or e-mail address may we send it?" in text


# ---- scanners


def everything() -> list[list[object]]:
    tables = [ConsultationRequest, RequestEvent, Message, Appointment, Quota, PreferredTime]
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scanner_that_opens_every_link_changes_nothing(content, language):
    with time_machine.travel(STARTS_AT.replace(day=1, month=11), tick=False):
        request = request_of_ayesha(language=language)
        services.confirm(
            request=request,
            practitioner=Practitioner.objects.get(),
            starts_at=STARTS_AT,
            actor=clerk(),
        )
        made = [mail_of(message) for message in messages_of_all_kinds(request)]
        said = [text for one in made for text in (one.text, one.html)]
        said += map(by_hand_text, messages_of_all_kinds(request, "whatsapp"))
        links = set(LINKS.findall("\n".join(said)))
        assert len(links) == 2
        before = everything()
        for link in sorted(links):
            assert link.startswith(SITE), "a link to somebody else"
            for method in ("get", "head", "get", "head"):
                response = getattr(Client(), method)(link.removeprefix(SITE))
                assert response.status_code in {200, 302}
                if response.status_code == 302:
                    assert "/login/" in response.headers["Location"]
        assert everything() == before
