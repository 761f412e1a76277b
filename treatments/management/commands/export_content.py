from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from treatments.content_export import StoredContent


class Command(BaseCommand):
    help = "Write all facts, their evidence and their sources as content files into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        files = StoredContent().files()
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.toml")}
        if strange := sorted(there - files.keys()):
            raise CommandError(
                f"Nothing was written. {folder} holds content files that are not part of this "
                f"content, and would be taken for it: {', '.join(strange)}"
            )
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        self.stdout.write(f"{len(files)} files written.")
