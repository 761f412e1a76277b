"""What waits for an editor: facts to be read again, and texts without Urdu."""

from datetime import datetime, time

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic_site.desk import SHOWN, Line, Panel, first_few, register
from treatments.models import Treatment
from treatments.untranslated import lists_lacking_urdu


@register(order=70)
def past_review(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("treatments.change_treatment"):
        return None
    overdue, total = first_few(Treatment.objects.past_review())
    return Panel(
        slug="review",
        title=_("Facts past their review"),
        total=total,
        lines=[
            Line(
                text=str(treatment),
                url=reverse("admin:treatments_treatment_change", args=[treatment.pk]),
                since=timezone.make_aware(datetime.combine(treatment.review_due, time())),
            )
            for treatment in overdue
            if treatment.review_due
        ],
        nothing=_("No review is overdue."),
        more_url=f"{reverse('admin:treatments_treatment_changelist')}?review=past",
    )


@register(order=71)
def urdu_missing(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("treatments.change_treatment"):
        return None
    lists = lists_lacking_urdu()
    return Panel(
        slug="urdu",
        title=_("Urdu missing"),
        total=len(lists),
        lines=[
            Line(
                text=str(capfirst(one.model._meta.verbose_name_plural)),
                url=f"{reverse(f'admin:treatments_{one.model._meta.model_name}_changelist')}"
                "?urdu=missing",
                detail=ngettext("%d entry", "%d entries", one.count) % one.count,
            )
            for one in lists[:SHOWN]
        ],
        nothing=_("Every text is there in Urdu."),
    )
