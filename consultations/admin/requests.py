"""Where staff see who waits, and note what they did about it."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic_site.templatetags.clinic import phone as tappable
from consultations import phones, services
from consultations.models import (
    ConsultationRequest,
    ConsultationRequestQuerySet,
    RequestEvent,
    State,
)
from consultations.services import WrongMove


class MoveForm(forms.ModelForm):
    """What staff may change in a request: where it stands, with a note why."""

    move_to = forms.ChoiceField(
        label=_("What happened?"),
        required=False,
        error_messages={
            "invalid_choice": _(
                "That cannot follow on what the request is now. Perhaps a colleague was faster: "
                "look at what has happened, below."
            )
        },
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "For your colleagues: who said what, when to try again. Patients do not see it."
        ),
    )

    class Meta:
        model = ConsultationRequest
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moves = [
            (move.value, move.label)
            for move in self.instance.allowed_moves
            if move != State.CONFIRMED
        ]
        self.fields["move_to"].choices = [("", _("Nothing yet")), *moves]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("note") and not cleaned.get("move_to") and "move_to" not in self.errors:
            raise ValidationError({"move_to": _("Choose what happened, so that the note is kept.")})
        return cleaned


class EventInline(admin.TabularInline):
    """The history of a request, as it was noted."""

    model = RequestEvent
    fields = ["at", "what", "actor", "note", "for_patient"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestEvent]:
        return super().get_queryset(request).select_related("actor")


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(admin.ModelAdmin):
    form = MoveForm
    inlines = [EventInline]
    actions = ["mark_contacted"]
    ordering = ["-created_at", "-pk"]
    list_display = [
        "reference",
        "state",
        "name",
        "phone_to_tap",
        "contact_by",
        "treatment_asked_for",
        "waiting",
        "marks",
        "created_at",
    ]
    list_filter = ["state", "treatment", "created_at"]
    search_fields = ["reference", "name", "email"]
    search_help_text = _(
        "A name, a reference, an e-mail address, or a phone number in any spelling"
    )
    show_full_result_count = False
    view_on_site = False  # the patient's own page, which only the patient should keep open
    fieldsets = [
        (None, {"fields": ["reference", "state", "waiting", "move_to", "note"]}),
        (
            _("How to reach the patient"),
            {"fields": ["name", "phone_to_tap", "contact_by", "email", "language"]},
        ),
        (
            _("Medical points"),
            {"fields": ["red_flags_ticked", "precautions_ticked"]},
        ),
        (
            _("What it is about"),
            {
                "fields": [
                    "treatment_asked_for",
                    "pattern",
                    "since_when",
                    "tried_before",
                    "message",
                ]
            },
        ),
        (
            _("What matters to the patient"),
            {"fields": ["answers_brought", "questions_brought"]},
        ),
        (
            _("When it suits"),
            {"fields": ["earliest_date", "days_that_suit", "part_of_day"]},
        ),
        (
            _("How it came in"),
            {
                "classes": ["collapse"],
                "fields": [
                    "created_at",
                    "source_page",
                    "facts_seen",
                    "privacy_version",
                    "consented_at",
                ],
            },
        ),
    ]
    readonly_fields = [
        name for name in flatten_fieldsets(fieldsets) if name not in MoveForm.declared_fields
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: ConsultationRequest | None = None
    ) -> bool:
        # Erasing a person on request is a decision, not housekeeping.
        return request.user.is_active and request.user.is_superuser

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        if digits := phones.search_digits(search_term):
            found |= cast(ConsultationRequestQuerySet, queryset).with_phone_like(digits)
        return found, has_duplicates

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().change_view(request, *args, **kwargs)
        except WrongMove as problem:
            # A colleague moved it between the form's check and the write.
            self.message_user(request, str(problem), messages.ERROR)
            return redirect(request.path)

    def save_model(
        self, request: HttpRequest, obj: ConsultationRequest, form: ModelForm, change: bool
    ) -> None:
        to, note = form.cleaned_data["move_to"], form.cleaned_data["note"]
        actor = cast(User, request.user)
        if to == State.CONTACTED:
            services.note_contact(request=obj, actor=actor, note=note)
        elif to == State.DECLINED:
            services.decline(request=obj, actor=actor, reason="", note=note)
        elif to == State.WITHDRAWN:
            services.withdraw(request=obj, actor=actor, reason=note)
        elif to == State.ATTENDED:
            services.mark_attended(request=obj, actor=actor, note=note)
        elif to == State.NO_SHOW:
            services.mark_no_show(request=obj, actor=actor, note=note)

    @admin.action(description=_("Mark as contacted"), permissions=["change"])
    def mark_contacted(self, request: HttpRequest, queryset: QuerySet[ConsultationRequest]) -> None:
        moved = 0
        for consultation in queryset:
            try:
                services.note_contact(request=consultation, actor=cast(User, request.user))
                moved += 1
            except WrongMove as problem:
                self.message_user(request, f"{consultation}: {problem}", messages.WARNING)
        if moved:
            done = ngettext("%d request marked.", "%d requests marked.", moved) % moved
            self.message_user(request, done, messages.SUCCESS)

    @admin.display(description=_("phone"), ordering="phone")
    def phone_to_tap(self, consultation: ConsultationRequest) -> SafeString:
        return tappable(consultation.phone)

    @admin.display(description=_("treatment"), ordering="treatment_name")
    def treatment_asked_for(self, consultation: ConsultationRequest) -> str:
        return consultation.treatment_name or str(_("Not sure yet"))

    @admin.display(description=_("waiting for"), ordering="created_at", empty_value="–")
    def waiting(self, consultation: ConsultationRequest) -> str | None:
        return timesince(consultation.created_at) if consultation.is_awaiting_reply else None

    @admin.display(description=_("watch out"), empty_value="–")
    def marks(self, consultation: ConsultationRequest) -> SafeString | None:
        marks = [
            (_("red flags"), len(consultation.red_flags)),
            (_("precautions"), len(consultation.precautions)),
        ]
        return (
            format_html_join(", ", "<strong>{}: {}</strong>", (mark for mark in marks if mark[1]))
            or None
        )

    @admin.display(description=_("red flags: see a doctor first"))
    def red_flags_ticked(self, consultation: ConsultationRequest) -> SafeString | str:
        return _as_list(consultation.red_flags)

    @admin.display(description=_("precautions"))
    def precautions_ticked(self, consultation: ConsultationRequest) -> SafeString | str:
        return _as_list(consultation.precautions)

    @admin.display(description=_("answers"))
    def answers_brought(self, consultation: ConsultationRequest) -> SafeString | str:
        answers = consultation.decision.get("answers", [])
        return format_html_join("", "<p>{} <strong>{}</strong></p>", answers) or str(_("None"))

    @admin.display(description=_("questions to answer"))
    def questions_brought(self, consultation: ConsultationRequest) -> SafeString | str:
        questions = consultation.decision.get("questions", [])
        return _as_list([{"name": question} for question in questions])

    @admin.display(description=_("what the site said then"))
    def facts_seen(self, consultation: ConsultationRequest) -> SafeString | str:
        version = consultation.facts_version
        if version is None:
            return str(_("Not kept"))
        address = reverse("admin:treatments_factsversion_change", args=[version.pk])
        shown = date_format(timezone.localtime(version.made_at), "DATETIME_FORMAT")
        return format_html('<a href="{}">{}</a>', address, shown)

    @admin.display(description=_("days that suit"))
    def days_that_suit(self, consultation: ConsultationRequest) -> str:
        return ", ".join(map(str, consultation.preferred_day_names)) or str(_("Any"))


def _as_list(ticked: list[dict[str, str]]) -> SafeString | str:
    if not ticked:
        return str(_("None"))
    names = format_html_join("", "<li>{}</li>", ((item["name"],) for item in ticked))
    return format_html("<ul>{}</ul>", names)
