"""Which pictures a folder holds, and in which order."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from studio.core.errors import MissingFileError

Order = Literal["natural", "alphabetical", "reversed"]

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".gif")
_HIDDEN = "."


def list_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a folder whose names fit one of some patterns, sorted by name.

    Args:
        folder: Only this folder, not those below it.
        pattern: Patterns such as ``*.png cat*``, parted by spaces; letter case does not count.
    """
    patterns = pattern.lower().split()
    return [
        path
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if any(fnmatch(path.name.lower(), one) for one in patterns) and path.is_file()
    ]


def pictures_in(folder: Path, pattern: str, order: Order) -> list[Path]:
    """Return the pictures of a folder, told by their endings; hidden files are passed over.

    Raises:
        MissingFileError: There is no such folder, or nothing in it fits.
    """
    if not folder.is_dir():
        raise MissingFileError(f"there is no folder {folder}", fix="choose another one")
    files = list_files(folder, pattern)
    found = [
        path
        for path in files
        if path.suffix.lower() in PICTURES and not path.name.startswith(_HIDDEN)
    ]
    if not found:
        raise MissingFileError(
            f"no picture in {folder} fits {pattern!r}",
            fix=f"use another pattern; pictures end in {', '.join(PICTURES)}",
        )
    if order == "alphabetical":
        return found
    return sorted(found, key=_natural, reverse=order == "reversed")


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Return a sort key by which ``a2`` comes before ``a10``."""
    words = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(word), "") if word.isdecimal() else (1, 0, word) for word in words]


def digest_of(path: Path) -> str:
    """Return the digest of a file that the user chose.

    Raises:
        MissingFileError: The file cannot be read.
    """
    try:
        return file_digest(path)
    except OSError as error:
        raise MissingFileError(f"{path} cannot be read: {error.strerror or error}") from error


def file_digest(path: Path) -> str:
    """Return the blake3 digest of a file's content, in hexadecimal.

    Raises:
        OSError: The file cannot be read.
    """
    from blake3 import blake3

    digest = blake3(max_threads=blake3.AUTO)
    if path.stat().st_size:
        digest.update_mmap(path)
    made: str = digest.hexdigest()
    return made
