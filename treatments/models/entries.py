"""What every row of content shares: its name in the content files, its place, its words."""

from textwrap import shorten

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clinic_site.words import WordedModel


class Entry(WordedModel):
    """A row of content that staff edit and that `load_content` may have brought."""

    content_key = models.CharField(
        max_length=120,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        validators=[RegexValidator(r"^[a-z0-9-]+(/[a-z0-9-]+)*$")],
    )
    order = models.PositiveSmallIntegerField(
        _("place"), default=100, help_text=_("Lower numbers are shown first.")
    )

    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]


def beginning_of(text: str) -> str:
    """A long text as the name of what it is in: a line, that ends with a whole word."""
    return shorten(text, 80, placeholder="…")


def refuse_days_to_come(entry: Entry, name: str) -> None:
    """What is said to have been read was read today or before.

    A day that is stored already stands: then it is the clock of this machine that is wrong.
    """
    day = getattr(entry, name)
    if not day or day <= timezone.localdate():
        return
    stored = type(entry)._default_manager.filter(pk=entry.pk, **{name: day})
    if not stored.exists():
        raise ValidationError({name: _("This day has not come yet.")})


class LoadedEntry(models.Model):
    """What `load_content` last wrote for an entry, so that it can tell staff's edits from its own.

    An entry that is in here but no longer in its table was deleted by staff, and stays so.
    """

    content_key = models.CharField(max_length=140, unique=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.content_key


class FactsVersion(models.Model):
    """All published facts as they stood at one time, for staff to show what a patient saw."""

    made_at = models.DateTimeField(_("when"), auto_now_add=True)
    fingerprint = models.CharField(
        max_length=64,
        unique=True,
        help_text="Changes whenever any entry is added, changed or removed.",
    )
    facts = models.JSONField(help_text="Every published entry as the content files write it.")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("version of the facts")
        verbose_name_plural = _("versions of the facts")

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.made_at), "DATETIME_FORMAT")
