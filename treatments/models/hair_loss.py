"""What is known about hair loss itself: signs that need a doctor, and scales."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from treatments.models.entries import Entry
from treatments.models.sources import CitingEntry


class RedFlag(CitingEntry):
    """A sign that somebody should see a doctor before any cosmetic treatment."""

    name = models.CharField(
        _("sign"), max_length=120, help_text=_("Short enough to tick in the request form.")
    )
    explanation = models.TextField(_("more about it"), blank=True)

    class Meta(CitingEntry.Meta):
        verbose_name = _("red flag")
        verbose_name_plural = _("red flags: see a doctor first")

    def __str__(self) -> str:
        return self.name


class Scale(CitingEntry):
    """A scale by which hair loss is described, such as Norwood–Hamilton."""

    name = models.CharField(_("name"), max_length=80)
    used_for = models.CharField(_("used for"), max_length=120)
    explanation = models.TextField(_("how it is read"))

    class Meta(CitingEntry.Meta):
        verbose_name = _("scale")
        verbose_name_plural = _("scales")

    def __str__(self) -> str:
        return self.name


class Stage(Entry):
    """One step of a scale."""

    scale = models.ForeignKey(Scale, on_delete=models.CASCADE, related_name="stages")
    label = models.CharField(_("step"), max_length=10, help_text=_("Such as IV."))
    description = models.CharField(_("what it looks like"), max_length=200)

    class Meta(Entry.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["scale", "label"], name="stage_once_a_scale")
        ]

    def __str__(self) -> str:
        return f"{self.scale.name} {self.label}"
