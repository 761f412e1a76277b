"""The staff's part of the site as a whole: its front page, and who is let in."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from clinic_site import desk, second_factor, second_factor_views, sessions
from clinic_site.audit import record
from clinic_site.forms import SignInForm
from clinic_site.models import AccessRecord

View = Callable[..., Any]


class ClinicAdminSite(AdminSite):
    """`django.contrib.admin.site`; its `index` is the desk."""

    site_header = _("The clinic's desk")
    site_title = _("The clinic's desk")
    index_title = _("What would you like to do?")
    login_form = SignInForm
    # The desk leads everywhere, and the lists need the room.
    enable_nav_sidebar = False

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {"panels": desk.panels(request), **(extra_context or {})})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        views = second_factor_views
        own = [
            path(
                "r/<path:content_type_id>/<path:object_id>/",
                self.admin_view(self.view_on_site),
                name="view_on_site",
            ),
            # Not only for who is let in: it is also the way out for who has no code.
            path("logout/", self.logout, name="logout"),
            path("second-factor/", self.admin_view(views.overview), name="second_factor"),
            path("second-factor/ask/", self.half_open(views.ask), name="second_factor_ask"),
            path(
                "second-factor/set-up/",
                self.half_open(views.set_up),
                name="second_factor_set_up",
            ),
            path(
                "second-factor/codes/",
                self.admin_view(views.recovery_codes),
                name="second_factor_codes",
            ),
            path(
                "second-factor/remove/",
                self.admin_view(views.remove),
                name="second_factor_remove",
            ),
        ]
        return [*own, *super().get_urls()]

    # ---- who is let in

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not second_factor.is_awaited(request)

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        guarded = super().admin_view(view, cacheable)

        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _end_what_is_over(request)
            if request.method == "POST" and not self.has_permission(request):
                return redirect_to_login(_address_to_return_to(request), reverse("admin:login"))
            return guarded(request, *args, **kwargs)

        return update_wrapper(page, guarded)

    def half_open(self, view: View) -> View:
        """For who has given their password, and owes no more than the second factor."""

        @never_cache
        def page(request: HttpRequest) -> HttpResponseBase:
            _end_what_is_over(request)
            if not AdminSite.has_permission(self, request):
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            return view(request)

        return page

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's page for the password; then on to the second factor, where one is due."""
        has_given_password = AdminSite.has_permission(self, request)
        if request.method == "GET" and has_given_password and second_factor.is_awaited(request):
            query = urlencode({"next": request.GET.get("next", "")})
            return redirect(f"{reverse('admin:second_factor_ask')}?{query}")
        response = super().login(request, extra_context)
        if (
            request.method == "POST"
            and response.status_code == 302
            and self.has_permission(request)
        ):
            user = cast(User, request.user)
            record(
                by=user, action=AccessRecord.Action.SIGNED_IN, thing=user, reference=user.username
            )
        return response

    # ---- pages

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


def _address_to_return_to(request: HttpRequest) -> str:
    """The page on which a button was pressed: what it leads to may not be opened by its address."""
    referer = request.headers.get("referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        page = urlsplit(referer)
        if page.path.startswith(reverse("admin:index")):
            return page._replace(scheme="", netloc="", fragment="").geturl()
    return request.get_full_path()


def _end_what_is_over(request: HttpRequest) -> None:
    if request.user.is_authenticated and sessions.is_over(request):
        logout(request)
        messages.info(
            request, gettext("You were signed out, because you were away or it has been a day.")
        )
