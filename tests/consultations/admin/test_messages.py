"""What must be told to a patient, and what did not arrive."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from clinic_site.models import AccessRecord
from consultations import services
from consultations.models import Message, State
from consultations.phones import parse
from tests.consultations.admin.pages import LIST, move, page_of, settle
from tests.consultations.factories import make_request
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Assalam-o-alaikum Ayesha Khan. This is Sample Hair Clinic, Islamabad,"),
        (
            "ur",
            "السلام علیکم، \u2068Ayesha Khan\u2069۔ ہم \u2068نمونہ ہیئر کلینک، اسلام آباد\u2069 سے",
        ),
    ],
)
def test_a_chat_opens_with_the_first_words_in_the_patients_language(desk: Client, language, said):
    request = make_request(language=language)
    for address in (LIST, page_of(request)):
        html = unescape(desk.get(address).content.decode())
        text = unquote(re.search(r"https://wa\.me/923001234567\?text=([^\"]+)", html)[1])
        assert said in text
        assert request.reference in text


def test_what_is_told_by_whatsapp_is_ready_and_noted_when_done(desk: Client, clerk: User, tomorrow):
    request = make_request(contact_by="whatsapp", preferred_times=[tomorrow])
    form = desk.get(page_of(request)).context["forms"]["confirm"]
    response = move(desk, request, "confirm", time=form["time"].value())
    assert "To be told" in words_of(response)
    link = unescape(
        re.search(r'class="button" href="(https://wa\.me/[^"]+)"', response.content.decode())[1]
    )
    assert "10:00" in unquote(link)

    message = request.messages.get(kind="confirmed")
    assert "Noted." in words_of(settle(desk, message, "done"))
    message.refresh_from_db()
    assert (message.state, message.settled_by) == ("sent", clerk)
    assert "To be told" not in words_of(desk.get(page_of(request)))


def test_who_chose_a_call_and_lost_the_link_is_sent_it_as_a_text(desk: Client, clerk: User):
    request = make_request(state=State.ATTENDED)
    services.send_link_again(reference=request.reference, phone=request.phone, network="")
    asked = words_of(desk.get(page_of(request)))
    assert "To which WhatsApp number or e-mail address may we send it?" in asked
    assert request.token not in asked

    response = move(desk, request, "send-link", note="Has WhatsApp after all.")

    event = request.events.last()
    assert (event.what, event.actor, event.to_state) == ("link_sent", clerk, State.ATTENDED)
    assert AccessRecord.objects.filter(action="changed", reference=request.reference).exists()
    html = unescape(response.content.decode())
    for start in ("https://wa.me/923001234567?text=", "sms:+923001234567?&body="):
        text = unquote(re.search(f'class="button" href="{re.escape(start)}([^"]+)"', html)[1])
        assert "Here it is." in text
        assert text.endswith(request.get_absolute_url())
    # What was to be asked on the phone is asked.
    assert "To which WhatsApp number" not in words_of(response)
    settle(desk, request.messages.get(channel="whatsapp"), "done")
    assert "To be told" not in words_of(desk.get(page_of(request)))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("contact_by", ["call", "whatsapp", "email"])
def test_the_link_leaves_by_mail_where_there_is_an_address(desk: Client, contact_by, state):
    request = make_request(state=state, contact_by=contact_by, email="a@example.com")
    for _ in range(2):
        move(desk, request, "send-link")
    # The second takes the place of the first, which has not left yet.
    links = request.messages.filter(kind="link").order_by("pk")
    assert list(links.values_list("channel", "state")) == [
        ("email", "dropped"),
        ("email", "waiting"),
    ]
    request.refresh_from_db()
    assert request.state == state


def test_a_note_that_was_typed_meanwhile_is_kept_with_done(desk: Client, clerk: User):
    request = make_request(email="", contact_by="whatsapp")
    services.send_link(request=request, actor=clerk)
    message = request.messages.get(kind="link")
    address = reverse(
        "admin:consultations_consultationrequest_message", args=[request.pk, message.pk, "done"]
    )
    refused = desk.post(address, {"note": "x" * 1001})
    assert refused.status_code == 422
    assert refused.context["forms"]["happened"]["note"].value() == "x" * 1001
    message.refresh_from_db()
    assert message.state == Message.State.WAITING

    for _press in range(2):
        desk.post(address, {"note": "Calls back at noon."})
    assert request.events.filter(what="noted").count() == 1
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert (request.events.last().what, request.events.last().note) == (
        "noted",
        "Calls back at noon.",
    )


def test_a_landline_is_sent_nothing(desk: Client, clerk: User):
    request = make_request(phone=parse("051 2345678"), email="", contact_by="call")
    services.send_link(request=request, actor=clerk)
    for address in (LIST, page_of(request)):
        html = desk.get(address).content.decode()
        assert "wa.me" not in html
        assert "sms:" not in html
    assert "This is a landline" in words_of(desk.get(page_of(request)))


def test_lost_mail_is_sent_again_or_told_in_another_way(desk: Client):
    request = make_request(email="a@example.com")
    message = request.messages.get(kind="received")
    for act, state in (("again", "waiting"), ("settled", "sent")):
        Message.objects.filter(pk=message.pk).update(state="undelivered")
        assert "Mail that did not arrive" in words_of(desk.get(page_of(request)))
        settle(desk, message, act)
        message.refresh_from_db()
        assert message.state == state
    assert "already" in words_of(settle(desk, message, "again"))


def test_messages_are_settled_by_whom_it_concerns_only(desk: Client, clerk: User):
    message = make_request(email="a@example.com").messages.get(kind="received")
    other = make_request(name="Bilal")
    address = reverse(
        "admin:consultations_consultationrequest_message", args=[other.pk, message.pk, "again"]
    )
    assert desk.post(address).status_code == 404
    assert settle(desk, message, "nonsense").status_code == 404
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    assert settle(desk, message, "again").status_code == 403


def test_nobody_sends_a_mail_again_by_opening_a_page(db):
    owner = Client()
    owner.force_login(User.objects.create_superuser("owner"))
    for page in ("", "1/change/", "1/resend/"):
        assert owner.get(f"/admin/post_office/email/{page}").status_code == 404


def test_whoever_only_looks_is_not_shown_the_patients_link(desk: Client, clerk: User):
    request = make_request(contact_by="whatsapp")
    request.messages.update(channel="whatsapp", kind="link")
    assert request.token in unquote(desk.get(page_of(request)).content.decode())
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    assert request.token not in unquote(desk.get(page_of(request)).content.decode())
