"""Content files as they come and go through a browser: one `.toml`, or a `.zip` of them."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from treatments.content_files import ContentError

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError)
# What every computer packs with. The others fail in ways of their own when they are damaged.
_PACKED_BY = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
MOST_FILES = 500
# Twenty times what the site's own content weighs: room to grow, none for a zip bomb.
MOST_BYTES = 8_000_000


def pack(files: Mapping[str, str]) -> bytes:
    """The files in one archive. The same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def unpack(name: str, content: bytes) -> dict[str, bytes]:
    """The content files in an upload, by their names.

    Raises ContentError for anything else, before any of it is read as content.
    """
    if name.lower().endswith(".toml"):
        return {PurePosixPath(name).name: content}
    if not name.lower().endswith(".zip"):
        raise ContentError([_("%(name)s: choose a .zip or a .toml file.") % {"name": name}])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpack(archive)
    except (*_BROKEN, NotImplementedError, RuntimeError) as error:  # the last: it is locked
        problem = _("%(name)s: cannot be opened as a .zip file (%(error)s).")
        raise ContentError([problem % {"name": name, "error": error}]) from error


def _unpack(archive: zipfile.ZipFile) -> dict[str, bytes]:
    # What a Mac adds beside the files.
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    ]
    if len(members) > MOST_FILES:
        raise ContentError([_("More than %(most)s files in it.") % {"most": MOST_FILES}])
    if problems := [problem for member in members if (problem := _problem_of(member))]:
        raise ContentError(problems)
    files: dict[str, bytes] = {}
    room = MOST_BYTES
    for member in members:
        if member.filename in files:
            raise ContentError([_("%(name)s: is in it twice.") % {"name": member.filename}])
        # What the archive says of its sizes need not be true.
        with archive.open(member) as file:
            files[member.filename] = file.read(room + 1)
        room -= len(files[member.filename])
        if room < 0:
            raise ContentError(
                [_("Its files are larger than %(most)s bytes together.") % {"most": MOST_BYTES}]
            )
    return files


def _problem_of(member: zipfile.ZipInfo) -> str:
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
        return _("%(name)s: leads out of the archive.") % {"name": member.filename}
    if path.suffix.lower() != ".toml":
        return _("%(name)s: is no content file; only .toml files belong in it.") % {
            "name": member.filename
        }
    if member.compress_type not in _PACKED_BY:
        return _(
            "%(name)s: is compressed in a way that is not read here; make an ordinary .zip."
        ) % {"name": member.filename}
    return ""
