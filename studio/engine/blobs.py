"""The files of a store: what is old, and how one leaves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from studio.files import MARK

SUFFIX = ".safetensors"
"""Of the file with the arrays of one result."""
FOLDER = ".files"
"""Of the folder with the files that belong to one result."""


def older(folder: Path, limit: float) -> Iterator[Path]:
    """Return what was last changed before a time, in seconds since 1970; staged files are left."""
    found = (folder.glob(f"*/*{ending}") for ending in (SUFFIX, FOLDER))
    for path in chain.from_iterable(found):
        with suppress(OSError):
            if not path.name.startswith(MARK) and path.stat().st_mtime < limit:
                yield path


def remove(path: Path) -> None:
    """Remove the file of a result, or its folder with what is in it."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)
