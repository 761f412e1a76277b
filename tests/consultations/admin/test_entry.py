"""A request that staff write down for somebody."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from consultations.models import ConsultationRequest
from tests.consultations.admin.pages import ENTRY, page_of
from tests.consultations.factories import make_request, typed
from tests.pages import words_of
from treatments.models import Stage

pytestmark = pytest.mark.usefixtures("content")


def test_a_patient_who_phones_is_written_down_by_the_same_rules(desk: Client, clerk: User):
    refused = desk.post(ENTRY, typed(name="", came_by="phone", language="ur"))
    assert refused.status_code == 422
    assert "Write the patient's name." in words_of(refused)
    assert not ConsultationRequest.objects.exists()

    desk.post(ENTRY, typed(came_by="walk_in", language="ur", contact_by="whatsapp"))
    request = ConsultationRequest.objects.get()
    assert (request.came_by, request.entered_by, request.language) == ("walk_in", clerk, "ur")
    assert request.events.get().actor == clerk


def test_it_speaks_of_the_patient_and_not_to_them(desk: Client):
    empty = {"came_by": "", "language": "", "contact_by": "email"}
    for response in (desk.get(ENTRY), desk.post(ENTRY, empty)):
        form = response.context["form"]
        said = [str(text) for field in form for text in (field.label, field.help_text)]
        said += [problem for problems in form.errors.values() for problem in problems]
        # What a patient would answer is theirs to say.
        assert [text for text in said if re.search(r"\b(you|your|I|me)\b", text)] == []


def test_written_down_twice_it_is_kept_once(desk: Client):
    data = typed(came_by="phone", language="en")
    first, second = desk.post(ENTRY, data), desk.post(ENTRY, data)
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize("field", ["came_by", "language"])
def test_it_says_how_the_patient_came_and_what_they_read(desk: Client, field):
    response = desk.post(ENTRY, typed(came_by="phone", language="en") | {field: ""})
    assert response.status_code == 422


def test_each_step_of_hair_loss_is_read_out_with_what_it_looks_like(desk: Client):
    stage = Stage.objects.select_related("scale").first()
    words = words_of(desk.get(ENTRY))
    assert f"{stage.label}: {stage.words.description}" in words
    assert f"{stage.scale.name} {stage.label} " not in words
    desk.post(ENTRY, typed(came_by="phone", language="en", pattern=str(stage.pk)))
    kept = ConsultationRequest.objects.get().pattern
    assert kept == f"{stage.scale.name} {stage.label}: {stage.words.description}"


def test_the_same_number_is_named_where_its_other_request_is_still_open(desk: Client):
    data = {"came_by": "phone", "language": "en", "phone": "+92 300 1234567"}
    other = make_request(phone="+923001234567", name="Her mother")
    make_request(phone="+923001234567", name="Long ago", sender="b", state="attended")
    make_request(phone="+923219876543", name="Somebody else", sender="c")
    page = desk.post(ENTRY, typed(**data), follow=True)
    html = page.content.decode()
    assert "This number has another open request: <a " in html
    assert f'<a href="{page_of(other)}">{other.reference}</a>' in html
    assert ConsultationRequest.objects.count() == 4

    third = desk.post(ENTRY, typed(**data, name="Her sister"), follow=True)
    assert "This number has other open requests: HC-" in words_of(third)


def test_a_number_without_another_open_request_is_no_matter(desk: Client):
    make_request(state="declined")
    page = desk.post(ENTRY, typed(came_by="phone", language="en"), follow=True)
    assert "The request is kept." in words_of(page)
    assert "open request" not in words_of(page)
