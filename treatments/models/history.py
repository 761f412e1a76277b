"""What a treatment said at every time that staff changed it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from treatments.models.treatments import Treatment


class TreatmentVersionQuerySet(models.QuerySet["TreatmentVersion"]):
    def newest_of_each(self) -> "TreatmentVersionQuerySet":
        """The newest version of each treatment that still exists."""
        last = self.filter(treatment__isnull=False).order_by().values("treatment")
        return self.filter(pk__in=last.values_list(models.Max("pk")))

    def last_of_deleted(self) -> "TreatmentVersionQuerySet":
        """The last version of each treatment that was deleted, the latest first."""
        last = self.filter(treatment=None).order_by().values("stem")
        return self.filter(pk__in=last.values_list(models.Max("pk")))


class TreatmentVersion(models.Model):
    """A treatment with its rows as it stood after a change, in the words of its content file.

    It outlives the treatment, so that one deleted by mistake can come back.
    """

    class Cause(models.TextChoices):
        EDIT = "edit", _("Edited")
        PUBLISH = "publish", _("Published")
        WITHDRAW = "withdraw", _("Taken off the site")
        COPY = "copy", _("Made as a copy of another")
        IMPORT = "import", _("Imported from content files")
        LOAD = "load", _("Brought by an update of the site")
        RETURN = "return", _("Returned to an earlier version")
        OUTSIDE = "outside", _("As it was found, before history was kept of it")

    treatment = models.ForeignKey(
        Treatment, on_delete=models.SET_NULL, null=True, related_name="versions"
    )
    stem = models.CharField(max_length=120, help_text="The name of its file, without the ending.")
    made_at = models.DateTimeField(_("when"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("changed by")
    )
    cause = models.CharField(_("what was done"), max_length=10, choices=Cause.choices)
    text = models.TextField(help_text="The content file of the treatment.")
    precautions = models.JSONField(default=list, help_text="The keys of those that name it.")
    shared = models.TextField(
        blank=True,
        help_text="A content file of these, and of the sources it cites, should one be deleted.",
    )

    objects = TreatmentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("version of a treatment")
        verbose_name_plural = _("versions of treatments")

    def __str__(self) -> str:
        return f"{self.stem} {self.pk}"
