"""The files that values name: a value is of use as long as these are what they were.

A handle, a film and a list of pictures are known by the content of files, and name them by their
paths. Files change places, so what was kept is compared with what lies there now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from studio.core.values import Frames, Handle, Sequence
from studio.engine.fingerprint import all_files, stamp_of

Stamps = dict[str, list[int]]
"""What the file system says of each file, by its path: size, time of change, inode."""


def stamps_of(values: Iterable[Any]) -> Stamps | None:
    """Return the stamps of all files that values name; ``None`` when one is not there."""
    try:
        return {
            str(file): list(stamp_of(file))
            for place in chain.from_iterable(map(_named, values))
            for file in _files(Path(place))
        }
    except OSError:
        return None


def unchanged(values: Iterable[Any], stamps: Stamps | None) -> bool:
    """Say whether all files that values name are there, and are what they were."""
    return stamps is not None and stamps_of(values) == stamps


def still(stamps: Stamps | None) -> bool:
    """Say whether files are what they were; other files in their folders do not count."""
    try:
        return stamps is not None and all(
            list(stamp_of(Path(file))) == stamp for file, stamp in stamps.items()
        )
    except OSError:
        return False


def _files(place: Path) -> Iterable[Path]:
    return all_files(place) if place.is_dir() else [place]


def _named(value: Any) -> Iterator[str]:
    """Return the places that one value names."""
    if isinstance(value, Handle):
        yield value.file
        for patch in value.patches:
            yield from (patch.file, *patch.others)
    elif isinstance(value, Frames):
        yield value.source
    elif isinstance(value, Sequence) and value.reader:
        yield from (item for item in value.items if isinstance(item, str))
