import pytest
import time_machine
from django.contrib.auth.models import User

from consultations.models import ConsultationRequest, Practitioner
from consultations.services import confirm
from tests.consultations.factories import make_request
from tests.consultations.patients_page.pages import NOW, START, fresh


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(db: None) -> User:
    return User.objects.create_user("desk")


@pytest.fixture
def practitioner(db: None) -> Practitioner:
    practitioner = Practitioner.objects.first()
    assert practitioner
    practitioner.name_en, practitioner.title_en = "Dr Sample", "Consultant dermatologist"
    practitioner.registration_number = "SAMPLE-1"
    practitioner.save()
    return practitioner


@pytest.fixture
def confirmed(desk: User, practitioner: Practitioner) -> ConsultationRequest:
    request = make_request(email="ayesha@example.com")
    confirm(request=request, practitioner=practitioner, starts_at=START, actor=desk)
    return fresh(request)
