"""What holds for everything an Urdu reader meets: pages, forms, errors and mails."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from clinic_site.models import Clinic
from consultations.forms import ConsultationForm
from consultations.messages import by_hand_text, mail_of
from consultations.models import ConsultationRequest, State
from tests.consultations.factories import make_request, typed
from tests.consultations.letters import messages_of_all_kinds
from tests.forms import stamp_of_a_minute_ago, values_on
from tests.urdu.reading import (
    ADDRESSES,
    ISOLATED,
    SCRAMBLED,
    assert_is_urdu,
    english_in,
    english_on,
    in_the_sitemap,
    read_urdu,
    scrambled_on,
)
from treatments.models import Precaution, RedFlag, Scale, Stage, Treatment

# ---- Pages


def test_every_page_of_the_sitemap_is_urdu(client: Client, content):
    addresses = [address for address in in_the_sitemap(client) if address.startswith("/ur/")]
    assert len(addresses) > 15
    for address in addresses:
        assert_is_urdu(client.get(address), address)


def test_every_english_page_has_its_urdu(client: Client, content):
    addresses = in_the_sitemap(client)
    english = [address for address in addresses if not address.startswith("/ur/")]
    assert {f"/ur{address}" for address in english} < set(addresses)


@pytest.mark.parametrize(
    "address",
    [
        "/ur/compare/?choose=1",
        "/ur/compare/prp-vs-no-such-thing/",
        "/ur/compare/exosomes-vs-prp/?only=differences",
        "/ur/compare/exosomes-vs-prp-vs-exosomes-and-prp-vs-no-treatment/",
        "/ur/decide/?severity=nonsense",
        "/ur/decide/?result=1&severity=early&speed=soon&budget=tight&visits=few"
        "&comfort=no-needles&proof=proven&upkeep=little",
        "/ur/decide/?result=1&severity=advanced&comfort=no-cell-products",
        "/ur/consultation/?treatment=prp&severity=early&budget=tight",
    ],
)
def test_what_a_page_says_to_a_choice_is_urdu(client: Client, content, address):
    assert_is_urdu(client.get(address), address)


def test_a_reviewed_page_with_a_price_is_urdu(client: Client, content):
    Treatment.objects.filter(slug="prp").update(
        reviewed_by="ڈاکٹر نمونہ", reviewed_on="2026-01-31", review_due="2026-02-28",
        price_low=20000, price_high=30000,
    )  # fmt: skip
    response = client.get("/ur/treatments/prp/")
    assert_is_urdu(response)
    text = response.content.decode()
    assert "31 جنوری 2026" in text
    assert "Rs 20,000 تا 30,000" in text


def test_no_number_of_a_page_stands_back_to_front(client: Client, content):
    for address in in_the_sitemap(client):
        if address.startswith("/ur/"):
            assert scrambled_on(client.get(address)) == [], address


# ---- The form


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "", "phone": "", "consent": "", "contact_by": ""},
        {"name": "123", "phone": "12", "contact_by": "email", "email": ""},
        {"name": "x" * 200, "phone": "051 2345678", "contact_by": "whatsapp"},
        {"name": "a\u202eb", "email": "ali@", "message": "ب" * 4000, "tried_before": "👍"},
        {"treatment": "snake-oil", "red_flags": ["0"], "precautions": ["0"], "pattern": "0"},
        {"contact_by": "x", "since_when": "x", "part_of_day": "x", "preferred_days": ["x"]},
        {"earliest_date": "soon", "privacy_version": "old", "treatment": "\0"},
        {"earliest_date": "2001-01-01"},
        {"earliest_date": "2101-01-01", "phone": "\0"},
    ],
)
def test_every_error_of_the_form_is_urdu(client: Client, content, changes):
    response = client.post("/ur/consultation/", typed() | changes)
    assert response.status_code == 422
    assert_is_urdu(response)
    assert scrambled_on(response) == []


def test_no_message_that_a_field_could_give_is_english(content):
    with translation.override("ur"):
        for name, field in ConsultationForm().fields.items():
            given = [*field.error_messages.values()]
            given += [getattr(validator, "message", "") for validator in field.validators]
            for message in given:
                assert english_in(re.sub(r"%\(\w+\)[sd]", "", str(message))) == [], (name, message)


# ---- A patient's page


@pytest.fixture
def asked(client: Client, content) -> ConsultationRequest:
    """A request sent by the Urdu form, with every kind of answer."""
    response = client.post(
        "/ur/consultation/",
        values_on(client, "/ur/consultation/?severity=early&budget=tight")
        | {
            "treatment": "prp",
            "name": "Ayesha Khan",
            "phone": "0300 1234567",
            "contact_by": "whatsapp",
            "email": "ayesha@example.com",
            "red_flags": [str(RedFlag.objects.first().pk)],
            "precautions": [str(Precaution.objects.filter(treatments__slug="prp").first().pk)],
            "pattern": str(Stage.objects.first().pk),
            "since_when": ConsultationRequest.SinceWhen.values[0],
            "message": "کیا درد ہوتا ہے؟",
            "earliest_date": ConsultationForm().fields["earliest_date"].widget.attrs["min"],
            "preferred_days": ["0", "4"],
            "part_of_day": "morning",
            "consent": "on",
            "stamp": stamp_of_a_minute_ago(),
        },
    )
    assert response.status_code == 302
    return ConsultationRequest.objects.get()


@pytest.mark.parametrize("state", State.values)
def test_a_patients_page_is_urdu_in_every_state(client: Client, asked, state):
    ConsultationRequest.objects.update(state=state)
    for contact_by in ConsultationRequest.ContactBy.values:
        ConsultationRequest.objects.update(contact_by=contact_by)
        assert_is_urdu(client.get(f"/ur/consultation/{asked.token}/"), contact_by)


def test_a_page_of_few_answers_is_urdu(client: Client, content):
    request = make_request(language="ur")
    assert_is_urdu(client.get(f"/ur/consultation/{request.token}/"))


# ---- What went wrong


def test_error_pages_are_urdu(client: Client, content):
    assert_is_urdu(client.get("/ur/no-such-page/"))
    assert_is_urdu(client.get("/ur/consultation/no-such-token/"))
    assert_is_urdu(client.post("/ur/contact/"))
    many = {f"field-{number}": "" for number in range(5200)}
    answers = {
        400: client.post("/ur/consultation/", many),
        413: client.generic("POST", "/ur/consultation/", b"x", CONTENT_LENGTH="52428800"),
    }
    strict = Client(enforce_csrf_checks=True)
    answers[403] = strict.post("/ur/consultation/", typed(name="عائشہ خان"))
    for status, response in answers.items():
        assert response.status_code == status
        assert_is_urdu(response, str(status))
    assert_is_urdu(strict.post(f"/ur/{settings.ADMIN_PATH}login/"))


def test_the_page_for_our_own_failures_says_it_in_urdu_too(client: Client):
    page = render_to_string("500.html")
    assert 'lang="ur" dir="rtl"' in page
    assert "ہماری طرف سے کوئی خرابی ہو گئی ہے" in page


# ---- Where the Urdu is missing


@pytest.mark.parametrize(
    ("address", "model", "field"),
    [
        ("/ur/treatments/prp/", Treatment.objects.filter(slug="prp"), "what_it_is"),
        ("/ur/treatments/", Treatment.objects.filter(slug="prp"), "summary"),
        ("/ur/questions/", Scale.objects.all(), "explanation"),
        ("/ur/contact/", Clinic.objects.all(), "address"),
    ],
)
def test_english_stands_in_and_is_marked(client: Client, content, address, model, field):
    model.update(**{f"{field}_ur": ""})
    response = client.get(address)
    html = response.content.decode()
    note, english = "(فی الحال صرف انگریزی میں)", getattr(model.first(), f"{field}_en")
    assert note in html
    marked = re.findall(r'<(span|div) lang="en" dir="ltr">(.*?)</\1>', html, re.DOTALL)
    assert any(english.splitlines()[0] in text.replace("&#x27;", "'") for _tag, text in marked)
    assert english_on(response) == []


# ---- Mails


def test_messages_are_urdu_and_nothing_in_them_scrambles(content):
    phone = Clinic.objects.get().phone.as_international
    request = make_request(language="ur", email="ayesha@example.com")
    for message in messages_of_all_kinds(request):
        if message.is_to_staff:
            continue
        for request.contact_by in ConsultationRequest.ContactBy.values:
            mail = mail_of(message)
            for text in (mail.subject, mail.text, by_hand_text(message)):
                assert english_in(ADDRESSES.sub("", text)) == []
                assert not SCRAMBLED.search(ADDRESSES.sub("", ISOLATED.sub("", text)))
            page = read_urdu(mail.html)
            assert (page.html["lang"], page.html["dir"]) == ("ur", "rtl")
            assert english_on(mail.html) == []
            assert f"\u2066{phone}\u2069" in mail.text
            assert f"\u2066{request.reference}\u2069" in mail.subject


def test_a_clinic_without_an_urdu_name_does_not_scramble_the_mail(content):
    Clinic.objects.update(name_ur="")
    request = make_request(language="ur", email="ayesha@example.com")
    mail = mail_of(request.messages.get(kind="received"))
    assert "\u2068Sample Hair Clinic, Islamabad\u2069" in mail.text


def test_the_desk_reads_its_mail_in_one_language(content):
    mail = mail_of(make_request(language="ur").messages.get(kind="staff_new"))
    assert not re.search("[\u0600-\u06ff\u2066-\u2069]", mail.subject + mail.text)
