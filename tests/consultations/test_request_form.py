"""Asking for a consultation, through HTTP."""

import re
from datetime import UTC, datetime
from html import escape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.availability import by_day, free_times
from consultations.messages import mail_of
from consultations.models import ConsultationRequest, Message
from consultations.privacy import PRIVACY_VERSION
from tests.consultations.factories import make_request, typed
from tests.forms import values_in
from tests.pages import words_of
from treatments.models import Precaution, RedFlag, Stage, Treatment

pytestmark = pytest.mark.usefixtures("content")

FORM = "/consultation/"
EVERYTHING = {
    "treatment": "prp",
    "name": "Ayesha Khan",
    "phone": "0300-1234567",
    "contact_by": "email",
    "email": "ayesha@example.com",
    "message": "When can I come?",
    "since_when": "longer",
    "tried_before": "A lotion",
    "preferred_days": ["0", "4"],
    "part_of_day": "morning",
    "source_page": "/compare/exosomes-vs-prp/",
}


@pytest.fixture
def strict_client() -> Client:
    """A browser that the check against forged requests applies to."""
    return Client(enforce_csrf_checks=True)


def token_in(response: HttpResponse) -> str:
    html = response.content.decode()
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html).group(1)


def assert_kept(response: HttpResponse, data: dict[str, object]) -> None:
    shown = values_in(response)
    for name, value in data.items():
        expected = {str(item) for item in value} if isinstance(value, list) else {str(value)}
        assert set(shown[name]) == expected, name


def assert_nothing_stored() -> None:
    assert not ConsultationRequest.objects.exists()
    assert not Message.objects.exists()


# ---- what goes well


def test_a_person_asks_and_gets_a_page(client: Client):
    flag = RedFlag.objects.get(content_key="red-flags/bald-patches")
    precaution = Precaution.objects.get(content_key="precautions/blood-thinners")
    client.get(FORM)

    response = client.post(
        FORM, typed(**EVERYTHING, red_flags=[flag.pk], precautions=[precaution.pk])
    )

    stored = ConsultationRequest.objects.get()
    assert response.status_code == 302
    assert response.headers["Location"] == f"/consultation/{stored.token}/"
    assert stored.treatment == Treatment.objects.get(slug="prp")
    assert stored.phone.as_e164 == "+923001234567"
    assert stored.red_flags == [{"key": flag.content_key, "name": flag.name}]
    assert stored.preferred_days == [0, 4]
    assert stored.language == "en"
    assert stored.source_page == "/compare/exosomes-vs-prp/"
    assert stored.privacy_version == PRIVACY_VERSION
    assert Message.objects.count() == 2

    words = words_of(client.get(response.headers["Location"]))
    for said in (
        stored.reference,
        "We have your request",
        "We write you an e-mail during our opening hours.",
        "Ayesha Khan",
        "+92 300 1234567",
        "ayesha@example.com",
        "When can I come?",
        "A lotion",
        "Longer than 5 years",
        "Monday, Friday · Morning",
        flag.name,
        precaution.name,
        str(Treatment.objects.get(slug="prp").words.name),
    ):
        assert said in words
    assert "confirmed" not in words


def test_a_phone_number_is_enough(client: Client):
    response = client.post(FORM, typed(), follow=True)
    assert response.status_code == 200
    words = words_of(response)
    assert "We call you during our opening hours." in words
    assert "Please see a doctor first" not in words
    assert "Not given" in words


def test_a_red_flag_sends_to_a_doctor_without_refusing(client: Client):
    flag = RedFlag.objects.first()
    words = words_of(client.post(FORM, typed(red_flags=[flag.pk]), follow=True))
    assert "We have your request" in words
    assert "Please see a doctor first" in words
    assert words.count(flag.name) == 2  # in the advice, and in what was said


def test_the_form_says_beside_the_red_flags_what_they_mean(client: Client):
    words = words_of(client.get(FORM))
    assert "please see a doctor before any hair treatment" in words
    for flag in RedFlag.objects.all():
        assert flag.name in words
    for precaution in Precaution.objects.all():
        assert precaution.name in words


def test_the_way_to_the_form_is_remembered(client: Client):
    response = client.get(f"{FORM}?treatment=exosomes&from=/compare/exosomes-vs-prp/")
    assert values_in(response)["treatment"] == ["exosomes"]
    assert values_in(response)["source_page"] == ["/compare/exosomes-vs-prp/"]
    assert values_in(client.get(f"{FORM}?from=/compare/"))["treatment"] == [""]


@pytest.mark.parametrize(
    "query",
    ["treatment=snake-oil", "treatment=%00", "from=%00", "from=%22%3E%3Cscript%3E", "x=%ff"],
)
def test_a_strange_address_of_the_form_is_just_the_form(client: Client, query):
    response = client.get(f"{FORM}?{query}")
    assert response.status_code == 200
    assert b"<script>" not in response.content
    assert values_in(response)["treatment"] == [""]


def test_the_form_answers_head(client: Client):
    assert client.head(FORM).status_code == 200


def test_an_urdu_reader_gets_an_urdu_request(client: Client):
    response = client.post("/ur/consultation/", typed(email="ayesha@example.com"))
    stored = ConsultationRequest.objects.get()
    assert stored.language == "ur"
    assert response.headers["Location"] == f"/ur/consultation/{stored.token}/"
    to_patient = mail_of(stored.messages.get(kind="received"))
    assert f"/ur/consultation/{stored.token}/" in to_patient.text


def test_what_was_typed_cannot_become_markup(client: Client):
    said = "<script>alert(1)</script> {{ settings.SECRET_KEY }}"
    html = client.post(FORM, typed(message=said), follow=True).content.decode()
    assert escape(said) in html
    assert "<script>alert" not in html


# ---- sent twice


def test_sent_twice_it_is_stored_once(strict_client: Client):
    token = token_in(strict_client.get(FORM))
    data = typed(**EVERYTHING, csrfmiddlewaretoken=token)
    first = strict_client.post(FORM, data)
    # Back, where the page has another token of the same browser, and sent once more.
    data["csrfmiddlewaretoken"] = token_in(strict_client.get(FORM))
    second = strict_client.post(FORM, data)
    assert first.headers["Location"] == second.headers["Location"]
    assert ConsultationRequest.objects.count() == 1
    assert Message.objects.count() == 2


def test_somebody_else_who_types_the_same_does_not_reach_the_first_ones_page():
    addresses = set()
    for _ in range(2):
        browser = Client(enforce_csrf_checks=True)
        token = token_in(browser.get(FORM))
        response = browser.post(FORM, typed(csrfmiddlewaretoken=token))
        addresses.add(response.headers["Location"])
    assert len(addresses) == 2
    assert ConsultationRequest.objects.count() == 2


def test_without_any_cookie_no_two_senders_are_taken_for_one():
    # As if a later change exempted the form from the check against forged requests.
    for _ in range(2):
        Client().post(FORM, typed())
    assert ConsultationRequest.objects.count() == 2


# ---- what is refused


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Write your name."),
        ({"name": "Ali\x00"}, "This held invisible characters"),
        ({"name": "😀"}, "Write the name in letters only"),
        ({"phone": "051 234567"}, "Write the whole number in figures"),
        ({"phone": "call me"}, "Write the whole number in figures"),
        ({"email": "ayesha@"}, "Write the whole e-mail address"),
        ({"message": "x" * 100_000}, "It has 100000 now."),
        ({"message": "a\x00b"}, "This held invisible characters"),
        ({"message": "a\x1bb"}, "This held invisible characters"),
        ({"message": "a\u202eb"}, "This held invisible characters"),
        ({"message": "hair 😀"}, "Please write it in words"),
        ({"treatment": "snake-oil"}, "We do not offer this treatment now."),
        ({"earliest_date": "2020-01-01"}, "This day is over."),
        ({"earliest_date": "2999-01-01"}, "This is too far ahead."),
        ({"earliest_date": "soon"}, "Choose a date"),
        ({"consent": ""}, "Tick the box if you agree"),
        ({"privacy_version": "2020-01-01"}, "The privacy notice has changed"),
        ({"privacy_version": ""}, "The privacy notice has changed"),
        ({"red_flags": ["999999"]}, "Choose from the list"),
    ],
)
def test_a_refused_answer_is_told_and_everything_typed_is_kept(client: Client, changes, words):
    flag, precaution = RedFlag.objects.first(), Precaution.objects.first()
    data = {**EVERYTHING, "red_flags": [flag.pk], "precautions": [precaution.pk], **changes}

    response = client.post(FORM, typed(**data))

    html = response.content.decode()
    assert response.status_code == 422
    assert words in words_of(response)
    assert re.search(r"<title>\s*Error:", html)
    field = next(iter(changes)).replace("privacy_version", "consent")
    target = re.search(rf'<li><a href="#(id_{field}(?:_0)?)">', html).group(1)
    assert f'id="{target}"' in html
    assert_nothing_stored()
    # An invisible character comes back as nothing; what is not in a list cannot be shown chosen.
    invisible = "This held invisible" in words
    kept = {name: value for name, value in data.items() if name not in changes}
    for name, value in changes.items():
        if invisible:
            kept[name] = re.sub("[\x00\x1b\u202e]", "", value)
        elif name in {"name", "phone", "email", "message", "earliest_date"}:
            kept[name] = value
    assert_kept(response, kept)


def test_an_empty_form_is_told_all_that_is_missing(client: Client):
    response = client.post(FORM, {})
    assert response.status_code == 422
    summary = response.content.decode().split('role="alert"')[1].split("</ul>")[0]
    assert summary.count("<li>") == 4
    assert_nothing_stored()


def test_an_old_consent_comes_back_with_the_new_version_and_no_tick(client: Client):
    response = client.post(FORM, typed(**EVERYTHING, privacy_version="2020-01-01"))
    shown = values_in(response)
    assert shown["privacy_version"] == [PRIVACY_VERSION]
    assert "consent" not in shown
    assert_kept(response, EVERYTHING)


@pytest.mark.parametrize(
    "number", ["0300-1234567", "+92 300 1234567", "0092 300 1234567", "۰۳۰۰۱۲۳۴۵۶۷"]
)
def test_a_mobile_in_four_spellings(client: Client, number):
    client.post(FORM, typed(phone=number))
    assert ConsultationRequest.objects.get().phone.as_e164 == "+923001234567"


@pytest.mark.parametrize("cookie", ["none", "another"])
def test_a_missing_or_stale_token_keeps_everything_and_offers_another(
    strict_client: Client, cookie
):
    flag = RedFlag.objects.first()
    data = typed(**EVERYTHING, red_flags=[flag.pk])
    if cookie == "another":
        data["csrfmiddlewaretoken"] = token_in(Client().get(FORM))
        strict_client.get(FORM)

    response = strict_client.post(FORM, data)

    assert response.status_code == 403
    assert "Please press the button once more." in words_of(response)
    assert re.search(r"<title>\s*Error:", response.content.decode())
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert_kept(response, {**EVERYTHING, "red_flags": [flag.pk], "consent": "on"})
    assert_nothing_stored()

    data["csrfmiddlewaretoken"] = token_in(response)
    assert strict_client.post(FORM, data).status_code == 302
    assert ConsultationRequest.objects.count() == 1


def test_a_form_from_another_site_is_refused(strict_client: Client):
    data = typed(csrfmiddlewaretoken=token_in(strict_client.get(FORM)))
    response = strict_client.post(FORM, data, headers={"origin": "https://evil.example"})
    assert response.status_code == 403
    assert_nothing_stored()


def test_a_forged_request_elsewhere_is_told_what_to_do(strict_client: Client):
    response = strict_client.post("/admin/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "Open the page anew" in words_of(response)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_a_wrong_method_on_the_form(strict_client: Client, method):
    response = getattr(strict_client, method)(FORM)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"
    assert "This page cannot do that" in words_of(response)


def test_a_body_of_another_kind_is_refused(client: Client):
    response = client.post(FORM, '{"name": "Ali"}', content_type="application/json")
    assert response.status_code == 422
    assert_nothing_stored()


# ---- headers


def test_browsers_keep_the_form_for_going_back_and_nobody_else_does(client: Client):
    for response in (client.get(FORM), client.post(FORM, {})):
        assert response.headers["Cache-Control"] == "private, no-cache"


# ---- how much work it is


# The first free time must be free until it is wished for.
@pytest.mark.time_machine(datetime(2026, 11, 24, 6, tzinfo=UTC), tick=False)
def test_queries_are_few_and_do_not_grow_with_requests(client: Client):
    flag, precaution, stage = (
        RedFlag.objects.first(),
        Precaution.objects.first(),
        Stage.objects.first(),
    )
    times = by_day(free_times(treatment=Treatment.objects.get(slug="prp"), now=timezone.now()))
    everything = typed(
        **EVERYTHING,
        red_flags=[flag.pk],
        precautions=[precaution.pk],
        pattern=stage.pk,
        preferred_times=[start.isoformat() for start in next(iter(times.values()))[:3]],
        decision="speed=soon",
        bring_decision="on",
    )

    def queries(number: int) -> tuple[int, ...]:
        counts = []
        with CaptureQueriesContext(connection) as asked:
            client.get(FORM)
        counts.append(len(asked))
        for data in (typed(), everything):
            anew = {"message": f"Number {number}", "phone": f"0300 12345{number:02}"}
            with CaptureQueriesContext(connection) as asked:
                response = client.post(FORM, data | anew)
            assert response.status_code == 302
            counts.append(len(asked))
        with CaptureQueriesContext(connection) as asked:
            client.get(response.headers["Location"])
        return (*counts, len(asked))

    queries(0)  # the first after a change of the facts also stores their version
    few = queries(1)
    for number in range(2, 30):
        make_request(message=f"Another {number}")
    assert queries(99) == few
    on_get, on_usual_post, on_fullest_post, on_page = few
    assert on_get <= 12
    # And two for the begin and the end of their transaction.
    assert on_usual_post <= 7 + 2
    assert on_fullest_post <= 15 + 2
    assert on_page <= 12
