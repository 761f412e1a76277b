from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ClinicSiteConfig(AppConfig):
    default = True
    name = "clinic_site"
    verbose_name = _("Clinic")

    def ready(self) -> None:
        from clinic_site import checks, roles, sessions  # noqa: F401  registers the deploy check

        post_migrate.connect(roles.grant)
        user_logged_in.connect(sessions.begin)


class ClinicAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our own site for the staff."""

    default = False
    default_site = "clinic_site.admin_site.ClinicAdminSite"
