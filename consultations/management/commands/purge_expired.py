from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic_site import compaction
from clinic_site.models import AccessRecord
from consultations.erasure import Reason, erase_rows
from consultations.models import ConsultationRequest
from consultations.privacy import RETENTION_MONTHS

BATCH = 200


class Command(BaseCommand):
    help = f"Erase what is kept no longer: {RETENTION_MONTHS} months after the last contact."
    # The checks look at pages, which are not needed here.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only tell what would be erased, by reference"
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        expired = ConsultationRequest.objects.expired().order_by("created_at", "pk")
        if dry_run:
            for reference in expired.values_list("reference", flat=True).iterator():
                self.stdout.write(reference)
            self.stdout.write(f"{expired.count()} requests would be erased.")
            return
        erased = 0
        # One batch a transaction, so that nobody at the site waits for long.
        while batch := list(expired[:BATCH]):
            erased += erase_rows(requests=batch, actor=None, reason=Reason.EXPIRED)
        AccessRecord.objects.expired().delete()
        # Also where none has expired: whoever was erased in the meantime may have left a trace.
        compaction.leave_no_trace()
        self.stdout.write(f"{erased} requests erased.")
