import pytest
import time_machine
from django.contrib.auth.models import User

from consultations.models import Practitioner
from tests.consultations.services.moves import NOW


@pytest.fixture
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create_user("clerk", is_staff=True)


@pytest.fixture
def practitioner(db: None) -> Practitioner:
    return Practitioner.objects.get()
