"""What the forms of all content have in common: two languages side by side, and no false step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelectMultiple
from django.contrib.auth.models import User
from django.core.validators import RegexValidator, slug_re
from django.db import models as db
from django.db.models import ForeignObjectRel
from django.db.models.constants import LOOKUP_SEP
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import (
    TranslationAdmin,
    TranslationBaseModelAdmin,
    TranslationStackedInline,
)
from modeltranslation.translator import translator

from clinic_site.admin.deleting import NamesWhatIsDeleted
from clinic_site.forms import DATE_ERRORS
from treatments import services
from treatments.models import Source
from treatments.publishing import NotComplete
from treatments.services import Cause


class ProseWidget(AdminTextareaWidget):
    """A text of several lines, without the carriage returns that browsers put at their ends.

    The content files have none; a form that changes nothing must not look like an edit.
    """

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if value else value


class PlainSlugField(forms.SlugField):
    """A part of an address, for whoever does not know what a slug is."""

    default_validators = [
        RegexValidator(
            slug_re,
            gettext_lazy("Write only letters from a to z, figures, hyphens and underscores."),
        )
    ]


class SourcePicker(AutocompleteSelectMultiple):
    """Sources by autocomplete; all rows of a form share one reading of their names."""

    def __init__(self, *args: Any, names: "SourceNames", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        chosen = [pk for pk in value if pk in self.names.by_pk]
        options = [
            self.create_option(name, pk, self.names.by_pk[pk], True, place)
            for place, pk in enumerate(chosen)
        ]
        return [(None, options, 0)]


class SourceNames:
    """The names of all sources, read when they are first needed."""

    @cached_property
    def by_pk(self) -> dict[str, str]:
        return {str(source.pk): str(source) for source in Source.objects.all()}


class TwoLanguagesForm(ModelForm):
    """Marks every text whose Urdu is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in translator.get_options_for_model(self._meta.model).all_fields:
            english, urdu = f"{name}_en", f"{name}_ur"
            if not {english, urdu} <= self.fields.keys():
                continue
            field = self[urdu]
            if self[english].value() and not field.value():
                field.help_text = field.field.help_text = marked(_("Urdu missing"))


def marked(text: str) -> SafeString:
    """Words that an editor should not overlook."""
    return format_html('<strong class="missing">{}</strong>', text)


class SideBySide(TranslationBaseModelAdmin):
    """English and Urdu of each text in one row of the form, each in its own direction."""

    form = TwoLanguagesForm
    formfield_overrides = {
        db.TextField: {"widget": ProseWidget},
        db.URLField: {"assume_scheme": "https"},
        db.DateField: {"error_messages": DATE_ERRORS},
        db.SlugField: {"form_class": PlainSlugField},
    }

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (name, options | {"fields": self._paired(options["fields"])})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def _paired(self, fields: Iterable[Any]) -> list[Any]:
        rows: list[Any] = []
        for field in fields:
            name = field.removesuffix("_ur") if isinstance(field, str) else ""
            if rows and name != field and rows[-1] == f"{name}_en":
                rows[-1] = (rows[-1], field)
            else:
                rows.append(field)
        return rows

    def formfield_for_dbfield(
        self, db_field: db.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        language = getattr(db_field, "language", None)
        if field and language:
            name = capfirst(db_field.translated_field.verbose_name)  # type: ignore[attr-defined]
            field.label = f"{name} ({dict(settings.LANGUAGES)[language]})"
            if language != "en":
                field.help_text = ""  # said beside it, in the English column
            field.widget.attrs |= {"lang": language, "dir": "rtl" if language == "ur" else "ltr"}
        return field

    def formfield_for_manytomany(
        self, db_field: db.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.related_model is Source:
            names = request.__dict__.setdefault("source_names", SourceNames())
            kwargs["widget"] = SourcePicker(db_field, self.admin_site, names=names)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class TwoLanguagesInline(SideBySide, TranslationStackedInline):  # type: ignore[misc]
    extra = 0


class TellsOfItsAppOnly(admin.ModelAdmin):
    """An address cannot narrow the list down by what points here from another app.

    Editors know nothing of patients, whose requests point at treatments and at what was said then.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # Those without a name of their own are asked for by a plus sign.
        from_elsewhere = {
            field.name
            for field in self.opts.get_fields(include_hidden=True)
            if isinstance(field, ForeignObjectRel)
            and field.related_model._meta.app_label != self.opts.app_label
        }
        if lookup.split(LOOKUP_SEP)[0] in from_elsewhere:
            return False
        return super().lookup_allowed(lookup, value, request)


class ContentAdmin(SideBySide, NamesWhatIsDeleted, TellsOfItsAppOnly, TranslationAdmin):
    """An edit is kept in the history, and refused if a published treatment would lose by it.

    What counts is the treatment with all its rows, which are there only once they are saved:
    so it is saved, looked at, and undone if it will not do. The form then comes back as typed.
    """

    class Media:
        css = {"all": ["css/admin.css", "css/admin-facts.css"]}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        arguments = (request, object_id, form_url, extra_context)
        if request.method != "POST":
            return super().changeform_view(*arguments)
        try:
            with services.editing(actor=cast(User, request.user), cause=self.cause_of(request)):
                return super().changeform_view(*arguments)
        except NotComplete as error:
            request.refused_as_incomplete = str(error)  # type: ignore[attr-defined]
            # It would still say that the edit was saved.
            messages.get_messages(request)._queued_messages.clear()  # type: ignore[union-attr]
            return super().changeform_view(*arguments)

    def cause_of(self, request: HttpRequest) -> str:
        return Cause.EDIT

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        problem = getattr(request, "refused_as_incomplete", None)
        if problem is None:
            return form

        class Refused(form):  # type: ignore[misc, valid-type]
            def clean(self) -> dict[str, Any]:
                self.add_error(None, problem)
                return super().clean()

        return Refused

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._or_explain(request, super().delete_view, object_id, extra_context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._or_explain(request, super().changelist_view, extra_context)

    def _or_explain(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *arguments: Any
    ) -> HttpResponse:
        if request.method != "POST":
            return view(request, *arguments)
        try:
            with services.editing(actor=cast(User, request.user), cause=Cause.EDIT):
                return view(request, *arguments)
        except NotComplete as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())
