"""The requests as the desk works through them: a list made for phone calls, and the page of one."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from clinic_site import audit
from clinic_site.admin.paging import FromTheNearerEnd
from clinic_site.models import AccessRecord, Clinic
from clinic_site.templatetags.clinic import phone as tappable
from consultations import search, services
from consultations.admin import figures, person
from consultations.admin.confirming import ConfirmForm
from consultations.admin.entry import EntryForm, tell_of_others
from consultations.admin.filters import AskedAbout, HowItCame, SeenBy, Waiting
from consultations.admin.move_forms import MoveForm, NoteForm
from consultations.admin.moves import MOVES, WHAT_HAPPENED, forms_by_part, part_of
from consultations.admin.telling import told, whatsapp
from consultations.models import (
    Appointment,
    ConsultationRequest,
    ConsultationRequestQuerySet,
)
from consultations.services import WrongMove
from consultations.settling import retry, settle_by_hand, settle_undelivered

_PAGE = "admin:consultations_consultationrequest_change"
SETTLING = {"done": settle_by_hand, "settled": settle_undelivered, "again": retry}


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(admin.ModelAdmin):
    actions = ["mark_contacted"]
    ordering = ["-created_at", "-pk"]
    # On a phone the first two are in sight.
    list_display = [
        "name",
        "phone_to_tap",
        "state",
        "waiting",
        "marks",
        "times",
        "treatment_asked_for",
        "contact_by",
        "reference",
    ]
    list_filter = [
        Waiting,
        "state",
        ("treatment", AskedAbout),
        SeenBy,
        ("came_by", HowItCame),
        "created_at",
    ]
    search_fields = ["reference", "name", "email"]
    search_help_text = _(
        "A name, a reference, an e-mail address, or a phone number in any spelling"
    )
    show_full_result_count = False
    list_per_page = 50
    paginator = FromTheNearerEnd
    view_on_site = False  # the patient's own page, which only the patient should keep open

    class Media:
        css = {"all": ["css/desk.css", "css/request.css"]}

    # ---- the list

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # An address could guess a patient's key, letter by letter.
        if lookup.startswith(("token", "submission_key")):
            return False
        return super().lookup_allowed(lookup, value, request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": gettext("Consultation requests")})

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsultationRequest]:
        # With those cancelled: the newest is what counts, and may be one of them.
        appointments = Appointment.objects.select_related("practitioner")
        clinic = Clinic.objects.filter(pk=1)
        return (
            super()
            .get_queryset(request)
            .annotate(
                clinic_en=Subquery(clinic.values("name_en")),
                clinic_ur=Coalesce(
                    Subquery(clinic.values("name_ur")), "clinic_en", output_field=CharField()
                ),
            )
            .select_related("treatment")
            .prefetch_related("preferred_times", Prefetch("appointments", queryset=appointments))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search.matching(cast(ConsultationRequestQuerySet, queryset), search_term), False

    @admin.action(description=_("Mark as contacted"), permissions=["change"])
    def mark_contacted(self, request: HttpRequest, queryset: QuerySet[ConsultationRequest]) -> None:
        moved = 0
        for consultation in queryset:
            try:
                if not consultation.is_live:
                    raise WrongMove(gettext("This one has ended. Open it to take it up again."))
                with transaction.atomic():
                    services.note_contact(request=consultation, actor=cast(User, request.user))
                    self._record(request, consultation, AccessRecord.Action.CHANGED)
                moved += 1
            except WrongMove as problem:
                self.message_user(request, f"{consultation}: {problem}", messages.WARNING)
        if moved:
            done = ngettext("%d request marked.", "%d requests marked.", moved) % moved
            self.message_user(request, done, messages.SUCCESS)

    @admin.display(description=_("phone"), ordering="phone")
    def phone_to_tap(self, consultation: ConsultationRequest) -> SafeString:
        # Annotated below: asked for anew it would be a query a row.
        clinic_name = getattr(consultation, f"clinic_{consultation.language}")
        return format_html(
            "{} {}", tappable(consultation.phone), whatsapp(consultation, clinic_name)
        )

    @admin.display(description=_("treatment"), ordering="treatment_name")
    def treatment_asked_for(self, consultation: ConsultationRequest) -> str:
        return consultation.treatment_in_short or str(_("Not sure yet"))

    @admin.display(description=_("time"), empty_value="–")
    def times(self, consultation: ConsultationRequest) -> SafeString | None:
        if appointment := consultation.standing_appointment:
            return format_html("<strong>{}</strong>", short_time(appointment.starts_at))
        if not consultation.is_live:
            return None
        wishes = ((short_time(wish.starts_at),) for wish in consultation.preferred_times.all())
        return format_html_join(SafeString("<br>"), "{}", wishes) or None

    @admin.display(description=_("waiting for"), ordering="created_at", empty_value="–")
    def waiting(self, consultation: ConsultationRequest) -> str | None:
        if not consultation.is_awaiting_reply:
            return None
        return timesince(consultation.created_at, depth=1)

    @admin.display(description=_("watch out"), empty_value="–")
    def marks(self, consultation: ConsultationRequest) -> SafeString | None:
        marks = [
            (_("red flags"), len(consultation.red_flags)),
            (_("precautions"), len(consultation.precautions)),
        ]
        return (
            format_html_join(
                pgettext("between items", ", "),
                "<strong>{}: {}</strong>",
                (mark for mark in marks if mark[1]),
            )
            or None
        )

    # ---- the page of one

    def get_urls(self) -> list[URLPattern]:
        name = "consultations_consultationrequest_move"
        view = self.admin_site.admin_view(self.move_view)
        return [
            path("<int:pk>/move/<slug:move>/", view, name=name),
            *figures.urls(self.admin_site.admin_view),
            path(
                "<int:pk>/times/",
                self.admin_site.admin_view(self.times_view),
                name="consultations_consultationrequest_times",
            ),
            path(
                "<int:pk>/message/<int:message>/<slug:act>/",
                self.admin_site.admin_view(self.message_view),
                name="consultations_consultationrequest_message",
            ),
            *person.urls(self.admin_site.admin_view),
            *super().get_urls(),
        ]

    def has_delete_permission(
        self, request: HttpRequest, obj: ConsultationRequest | None = None
    ) -> bool:
        # Erasing a person is a decision with a page of its own, not housekeeping.
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Somebody phones or stands at the desk: their request, written down for them."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EntryForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            received = services.receive_request(
                answers=form.answers,
                preferred_times=form.cleaned_data["preferred_times"],
                sender=f"{request.user.pk} {request.META.get('CSRF_COOKIE')}",
                language=form.cleaned_data["language"],
                came_by=form.cleaned_data["came_by"],
                entered_by=cast(User, request.user),
            )
            self.message_user(request, gettext("The request is kept."), messages.SUCCESS)
            tell_of_others(request, received)
            return redirect(_PAGE, received.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Write down a request"),
            "opts": self.opts,
            "media": self.media,
            "form": form,
        }
        template = "admin/consultations/consultationrequest/entry.html"
        return TemplateResponse(request, template, context, status=422 if form.errors else 200)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self._page(request, self._found(request, object_id))

    def move_view(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        """One button of the page was pressed."""
        if request.method != "POST":
            return redirect(_PAGE, pk)  # which whoever signs in anew after a refusal comes from
        consultation = self._found(request, pk)
        if move not in MOVES:
            raise Http404
        if not self.has_change_permission(request, consultation):
            raise PermissionDenied
        make_form = partial(MOVES[move].form, request.POST, auto_id=f"id_{part_of(move)}_%s")
        form = make_form(consultation=consultation)
        if not form.is_valid():
            return self._page(request, consultation, {move: form}, status=422)
        try:
            with transaction.atomic():
                done = MOVES[move].perform(form, cast(User, request.user))
                self._record(request, consultation, AccessRecord.Action.CHANGED)
        except WrongMove as problem:
            if self.get_object(request, str(pk)) is None:
                self.message_user(request, str(problem), messages.ERROR)
                return redirect("admin:consultations_consultationrequest_changelist")
            consultation = self._found(request, pk)
            form = make_form(consultation=consultation)  # with the times that are free now
            form.add_error(None, str(problem))
            return self._page(request, consultation, {move: form}, status=409)
        self.message_user(request, done, messages.SUCCESS)
        return redirect(_PAGE, pk)

    def times_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The free times of another day, put into a page on which something may be typed already.

        That page is on record, and was the look at the patient.
        """
        consultation = self._found(request, pk)
        if not self.has_change_permission(request, consultation):
            raise PermissionDenied
        form = ConfirmForm(
            consultation=consultation,
            initial={"day": request.GET.get("day")},
            auto_id="id_confirm_%s",
        )
        template = "admin/consultations/consultationrequest/_times.html"
        return TemplateResponse(request, template, {"form": form, "consultation": consultation})

    def message_view(self, request: HttpRequest, pk: int, message: int, act: str) -> HttpResponse:
        """What staff did about one of the messages: said it, settled it, sent it again."""
        if request.method != "POST":
            return redirect(_PAGE, pk)
        consultation = self._found(request, pk)
        if act not in SETTLING:
            raise Http404
        if not self.has_change_permission(request, consultation):
            raise PermissionDenied
        found = get_object_or_404(consultation.messages, pk=message)
        actor = cast(User, request.user)
        # Typed elsewhere on the page, where this button would have lost it.
        typed = request.POST if request.POST.get("note") else None
        note = NoteForm(typed, consultation=consultation, auto_id="id_happened_%s")
        if note.errors:
            return self._page(request, consultation, {"note": note}, status=422)
        try:
            if note.is_bound:
                with transaction.atomic():
                    services.add_note(request=consultation, actor=actor, **note.arguments)
                    self._record(request, consultation, AccessRecord.Action.CHANGED)
            SETTLING[act](message=found, actor=actor)
        except WrongMove as problem:
            self.message_user(request, str(problem), messages.ERROR)
        else:
            self.message_user(request, gettext("Noted."), messages.SUCCESS)
        return redirect(_PAGE, pk)

    def _record(
        self, request: HttpRequest, consultation: ConsultationRequest, action: AccessRecord.Action
    ) -> None:
        audit.record(
            by=request.user, action=action, thing=consultation, reference=consultation.reference
        )

    def _found(self, request: HttpRequest, pk: int | str) -> ConsultationRequest:
        consultation = self.get_object(request, str(pk))
        if consultation is None:
            raise Http404
        if not self.has_view_or_change_permission(request, consultation):
            raise PermissionDenied
        return cast(ConsultationRequest, consultation)

    def _page(
        self,
        request: HttpRequest,
        consultation: ConsultationRequest,
        refused: Mapping[str, MoveForm] = MappingProxyType({}),
        *,
        status: int = 200,
    ) -> HttpResponse:
        """Everything that was said and has happened, with a button for each move allowed now."""
        self._record(request, consultation, AccessRecord.Action.VIEWED)
        events = list(consultation.events.select_related("actor").prefetch_related("messages"))
        seen = events[-1].pk if events else None
        possible: dict[str, Any] = {}
        if self.has_change_permission(request, consultation):
            possible = {
                name: move for name, move in MOVES.items() if move.is_possible(consultation)
            }
        forms = forms_by_part(
            possible,
            refused,
            consultation=consultation,
            initial={"seen": seen, "day": request.GET.get("day")},
        )
        refused_form = next(iter(refused.values()), None)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{consultation.name} · {consultation.reference}",
            "opts": self.opts,
            "media": self.media,
            "consultation": consultation,
            "events": events[::-1],
            "moves": possible,
            "what_happened": [(name, possible[name]) for name in WHAT_HAPPENED if name in possible],
            "quiet_moves": [
                (name, possible[name], forms[name])
                for name in ("cancel", "correct", "send-link", "decline", "withdraw")
                if name in possible
            ],
            "forms": forms,
            "refused": refused_form,
            "is_below": refused_form in forms.values(),
            **told(consultation, may_tell=bool(possible)),
            "whatsapp": whatsapp(
                consultation, getattr(consultation, f"clinic_{consultation.language}")
            ),
        }
        template = "admin/consultations/consultationrequest/page.html"
        return TemplateResponse(request, template, context, status=status)


def short_time(moment: datetime) -> str:
    """For a column: the day of the week counts, the year goes without saying."""
    return date_format(timezone.localtime(moment), "SHORT_DAY_AND_TIME_FORMAT")
