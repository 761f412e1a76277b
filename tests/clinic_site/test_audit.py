"""Who looked at what: written once, read by the owner, never changed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import timezone

from clinic_site.audit import record
from clinic_site.models import AccessRecord, Clinic
from clinic_site.roles import Role
from tests.pages import words_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.usefixtures("content")

LIST = "/admin/clinic_site/accessrecord/"
Action = AccessRecord.Action


def note(by: User | None = None, reference: str = "HC-7K2MB") -> AccessRecord:
    return record(by=by, action=Action.VIEWED, thing=Clinic.objects.current(), reference=reference)


@pytest.fixture
def owner(db: None) -> Client:
    return signed_in(make_staff(Role.OWNER))


def test_a_record_says_who_did_what_with_which_thing(owner: Client):
    note(by=make_staff(Role.FRONT_DESK, name="nadia"))

    kept = AccessRecord.objects.get()
    assert (kept.actor_name, kept.action, kept.object_id) == ("nadia", "viewed", "1")
    assert kept.content_type.model_class() is Clinic
    words = words_of(owner.get(LIST))
    for word in ("nadia", "Looked at", "HC-7K2MB"):
        assert word in words


def test_the_name_outlives_the_account(owner: Client):
    nadia = make_staff(name="nadia")
    note(by=nadia)
    nadia.delete()
    assert AccessRecord.objects.get().actor is None
    assert "nadia" in words_of(owner.get(LIST))


@pytest.mark.parametrize("by", [None, AnonymousUser()])
def test_what_the_site_itself_does_is_told_as_such(owner: Client, by):
    note(by=by)
    assert "the site itself" in words_of(owner.get(LIST))


def test_the_records_of_one_person_are_found_by_the_reference(owner: Client):
    note(reference="HC-7K2MB")
    note(reference="HC-99999")
    words = words_of(owner.get(LIST, {"q": "hc-7k2mb"}))
    assert "HC-7K2MB" in words
    assert "HC-99999" not in words


@pytest.mark.parametrize("page", ["add/", "{}/change/", "{}/delete/"])
def test_nobody_adds_changes_or_deletes_one(admin_client: Client, page):
    address = LIST + page.format(note().pk)
    assert admin_client.post(address, {"post": "yes", "reference": "x"}).status_code == 403
    assert AccessRecord.objects.get().reference == "HC-7K2MB"


def test_no_action_deletes_them_either(admin_client: Client):
    kept = note()
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": [kept.pk],
                             "post": "yes"})  # fmt: skip
    assert AccessRecord.objects.exists()


def test_records_are_kept_for_three_years():
    now = timezone.now()
    old, young = note(reference="old"), note(reference="young")
    AccessRecord.objects.filter(pk=old.pk).update(at=now - timedelta(days=3 * 365 + 1))
    AccessRecord.objects.filter(pk=young.pk).update(at=now - timedelta(days=3 * 365 - 1))
    assert [kept.reference for kept in AccessRecord.objects.expired()] == ["old"]
