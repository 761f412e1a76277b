"""What holds for the desk as an Urdu reader meets it: no English, and the marks of Urdu."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from clinic_site.roles import Role
from consultations import services
from consultations.availability import free_times
from consultations.models import ConsultationRequest, Practitioner
from tests.consultations.factories import make_request
from tests.staff import make_staff, signed_in
from tests.urdu.reading import english_on, read_urdu, scrambled_on

pytestmark = pytest.mark.usefixtures("content")

REQUESTS = "/ur/admin/consultations/consultationrequest/"
CONTENT = "/ur/admin/treatments/treatment/content/"


@pytest.fixture
def owner() -> User:
    return make_staff(Role.OWNER, Role.EDITOR, name="مالک", first_name="ثنا")


@pytest.fixture
def desk(owner: User) -> Client:
    return signed_in(owner)


@pytest.fixture
def asked() -> ConsultationRequest:
    """Two who wish for the same times, one of whom gets one."""
    times = [free.starts_at for free in free_times(treatment=None, now=timezone.now())]
    wished = {"language": "ur", "preferred_times": [times[0], times[3]]}
    make_request(name="بلال", sender="another browser", **wished)
    return make_request(
        name="عائشہ",
        red_flags=[{"key": "a", "name": "خارش"}],
        precautions=[{"key": "b", "name": "حمل"}],
        created_at=timezone.now() - timedelta(days=2),
        **wished,
    )


def assert_reads_as_urdu(response: HttpResponse, address: str) -> None:
    assert response.status_code == 200, address
    html = response.content.decode()
    # A reference in a cell of its own needs no isolate, and Django names its icons in English.
    html = re.sub(r"HC-[A-Z0-9]{5}|(?<=alt=\")(?:True|False|None)", "", html)
    assert english_on(html) == [], address
    said = read_urdu(html).said
    assert [text for text in said if re.search(r"[ا-ے][,;?.]|\d, \d", text)] == [], address


@pytest.mark.parametrize(
    "address",
    [
        "/ur/admin/",
        REQUESTS,
        f"{REQUESTS}{{pk}}/change/",
        f"{REQUESTS}add/",
        f"{REQUESTS}how-it-goes/",
        f"{REQUESTS}person/?q=0300",
        "/ur/admin/consultations/appointment/",
        "/ur/admin/consultations/practitioner/",
        "/ur/admin/clinic_site/securityrules/",
        "/ur/admin/clinic_site/accessrecord/",
        "/ur/admin/auth/user/",
        "/ur/admin/auth/user/add/",
        "/ur/admin/auth/user/{colleague}/password/",
        "/ur/admin/password_change/",
        "/ur/admin/second-factor/",
        "/ur/admin/treatments/treatment/",
        "/ur/admin/treatments/treatment/deleted/",
        "/ur/admin/treatments/finding/",
        "/ur/admin/treatments/claim/",
        CONTENT,
    ],
)
def test_a_page_of_the_desk_is_urdu(desk: Client, asked, address):
    address = address.format(pk=asked.pk, colleague=make_staff(Role.FRONT_DESK, name="ساتھی").pk)
    assert_reads_as_urdu(desk.get(address), address)


def test_an_appointment_is_urdu_wherever_the_desk_shows_it(desk: Client, owner: User, asked):
    services.confirm(
        request=asked,
        practitioner=Practitioner.objects.get(),
        starts_at=asked.preferred_times.first().starts_at,
        actor=owner,
    )
    for address in ("/ur/admin/", REQUESTS, f"{REQUESTS}{asked.pk}/change/"):
        assert_reads_as_urdu(desk.get(address), address)


def test_hours_and_weeks_do_not_stand_back_to_front(desk: Client):
    for page in ("practitioner", "appointment"):
        assert scrambled_on(desk.get(f"/ur/admin/consultations/{page}/")) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("prp.toml", "[treatment]\nslug = 1\n"),
        ("prp.toml", "[treatment]\nname = 'x'\nnothing = 1\nsessions = 'a few'\norder = 'x'\n"),
        ("prp.toml", "[treatment]\nname.fr = 'x'\nsessions = '3-1 sessions'\n"),
        ("prp.toml", "[treatment]\nslug = 'prp'\n[notions.x]\n[findings.x]\nsources = ['Z9']\n"),
        ("x.toml", "[findings.x]\n"),
        ("x.toml", "# nothing\n"),
        ("x.toml", "not toml"),
        ("a b.toml", "[treatment]\n"),
        ("x.pdf", ""),
        ("x.zip", "PK"),
    ],
)
def test_why_content_files_are_refused_is_urdu(desk: Client, name, text):
    upload = SimpleUploadedFile(name, text.encode() or b"%PDF")
    response = desk.post(CONTENT, {"file": upload, "_check": ""})
    assert response.status_code == 422
    assert english_on(response) == []


def test_a_refused_account_is_told_why_in_urdu(desk: Client):
    answers = {"username": "a b", "password1": "12345", "password2": "54321", "email": "ali@"}
    response = desk.post("/ur/admin/auth/user/add/", answers)
    assert response.status_code == 200
    assert english_on(response) == []
