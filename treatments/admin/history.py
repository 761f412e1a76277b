"""Who changed what in a treatment, and the way back to an earlier version of it."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from treatments import history, services
from treatments.admin.content import may_import
from treatments.content_files import ContentError
from treatments.models import Treatment, TreatmentVersion
from treatments.publishing import NotComplete

_A_PAGE = 10


class HistoryViews(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("deleted/", guarded(self.deleted_view), name="treatments_deleted"),
            path("version/<int:pk>/", guarded(self.version_view), name="treatments_version"),
            *super().get_urls(),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        treatment = self.get_object(request, unquote(object_id))
        if treatment is None:
            raise Http404
        if not self.has_view_or_change_permission(request, treatment):
            raise PermissionDenied
        pages = Paginator(treatment.versions.select_related("made_by"), _A_PAGE)
        page = pages.get_page(request.GET.get("p"))
        # One more, so that the last on the page has something to be compared with.
        upto = list(pages.object_list[page.start_index() - 1 : page.end_index() + 1])
        context = self._context(request, treatment, _("History of “%(treatment)s”")) | {
            "page": page,
            "may_return": may_import(request.user),
            "versions": [
                (version, history.changes(before, version))
                for version, before in zip(upto, [*upto[1:], None], strict=True)
            ][:_A_PAGE],
        }
        return TemplateResponse(
            request,
            "admin/treatments/treatment/object_history.html",
            context | (extra_context or {}),
        )

    def version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a return to a version would change now; a POST does it.

        Like an import, it adds and removes rows of every kind.
        """
        if not may_import(request.user):
            raise PermissionDenied
        version = get_object_or_404(TreatmentVersion.objects.select_related("made_by"), pk=pk)
        treatment = version.treatment
        problem = ""
        if request.method == "POST":
            try:
                treatment = services.return_to(version=version, actor=cast(User, request.user))
            except (NotComplete, ContentError) as error:
                problem = str(error)
            else:
                said = _("“%(treatment)s” is again what it was.") % {"treatment": treatment}
                self.message_user(request, said, messages.SUCCESS)
                return redirect("admin:treatments_treatment_change", treatment.pk)
        now = treatment and treatment.versions.first()
        context = self._context(request, treatment, _("Return to an earlier version")) | {
            "version": version,
            "changes": history.changes(now, version) if now else [],
            "problem": problem,
        }
        return TemplateResponse(
            request,
            "admin/treatments/treatment/version.html",
            context,
            status=422 if problem else 200,
        )

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = self._context(request, None, _("Deleted treatments"))
        return TemplateResponse(
            request,
            "admin/treatments/treatment/deleted.html",
            context | {"versions": TreatmentVersion.objects.last_of_deleted()},
        )

    def _context(
        self, request: HttpRequest, treatment: Treatment | None, title: str
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": treatment,
            "title": title % {"treatment": treatment},
            "media": self.media,
        }
