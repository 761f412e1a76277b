"""What a patient brings along from the decision aid, and which facts they had read."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from consultations.models import ConsultationRequest
from tests.forms import send_changed
from tests.pages import words_of
from treatments.models import FactsVersion, Finding, RedFlag

pytestmark = pytest.mark.usefixtures("content")

FORM = "/consultation/?speed=soon&proof=proven&from=/decide/"
TYPED = {"name": "Ayesha Khan", "phone": "0300 1234567", "consent": "on"}
SAID = ["How soon do you hope to see a result?", "Within about three months"]


def test_the_form_shows_what_is_brought_along(client: Client):
    words = words_of(client.get(FORM))
    assert " ".join(SAID) in words
    assert "Your questions to the clinic" in words


def test_without_answers_there_is_nothing_to_bring(client: Client):
    assert "What you bring along" not in words_of(client.get("/consultation/"))
    assert "What you bring along" not in words_of(client.get("/consultation/?speed=not-sure"))


def test_the_answers_are_stored_and_staff_see_them(client: Client, admin_client: Client):
    page = words_of(client.get(send_changed(client, FORM, **TYPED).headers["Location"]))
    request = ConsultationRequest.objects.get()
    assert SAID in request.decision["answers"]
    assert request.decision["questions"]
    assert " ".join(SAID) in page

    words = words_of(
        admin_client.get(f"/admin/consultations/consultationrequest/{request.pk}/change/")
    )
    assert " ".join(SAID) in words
    assert request.decision["questions"][0] in words


def test_the_patient_can_leave_them_out(client: Client):
    send_changed(client, FORM, **TYPED, bring_decision=[])
    assert ConsultationRequest.objects.get().decision == {}


def test_a_refused_form_keeps_them(client: Client):
    response = send_changed(client, FORM, **(TYPED | {"phone": "none"}))
    assert response.status_code == 422
    assert " ".join(SAID) in words_of(response)
    assert 'id="id_bring_decision" checked' in response.content.decode()
    response = send_changed(client, FORM, **(TYPED | {"phone": "none"}), bring_decision=[])
    assert 'id="id_bring_decision" checked' not in response.content.decode()


@pytest.mark.parametrize(
    "decision", ["speed=purple", "%00", "speed=soon&" * 300, "<script>", "speed=soon&budget=x"]
)
def test_answers_that_are_not_ours_do_not_pass(client: Client, decision):
    send_changed(client, "/consultation/", **TYPED, decision=decision, bring_decision="on")
    stored = ConsultationRequest.objects.get().decision
    assert all(answer == SAID for answer in stored.get("answers", []))


def test_a_request_keeps_the_version_of_the_facts(client: Client, admin_client: Client):
    said = Finding.objects.filter(treatment__slug="prp").first().statement_en
    send_changed(client, "/consultation/", **TYPED)
    request = ConsultationRequest.objects.get()

    finding = Finding.objects.filter(treatment__slug="prp").first()
    finding.statement_en = "Something else."
    finding.save()
    send_changed(client, "/consultation/", **(TYPED | {"name": "Second Person"}))
    later = ConsultationRequest.objects.get(name="Second Person")
    assert later.facts_version != request.facts_version

    page = admin_client.get(f"/admin/treatments/factsversion/{request.facts_version_id}/change/")
    words = words_of(page)
    assert said.split(". ")[0] in words
    made_at = timezone.localtime(request.facts_version.made_at)
    assert date_format(made_at, "DATETIME_FORMAT") in words.split("When:")[0]
    assert "Side effects [" in words


def test_the_version_of_the_facts_is_headed_in_urdu_too(client: Client, admin_client: Client):
    send_changed(client, "/consultation/", **TYPED)
    version = ConsultationRequest.objects.get().facts_version_id
    html = admin_client.get(f"/ur/admin/treatments/factsversion/{version}/change/").content.decode()
    headings = re.findall(r"<summary>(.*?)</summary>", html)
    assert "مضر اثرات" in headings
    assert not [heading for heading in headings if re.search("[a-z_]", heading)]


def test_requests_share_a_version_while_nothing_changes(client: Client):
    for name in ("First Person", "Second Person"):
        send_changed(client, "/consultation/", **(TYPED | {"name": name}))
    assert FactsVersion.objects.count() == 1


def test_a_choice_sent_many_times_is_stored_once(client: Client):
    flag = RedFlag.objects.first()
    send_changed(
        client, "/consultation/", **TYPED, red_flags=[flag.pk] * 50, preferred_days=[1] * 9
    )
    request = ConsultationRequest.objects.get()
    assert len(request.red_flags) == 1
    assert request.preferred_days == [1]
