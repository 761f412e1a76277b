"""The pictures of the treatment pages: drawn for one treatment, or derived from its facts."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from treatments import timeline
from treatments.models import Treatment

register = template.Library()


@register.simple_tag(takes_context=True)
def mechanism_picture(context: dict[str, Any], treatment: Treatment) -> SafeString | str:
    """How a treatment works, in `treatments/pictures/<slug>.html`; nothing where none is drawn."""
    try:
        picture = get_template(f"treatments/pictures/{treatment.slug}.html")
    except template.TemplateDoesNotExist:
        return ""
    return picture.render({"treatment": treatment})


@register.simple_tag
def timeline_of(treatments: Treatment | Iterable[Treatment]) -> timeline.Timeline:
    """The course of one treatment, or of several as lanes to one scale."""
    return timeline.timeline_of([treatments] if isinstance(treatments, Treatment) else treatments)
