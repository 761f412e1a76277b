"""How static files are served: hashed, compressed, and each stylesheet in one piece."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from typing import Any

import rcssmin
from django.core.files import File
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\(([a-z]+)\);')


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which delivers each stylesheet with the parts that it imports inside.

    A browser would otherwise wait for them one after the other. The parts themselves are not
    published. Only a part that lies beside its stylesheet may name a file: from elsewhere the
    address would point to the wrong folder.
    """

    BUNDLES = ("css/site.css", "css/pages.css", "css/paper.css")

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            for name in paths.keys() & self.BUNDLES:
                self._bundle(name, paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _bundle(self, name: str, paths: dict[str, Any]) -> None:
        """Write the bundle over the collected file, and take the parts off the list."""

        def source(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return rcssmin.cssmin(file.read().decode())

        def part(name: str) -> str:
            css = source(name)
            del paths[name]
            self.delete(name)
            return css

        css = source(name)
        for layer, parts in groupby(_IMPORT.findall(css), key=itemgetter(1)):
            css += f"@layer {layer}{{{''.join(part(f'css/{path}') for path, _ in parts)}}}"
        self.delete(name)
        self._save(name, File(BytesIO(_IMPORT.sub("", css).encode())))
        paths[name] = (self, name)
