from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from treatments.content_files import ContentError
from treatments.content_reader import files_in
from treatments.services import import_content


class Command(BaseCommand):
    help = (
        "Make the content say what the content files in a folder say, over what staff have "
        "edited. `load_content` is the one that leaves edits alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, folder: Path, dry_run: bool, **options: Any) -> None:
        try:
            report = import_content(files=files_in(folder), dry_run=dry_run)
        except ContentError as error:
            raise CommandError(f"Nothing was imported.\n{error}") from error
        self.stdout.write(
            f"{len(report.created)} entries created, {len(report.updated)} updated, "
            f"{len(report.unchanged)} unchanged, {len(report.removed)} removed"
            f"{', if it were not a dry run' if dry_run else ''}."
        )
        if options["verbosity"] > 1:
            for word, keys in (("updated", report.updated), ("removed", report.removed)):
                for key in keys:
                    self.stdout.write(f"{word}: {key}")
