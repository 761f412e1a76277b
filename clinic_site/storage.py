"""How static files are served: hashed, compressed, and the stylesheet in one piece."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import rcssmin
from django.core.files import File
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\(([a-z]+)\);')


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which delivers css/site.css with the parts that it imports inside.

    A browser would otherwise wait for them one after the other. The parts themselves are not
    published. Only a part that lies beside css/site.css may name a file: from elsewhere the
    address would point to the wrong folder.
    """

    BUNDLE = "css/site.css"

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run and self.BUNDLE in paths:
            self._bundle(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _bundle(self, paths: dict[str, Any]) -> None:
        """Write the bundle over the collected file, and take the parts off the list."""

        def source(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return file.read().decode()

        def layer(match: re.Match[str]) -> str:
            name = f"css/{match[1]}"
            part = source(name)
            del paths[name]
            self.delete(name)
            return f"@layer {match[2]}{{{rcssmin.cssmin(part)}}}"

        css = _IMPORT.sub(layer, rcssmin.cssmin(source(self.BUNDLE)))
        self.delete(self.BUNDLE)
        self._save(self.BUNDLE, File(BytesIO(css.encode())))
        paths[self.BUNDLE] = (self, self.BUNDLE)
