"""What the database knows of one result."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from blake3 import blake3

from studio.core.errors import DamagedFileError
from studio.engine import eviction
from studio.engine.codec import Raw
from studio.engine.events import Thumbnail

COLUMNS = (
    "key, type, header, data, checksum, bytes, seconds, peak, priority, used, "
    "width, height, thumbnail"
)


@dataclass(frozen=True, slots=True)
class Row:
    """What the database knows of one result.

    Attributes:
        key: Names it.
        type: Node type that made it.
        header: JSON: names of the outputs, and their values without arrays.
        data: The arrays, when they are small; ``None``: they are in the blob.
        checksum: blake3 of key, header and arrays.
        size: Bytes on disk.
        seconds: What it took to make.
        peak: Most memory in use meanwhile, in bytes.
        priority: The lowest leaves first.
        used: When it was last read, in seconds since 1970.
        width: Of the thumbnail; ``None`` without one.
        height: Of the thumbnail.
        thumbnail: Its RGBA bytes.
    """

    key: str
    type: str
    header: str
    data: bytes | None
    checksum: bytes
    size: int
    seconds: float
    peak: int
    priority: float
    used: float
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = None

    def as_tuple(self) -> tuple[Any, ...]:
        """Return the columns in their order."""
        return tuple(getattr(self, item.name) for item in fields(self))

    def stamped(self, clock: float, now: float) -> Row:
        """Return the row as used now."""
        return replace(self, priority=clock + eviction.worth(self.seconds, self.size), used=now)

    @property
    def picture(self) -> Thumbnail | None:
        """The thumbnail, if it has one."""
        if self.thumbnail is None or self.width is None or self.height is None:
            return None
        return Thumbnail(self.width, self.height, self.thumbnail)


def checksum(key: str, header: str, pieces: Iterable[Raw]) -> bytes:
    """Return the digest of a result, which also binds it to its key."""
    digest = blake3(f"{key}\n{header}\n".encode("utf-8", "surrogatepass"))
    for piece in pieces:
        digest.update(piece)
    made: bytes = digest.digest()
    return made


def parsed(header: str) -> dict[str, Any]:
    """Read the header of a row.

    Raises:
        DamagedFileError: It is no JSON.
    """
    try:
        parsed: dict[str, Any] = json.loads(header)
    except ValueError as error:
        raise DamagedFileError(f"the header of a stored result is damaged: {error}") from error
    return parsed


def files_of(header: str) -> dict[str, list[int]] | None:
    """Return what the file system said of the files that a result names; ``None``: unknown."""
    try:
        found: dict[str, list[int]] | None = parsed(header).get("files", {})
    except DamagedFileError:
        return None
    return found


def arrays_in(header: Any) -> list[int]:
    """Return the numbers of the arrays that a header names, in order."""
    found: list[int] = []
    waiting = [header]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict) and "array" in item:
            found.append(item["array"])
        elif isinstance(item, dict):
            waiting.extend(reversed(item.values()))
        elif isinstance(item, list):
            waiting.extend(reversed(item))
    return found
