"""Who may what: the rights of each role, as one table.

A role is a group of the same name. `migrate` gives it exactly the rights below, in every app that
the table names, so that a right that is taken away here is gone with the next update. What one
person may do beyond their roles is given to the person, and never touched here.
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The values are the names of the groups."""

    OWNER = "Owner", _("Owner")
    FRONT_DESK = "Front desk", _("Front desk")
    CLINICIAN = "Clinician", _("Clinician")
    EDITOR = "Editor", _("Editor")


EVERYTHING = "everything"

# "app.model" or, for the rest of an app, "app.*"; and the actions, as in names of permissions.
RIGHTS: dict[Role, dict[str, str]] = {
    Role.OWNER: {
        "clinic_site.*": EVERYTHING,
        "treatments.*": EVERYTHING,
        "consultations.*": EVERYTHING,
        # Nobody is deleted: what they did stays under their name.
        "auth.user": "view add change",
    },
    Role.FRONT_DESK: {
        "consultations.consultationrequest": "view add change",
        "consultations.requestevent": "view",
        "consultations.preferredtime": "view",
        "consultations.appointment": "view add change",
        "consultations.message": "view change",
        "consultations.practitioner": "view",
        "consultations.workinghours": "view",
        "consultations.absence": "view",
        "clinic_site.clinic": "view",
        "clinic_site.openinghours": "view",
        "clinic_site.closure": "view",
        # What the site said when a patient asked, opened from the request.
        "treatments.factsversion": "view",
    },
    Role.CLINICIAN: {
        "consultations.consultationrequest": "view",
        "consultations.requestevent": "view",
        "consultations.preferredtime": "view",
        "consultations.appointment": "view",
        # The hours are rows on the practitioner's page, which is saved with them.
        "consultations.practitioner": "view change",
        "consultations.workinghours": "view add change delete",
        "consultations.absence": "view add change delete",
        "treatments.*": "view change",
        "treatments.factsversion": "view",
    },
    Role.EDITOR: {
        "treatments.*": "view add change delete",
        "treatments.factsversion": "view",
    },
}

APPS = {right.split(".")[0] for rights in RIGHTS.values() for right in rights}


def is_granted(role: Role, app: str, model: str, codename: str) -> bool:
    rights = RIGHTS[role]
    actions = rights.get(f"{app}.{model}", rights.get(f"{app}.*", ""))
    return actions == EVERYTHING or codename in {f"{action}_{model}" for action in actions.split()}


def grant(sender: AppConfig, using: str, apps: Apps = installed_apps, **kwargs: Any) -> None:
    """Give the roles their rights in one app, whose permissions `migrate` has just made."""
    if sender.label not in APPS:
        return
    try:
        groups = apps.get_model("auth", "Group")._default_manager.using(using)
    except LookupError:  # `migrate` of one app alone, before there are accounts
        return
    permissions = (
        apps.get_model("auth", "Permission")
        ._default_manager.using(using)
        .filter(content_type__app_label=sender.label)
    )
    known = list(permissions.values_list("pk", "content_type__model", "codename"))
    for role in Role:
        group, _created = groups.get_or_create(name=role.value)
        due = {pk for pk, model, name in known if is_granted(role, sender.label, model, name)}
        held = set(permissions.filter(group=group).values_list("pk", flat=True))
        group.permissions.add(*due - held)
        group.permissions.remove(*held - due)
