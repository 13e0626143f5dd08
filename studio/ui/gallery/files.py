"""Finds the pictures of the output folder and makes small ones of them; called in threads. No Qt."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.facts.graph_files import PICTURES
from studio.ui.gallery.display import Bytes

MOST = 5000
"""Pictures that are listed; older ones are left out."""
SIDE = 208
"""Longer side of the small pictures, in device pixels."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One picture of a folder.

    Attributes:
        path: Where it is.
        changed: When it was written, in nanoseconds.
    """

    path: Path
    changed: int


def pictures_in(folder: Path, more: Iterable[Path] = ()) -> tuple[PictureFile, ...]:
    """Return the pictures below a folder, newest first.

    Args:
        folder: Where to look.
        more: Files that may lie elsewhere.
    """
    listed = [Path(place, name) for place, _, names in os.walk(folder) for name in names]
    found = []
    for path in dict.fromkeys([*listed, *more]):
        if path.suffix.lower() in PICTURES and not path.name.startswith("."):
            try:
                found.append(PictureFile(path, path.stat().st_mtime_ns))
            except OSError:
                continue  # it is gone by now
    found.sort(key=lambda file: (-file.changed, str(file.path)))
    return tuple(found[:MOST])


def folders_in(folder: Path) -> tuple[str, ...]:
    """Return a folder and those below it, to be watched."""
    return tuple(place for place, _, _ in os.walk(folder))


def small(path: Path) -> Bytes | None:
    """Return a small picture of a file as uint8 RGBA; ``None`` when it cannot be read."""
    import cv2

    try:
        data = np.fromfile(path, np.uint8)
        read = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (OSError, cv2.error):
        return None
    if read is None:
        return None
    height, width = read.shape[:2]
    scale = min(SIDE / max(height, width), 1.0)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    shrunk = cv2.resize(read, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(shrunk, cv2.COLOR_BGR2RGBA), np.uint8)
