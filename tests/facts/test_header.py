from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import DamagedFileError, MissingFileError, UnsupportedError
from studio.facts.header import read_header
from tests.facts.files import safetensors

WRONG = {
    "it is empty": b"",
    "git-LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "HTML page": b"\n  <!DOCTYPE html><html><body>log in</body></html>",
    "interrupted download": bytes(1000),
    "only 3 bytes": b"abc",
    "JSON text": b'   {"a": 1, "b": 2}',
    "PNG picture": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "JPEG picture": b"\xff\xd8\xff\xe0" + bytes(20),
    "gzip archive": b"\x1f\x8b\x08\x00" + bytes(20),
    "begins with the bytes": b"some other text in a file",
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("name", ["model.safetensors", "model.ckpt"])
def test_what_is_no_weights_file_is_named(tmp_path: Path, name: str, what: str) -> None:
    file = tmp_path / name
    file.write_bytes(WRONG[what])
    with pytest.raises(DamagedFileError, match=what):
        read_header(file)


@pytest.mark.parametrize("name", ["model.safetensors", "model.ckpt", "model.SAFETENSORS", "model"])
def test_content_decides_and_never_the_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(safetensors({"weight": ("F16", (2, 3))}, {"title": "t"}))
    header = read_header(file)
    assert header.format == "safetensors"
    assert header.shapes == {"weight": (2, 3)}
    assert header.bytes == 12
    assert header.metadata == {"title": "t"}


@pytest.mark.parametrize("path", ["nothing.safetensors", "a\0b", "file/inside"])
def test_a_missing_file_is_named(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MissingFileError, match="there is no file"):
        read_header(tmp_path / path)


def test_a_known_format_that_is_not_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" + bytes(40))
    with pytest.raises(UnsupportedError, match="GGUF"):
        read_header(file)


def test_a_folder_without_weights_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="folder without weights"):
        read_header(tmp_path)
