"""A request that staff write down for somebody."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from consultations.models import ConsultationRequest
from tests.consultations.admin.pages import ENTRY
from tests.consultations.factories import typed
from tests.pages import words_of

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
