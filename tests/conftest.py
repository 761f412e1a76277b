"""What every test stands on.

The environment is the tests' own: no variable of this machine and no .env reaches the
settings, and everything is written to a folder that goes when the tests end. DATABASE_URL
alone is kept; it decides on which database they run.

Static files are served straight from their folders, under their plain names: nothing need be
collected first, and the live server of the browser tests serves them in the same way.
Hashed and compressed files are tried by `script/bench` and by `check --deploy` in `script/test`.
"""

import gc
import os
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.dispatch import Signal
from django.template import Context, Template
from django.test import client

VAR = tempfile.TemporaryDirectory(prefix="clinic-tests-")

for name in ("ADMIN_PATH", "ALLOWED_HOSTS", "BEHIND_PROXY", "DEBUG", "EMAIL_URL", "HSTS_SECONDS",
             "MAIL_FROM", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "SITE_URL"):  # fmt: skip
    os.environ.pop(name, None)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "clinic_site.settings",
    "ENV_FILE": os.devnull,
    "VAR_DIR": VAR.name,
}
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.STATIC_ROOT.mkdir()  # WhiteNoise warns where it is missing
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if connection.vendor == "sqlite":
    # A file, as in service: threads that share one in memory would share a transaction.
    settings.DATABASES["default"]["TEST"]["NAME"] = str(Path(VAR.name) / "test.sqlite3")
# Before the conftests of the folders below, which import models.
django.setup()
# Else pytest-xdist's workers inherit it, and load the settings before this file gives them
# a folder of their own.
del os.environ["DJANGO_SETTINGS_MODULE"]

# A form of the admin makes more objects than the collector expects, and looked at again and again.
gc.set_threshold(100_000)


def _store_rendered_page(
    store: dict[str, object], signal: Signal, sender: Template, template: Template,
    context: Context, **kwargs: object,
) -> None:  # fmt: skip
    """Without the widgets: a form of the admin has 900, and the context of each would be copied."""
    if "/widgets/" not in (template.name or ""):
        _store_rendered_template(store, signal, sender, template, context, **kwargs)


_store_rendered_template = client.store_rendered_templates
client.store_rendered_templates = _store_rendered_page


def pytest_unconfigure() -> None:
    VAR.cleanup()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Every test database holds what a fresh clone holds: the real content.

    A test with real transactions (all browser tests) ends in a flush, which takes everything
    away; `post_migrate`, the flush's last act, then puts it back.
    """
    from treatments.versions import current_version  # models, once the settings are there

    with django_db_blocker.unblock():
        call_command("load_content", stdout=StringIO())
        # Else every test in which a request comes in would store the facts anew.
        current_version()
        tables = _remember_all_rows()

    def restore(**kwargs: object) -> None:
        # Only a flush takes the one clinic away; `migrate` sends the same signal.
        if not apps.get_model("clinic_site", "Clinic").objects.exists():
            _restore_rows(tables)

    last_app = apps.get_app_config("consultations")
    post_migrate.connect(restore, sender=last_app)
    yield
    post_migrate.disconnect(restore, sender=last_app)


def _remember_all_rows() -> list[str]:
    quote = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TABLE {quote('kept_' + table)} AS SELECT * FROM {quote(table)}")
    return tables


def _restore_rows(tables: list[str]) -> None:
    quote = connection.ops.quote_name
    # Foreign keys are checked when the transaction ends, so any order will do.
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {quote(table)}")
        for table in tables:
            cursor.execute(f"INSERT INTO {quote(table)} SELECT * FROM {quote('kept_' + table)}")
    apps.get_model("contenttypes", "ContentType").objects.clear_cache()


@pytest.fixture
def content(db: None) -> None:
    """The real content. It is always there; a test that rests on it asks for it by name."""
