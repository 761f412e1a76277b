"""By what the desk narrows its list of requests down."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Appointment, ConsultationRequestQuerySet, Message, Practitioner


class Waiting(admin.SimpleListFilter):
    """Whose turn it is."""

    title = _("what is open")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("new", _("Nobody has answered yet")),
            ("live", _("Not settled yet")),
            ("flagged", _("Not settled, with red flags")),
            ("tell", _("Something must be told by hand")),
            ("undelivered", _("A mail did not arrive")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        requests = cast(ConsultationRequestQuerySet, queryset)
        match self.value():
            case "new":
                return requests.awaiting_reply()
            case "live":
                return requests.live()
            case "flagged":
                return requests.live().exclude(red_flags=[])
            case "tell":
                return requests.filter(pk__in=Message.objects.by_hand().values("request"))
            case "undelivered":
                return requests.filter(pk__in=Message.objects.undelivered().values("request"))
        return queryset


class AskedAbout(admin.RelatedFieldListFilter):
    """The treatment; one of them is called “No treatment”, which is not the same as none yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = SafeString(gettext("Not sure yet"))


class HowItCame(admin.ChoicesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("how it came in")


class SeenBy(admin.SimpleListFilter):
    """The practitioner of the appointment."""

    title = _("practitioner")
    parameter_name = "practitioner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(person.pk), person.words.name) for person in Practitioner.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if chosen not in [key for key, _name in self.lookup_choices]:
            return queryset
        seen = Appointment.objects.standing().filter(practitioner=int(chosen))
        return queryset.filter(pk__in=seen.values("request"))
