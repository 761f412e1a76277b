"""How often one phone or one network has asked lately."""

from django.db import models
from django.utils import timezone


class QuotaQuerySet(models.QuerySet["Quota"]):
    def expired(self) -> "QuotaQuerySet":
        """Those whose time is over, to be deleted."""
        return self.filter(ends_at__lte=timezone.now())


class Quota(models.Model):
    """How much of a limit is used up, for one sender and one span of time.

    `sender` is a keyed digest, from which neither the phone number nor the network address can
    be read, and which is another one in the next span. Rows of past spans are removed.
    """

    sender = models.CharField(max_length=64, unique=True)
    used = models.PositiveIntegerField(default=0)
    most = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    objects = QuotaQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.used} of {self.most}"
