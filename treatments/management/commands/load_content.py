from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from treatments.content_files import CONTENT_DIR, ContentError
from treatments.services import load_content


class Command(BaseCommand):
    help = (
        "Load the facts, their evidence and their sources from the content files. Running it "
        "again changes nothing; what staff have edited or deleted is never touched."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=CONTENT_DIR, help="another folder")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            report = load_content(folder=folder)
        except ContentError as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from error
        self.stdout.write(
            f"{len(report.created)} entries created, {len(report.updated)} updated, "
            f"{len(report.unchanged)} unchanged, {len(report.kept)} kept as staff left them."
        )
        if options["verbosity"] > 1:
            for key in report.kept:
                self.stdout.write(f"kept: {key}")
