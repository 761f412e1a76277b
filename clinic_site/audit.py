"""The record of who looked at, changed, took along or erased what concerns a person."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from clinic_site.models import AccessRecord


def record(
    *,
    by: User | AnonymousUser | None,
    action: AccessRecord.Action,
    thing: Model,
    reference: str,
) -> AccessRecord:
    """Note that somebody did something with `thing`; `by=None` for the site itself.

    `reference` is what the thing is found by later, such as HC-7K2MB or a user name: it outlives
    the thing, so no patient's name and nothing of anyone's health belongs in it. Call it within
    the transaction of what it is about.
    """
    actor = by if isinstance(by, User) else None
    return AccessRecord.objects.create(
        actor=actor,
        actor_name=actor.get_username() if actor else "",
        action=action,
        content_type=ContentType.objects.get_for_model(thing),
        object_id=str(thing.pk),
        reference=reference,
    )


def forget(things: Sequence[Model]) -> None:
    """Take the references out of what is on record about these `things`, which are being erased.

    Who did what, and when, stays; what it was done to, nobody can tell any more.
    """
    AccessRecord.objects.filter(
        content_type=ContentType.objects.get_for_model(things[0]),
        object_id__in=[str(thing.pk) for thing in things],
    ).update(reference="")
