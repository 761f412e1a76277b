"""All content as files: taken along, and brought back."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from treatments import services
from treatments.content_archive import pack, unpack
from treatments.content_export import StoredContent
from treatments.content_files import SECTIONS, ContentError


class ContentFilesForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Content files"),
        help_text=gettext_lazy("A .zip as it was exported, or a single .toml file."),
        widget=forms.FileInput(attrs={"accept": ".zip,.toml"}),
    )


class ContentFilesViews(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("content/", guarded(self.content_view), name="treatments_content"),
            path("content/export/", guarded(self.export_view), name="treatments_export"),
            *super().get_urls(),
        ]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        if not may_export(request.user):
            raise PermissionDenied
        name = f"content-{timezone.localdate():%Y-%m-%d}.zip"
        return HttpResponse(
            pack(StoredContent().files()),
            content_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def content_view(self, request: HttpRequest) -> HttpResponse:
        """The way out and in. Files are only checked, or imported: whole or not at all."""
        importing = request.method == "POST"
        if not (may_import if importing else may_export)(request.user):
            raise PermissionDenied
        form = ContentFilesForm(request.POST, request.FILES) if importing else ContentFilesForm()
        context = self._content_context(request, form)
        if form.is_bound:
            context |= self._import(form, request)
        return TemplateResponse(
            request,
            "admin/treatments/treatment/content.html",
            context,
            status=422 if form.errors or context.get("problems") else 200,
        )

    def _import(self, form: ContentFilesForm, request: HttpRequest) -> dict[str, Any]:
        if not form.is_valid():
            return {}
        upload: UploadedFile = form.cleaned_data["file"]
        dry_run = "_check" in request.POST
        try:
            report = services.import_content(
                files=unpack(upload.name or "", upload.read()),
                actor=cast(User, request.user),
                dry_run=dry_run,
            )
        except ContentError as error:
            return {"problems": error.problems}
        return {"report": report, "dry_run": dry_run}

    def _content_context(self, request: HttpRequest, form: ContentFilesForm) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Content as files"),
            "form": form,
            "may_import": may_import(request.user),
            "media": self.media,
        }


def may_export(user: Any) -> bool:
    """Who may see every kind of content may take it along."""
    return user.has_perms([f"treatments.view_{_name(section)}" for section in SECTIONS])


def may_import(user: Any) -> bool:
    """An import adds, changes and removes entries of every kind."""
    return user.has_perms(
        f"treatments.{what}_{_name(section)}"
        for what in ("add", "change", "delete")
        for section in SECTIONS
    )


def _name(section: str) -> str:
    return SECTIONS[section]._meta.model_name or ""
