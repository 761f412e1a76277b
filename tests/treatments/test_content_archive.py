import io
import zipfile

import pytest

from treatments import content_archive
from treatments.content_archive import pack, unpack
from treatments.content_files import ContentError


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            # At one time for all: workers must agree on the names of the tests.
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def test_what_is_packed_is_unpacked_and_always_the_same():
    files = {"treatments/prp.toml": "نص 👍", "sources.toml": "a"}
    assert pack(files) == pack(files)
    unpacked = unpack("content.zip", pack(files))
    assert unpacked == {name: text.encode() for name, text in files.items()}


def test_one_file_stands_for_itself():
    assert unpack("C/prp.toml", b"x") == {"prp.toml": b"x"}


def test_what_a_mac_adds_is_left_out():
    assert unpack("a.zip", zipped({"a.toml": b"x", "__MACOSX/._a.toml": b"?"})) == {"a.toml": b"x"}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("content.pdf", b"%PDF", r"content\.pdf: choose a \.zip or a \.toml file"),
        ("a.zip", b"PK nothing of the kind", r"a\.zip: cannot be opened"),
        ("a.zip", zipped({"a.toml": b"x" * 2000})[:-40], r"a\.zip: cannot be opened"),
        ("a.zip", zipped({"../a.toml": b""}), r"\.\./a\.toml: leads out of the archive"),
        ("a.zip", zipped({"/etc/a.toml": b""}), r"/etc/a\.toml: leads out of the archive"),
        ("a.zip", zipped({"x/../../a.toml": b""}), "leads out of the archive"),
        ("a.zip", zipped({"a.toml": b"", "run.exe": b""}), r"run\.exe: is no content file"),
        ("a.zip", zipped({f"{n}.toml": b"" for n in range(501)}), "More than 500 files"),
    ],
)
def test_anything_else_is_refused_with_the_reason(name, content, problem):
    with pytest.raises(ContentError, match=problem):
        unpack(name, content)


def test_a_zip_bomb_is_refused_before_it_unfolds():
    bomb = zipped({f"{n}.toml": b"\0" * 1_000_000 for n in range(20)})
    assert len(bomb) < 30_000
    with pytest.raises(ContentError, match="larger than 8000000 bytes"):
        unpack("a.zip", bomb)


def test_a_size_that_an_archive_lies_about_is_not_believed(monkeypatch):
    monkeypatch.setattr(content_archive, "MOST_BYTES", 100)
    honest = zipped({"a.toml": b"\0" * 5000})
    lying = honest.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(ContentError):
        unpack("a.zip", lying)


def test_an_archive_that_was_damaged_is_refused():
    content = bytearray(zipped({"a.toml": b"xyz" * 900}))
    content[40:50] = b"\xff" * 10
    with pytest.raises(ContentError, match="cannot be opened"):
        unpack("a.zip", bytes(content))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_compression_is_refused(method):
    content = zipped({"a.toml": b"xyz" * 900}, method)
    for sent in (content, content.replace(content[40:50], b"\xff" * 10)):
        with pytest.raises(ContentError, match=r"a\.toml: is compressed in a way"):
            unpack("a.zip", sent)


def test_files_that_are_not_compressed_are_read():
    files = {"a.toml": b"x"}
    assert unpack("a.zip", zipped(files, zipfile.ZIP_STORED)) == files


def test_a_locked_archive_is_refused():
    content = bytearray(zipped({"a.toml": b"x"}))
    for start in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[start] |= 1  # the mark of encryption
    with pytest.raises(ContentError, match="cannot be opened"):
        unpack("a.zip", bytes(content))
