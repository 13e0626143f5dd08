"""Names, shapes and number formats of a weights file, without torch and without its weights.

Content decides what a file is, never its name. Nothing here imports `pickle`, runs anything that a
file asks for, or reads more of a file than its description.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from studio.core.errors import DamagedFileError, MissingFileError, UnsupportedError
from studio.facts import folders, pickled, safetensors_header
from studio.facts.described import Header

_WEB_PAGE = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<body")
_ARCHIVES = {b"\x1f\x8b": "a gzip archive", b"7z\xbc\xaf": "a 7z archive", b"Rar!": "a RAR archive",
             b"\xfd7zX": "an xz archive", b"BZh": "a bzip2 archive"}  # fmt: skip
_PICTURES = {b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture"}
_PICKLE_PROTOCOLS = range(2, 6)


def read_header(path: str | Path) -> Header:
    """Read the description of a safetensors file, a torch file, or a diffusers folder.

    Args:
        path: The file or folder; its extension is not looked at.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: It is truncated, or is something else; the message says which.
        UnsafeFileError: It is a pickle that asks for more than tensors.
        UnsupportedError: It is a known format that this program does not read.
    """
    path = Path(path)
    if path.is_dir():
        return folders.read(path, read_header)
    readers = {
        "safetensors": safetensors_header.read,
        "zip": pickled.read_zip,
        "legacy": pickled.read_legacy,
    }
    try:
        return readers[sniff(path)](path)
    except OSError as error:
        raise DamagedFileError(f"{path} cannot be read: {error.strerror or error}") from error


def sniff(path: Path) -> Literal["safetensors", "zip", "legacy"]:
    """Return how a file is stored, by its first bytes.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: It is no weights file; the message says what it looks like.
        UnsupportedError: It is a known format that this program does not read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise MissingFileError(f"there is no file {path}", fix="choose another file") from error
    except OSError as error:
        raise DamagedFileError(f"{path} cannot be read: {error.strerror or error}") from error
    if start[8:9] == b"{":
        return "safetensors"
    if start[:4] == b"PK\x03\x04":
        return "zip"
    if start[:1] == b"\x80" and len(start) > 1 and start[1] in _PICKLE_PROTOCOLS:
        return "legacy"
    if start[:4] == b"GGUF":
        raise UnsupportedError(f"{path} is a GGUF file", fix="choose a safetensors file")
    raise DamagedFileError(
        f"{path} is no weights file: {_looks_like(start)}",
        fix="download it again or choose another",
    )


def _looks_like(start: bytes) -> str:
    """Say what the first bytes of a file look like."""
    if not start:
        return "it is empty"
    if not start.strip(b"\0"):
        return "it begins with zeros, as an interrupted download does"
    if start.startswith(b"version https://git-lfs"):
        return "it looks like a git-LFS pointer, the stand-in for a file that was not fetched"
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGE):
        return "it looks like an HTML page, likely a login wall"
    for magic, name in (_ARCHIVES | _PICTURES).items():
        if start.startswith(magic):
            return f"it looks like {name}"
    if len(start) <= 8:
        return f"it has only {len(start)} bytes"
    if start.lstrip()[:1] in (b"{", b"["):
        return "it looks like JSON text"
    return f"it begins with the bytes {start[:8].hex(' ')}"
