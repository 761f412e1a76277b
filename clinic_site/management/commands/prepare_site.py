import hashlib
import inspect
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string

# Without the letters and figures that are mistaken for one another when typed off a screen.
CLEAR_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"

ACCOUNT_NOTE = """
----------------------------------------------------------
  The first staff account. This is shown only once.
    name:      admin
    password:  {password}
----------------------------------------------------------
"""


class Command(BaseCommand):
    help = (
        "Make the site ready to serve: migrate, load the content if there is none, collect the "
        "static files if they changed, and make the first staff account. Safe to run again."
    )
    # It prepares what the checks look at; `migrate` checks the database itself.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        load_first_content()
        if not settings.DEBUG:
            collect_static_files()
        if password := create_first_account():
            self.stdout.write(ACCOUNT_NOTE.format(password=password))


def load_first_content() -> None:
    # By name, because the frame knows the apps through the settings only.
    if not apps.get_model("treatments", "Treatment").objects.exists():
        call_command("load_content", verbosity=0)


def collect_static_files() -> None:
    """Collect and compress, which takes seconds, only when a file is not as it was."""
    mark = settings.STATIC_ROOT / ".collected"
    sources = _digest_of_sources()
    if not mark.exists() or mark.read_text() != sources:
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(sources)


def _digest_of_sources() -> str:
    # How the files are bundled and compressed counts as much as what is in them.
    storage_code = inspect.getfile(type(storages["staticfiles"]))
    digest = hashlib.sha256(Path(storage_code).read_bytes())
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=None):
            with storage.open(path) as file:
                digest.update(path.encode() + b"\0" + file.read())
    return digest.hexdigest()


def create_first_account() -> str | None:
    """The password of the account just made; nothing once there is any account.

    A clinic that has since removed its superusers gets none back behind its back.
    """
    users = get_user_model().objects
    if users.exists():
        return None
    password = "-".join(get_random_string(5, CLEAR_LETTERS) for _ in range(4))
    users.create_superuser("admin", password=password)
    return password
