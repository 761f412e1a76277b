from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client


@pytest.fixture
def clerk(db: None) -> User:
    """Staff who may see and change requests, and nothing else."""
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="consultations", codename__regex="^(view|change|add|delete)_"
        )
    )
    return clerk


@pytest.fixture
def desk(clerk: User) -> Client:
    desk = Client()
    desk.force_login(clerk)
    return desk


@pytest.fixture
def tomorrow():
    """Ten in the morning at the clinic, on a Wednesday; it is Tuesday at eleven."""
    with time_machine.travel(datetime(2026, 11, 24, 6, tzinfo=UTC), tick=False):
        yield datetime(2026, 11, 25, 5, tzinfo=UTC)
