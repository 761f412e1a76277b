"""The staff's part of the site as a whole: its front page, and who is let in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from clinic_site import desk


class ClinicAdminSite(AdminSite):
    """`django.contrib.admin.site`; its `index` is the desk."""

    site_header = _("The clinic's desk")
    site_title = _("The clinic's desk")
    index_title = _("What would you like to do?")
    # The desk leads everywhere, and the lists need the room.
    enable_nav_sidebar = False

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {"panels": desk.panels(request), **(extra_context or {})})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path(
                "r/<path:content_type_id>/<path:object_id>/",
                self.admin_view(self.view_on_site),
                name="view_on_site",
            ),
        ]
        return [*own, *super().get_urls()]

    def view_on_site(
        self, request: HttpRequest, content_type_id: str, object_id: str
    ) -> HttpResponseBase:
        """Django's shortcut to a thing's page, for what the person may see and staff may open.

        Left to itself it would lead anyone who is signed in to any patient's page.
        """
        try:
            model = ContentType.objects.get_for_id(int(content_type_id)).model_class()
        except (ObjectDoesNotExist, ValueError) as error:
            raise Http404 from error
        admin = self._registry.get(model) if model else None
        if not (admin and admin.view_on_site and admin.has_view_permission(request)):
            raise PermissionDenied
        return shortcut(request, content_type_id, object_id)
