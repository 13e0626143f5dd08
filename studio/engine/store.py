"""Results on disk by key: lossless, checksummed, limited in size, shared by all processes.

Small results live in their database row, large ones in a blob beside it. A blob is written before
its row, so a row never promises what was not written; a blob that is missing or damaged all the
same is a miss. Rows wait up to `COMMIT_SECONDS` for a common transaction: `put` is safe from kills
only after `flush`.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import DamagedFileError, WriteError
from studio.engine import blobs, eviction
from studio.engine.codec import Codec, Encoded, Raw, layout, pack, unpack
from studio.engine.db import Database
from studio.engine.events import Thumbnail
from studio.engine.named_files import stamps_of, still, unchanged
from studio.engine.rows import COLUMNS, Row, arrays_in, checksum, files_of, parsed
from studio.files import atomic_write, sweep

log = logging.getLogger(__name__)

INLINE_BYTES = 16_384
COMMIT_SECONDS = 0.1
DEFAULT_LIMIT = 20_000_000_000
ORPHAN_SECONDS = 3600.0
NOTE_SECONDS = 60.0
MOST_NOTED = 100_000
TIDY_SECONDS = 24 * 3600.0
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Location:
    """Where one array lies on disk.

    Attributes:
        path: The blob.
        offset: First byte.
        dtype: Name as in safetensors.
        shape: Its size along each axis.
    """

    path: Path
    offset: int
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is shown of a result without reading it.

    Attributes:
        seconds: What it took to make.
        bytes: Its size on disk.
        peak: Most memory in use meanwhile, in bytes.
        width: Of its thumbnail; 0 without one.
        height: Of its thumbnail.
    """

    seconds: float
    bytes: int
    peak: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """How full the store is.

    Attributes:
        results: How many.
        bytes: Their size.
        limit: Most bytes before results leave.
        seconds: What it would take to make all of them again.
    """

    results: int
    bytes: int
    limit: int
    seconds: float


class Store:
    """The results of one store folder.

    Args:
        database: Of that folder.
        codec: Takes values apart.
        limit: Bytes beyond which results leave.
    """

    def __init__(
        self, database: Database, codec: Codec | None = None, limit: int = DEFAULT_LIMIT
    ) -> None:
        self.database = database
        self.codec = codec or Codec()
        self.limit = limit
        assert database.folder is not None, "blobs need a disk"
        self._blobs = database.folder / "blobs"
        self._waiting: dict[str, Row] = {}
        self._since = 0.0
        self._touched: set[str] = set()
        self._noted: dict[str, float] = {}
        self._unchecked = limit  # bytes written since the limit was last looked at

    def held(self, keys: Iterable[str]) -> set[str]:
        """Return those of these keys that have results."""
        wanted = list(keys)
        found = {key for key in wanted if key in self._waiting}
        return found.union(row[0] for row in self._select("key", wanted))

    def usable(self, keys: Iterable[str]) -> set[str]:
        """Return those of these keys that have results, and name no file that has changed."""
        wanted = list(keys)
        naming = self._select("key, header", wanted, """AND header NOT LIKE '%"files": {}}'""")
        gone = {key for key, header in naming if not still(files_of(header))}
        return self.held(wanted) - gone

    def headers(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the headers of those of these keys that have results."""
        return dict(self._select("key, header", list(keys)))

    def briefs(self, keys: Iterable[str]) -> dict[str, Brief]:
        """Return what is shown of those of these keys that have results."""
        columns = "key, seconds, bytes, peak, coalesce(width, 0), coalesce(height, 0)"
        return {row[0]: Brief(*row[1:]) for row in self._select(columns, list(keys))}

    def _select(self, columns: str, keys: Sequence[str], condition: str = "") -> Iterator[Any]:
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            sql = f"SELECT {columns} FROM results WHERE key IN ({marks}) {condition}"
            yield from self.database.rows(sql, chunk)

    def row(self, key: str) -> Row | None:
        """Return what is known of a result without reading it."""
        if key in self._waiting:
            return self._waiting[key]
        rows = self.database.rows(f"SELECT {COLUMNS} FROM results WHERE key = ?", (key,))
        return Row(*rows[0]) if rows else None

    def reads(self, key: str) -> bool:
        """Say whether a result is held and made of arrays that this process knows."""
        row = self.row(key)
        try:
            return row is not None and self.codec.reads(parsed(row.header))
        except DamagedFileError:
            return False

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the outputs of a result by name, or ``None``; a damaged result is removed.

        One that names files that are no longer what they were is none.

        Raises:
            TypeMismatchError: It holds arrays that this process does not know.
        """
        row = self.row(key)
        if row is None:
            return None
        try:
            outputs = self._decoded(row)
        except (OSError, DamagedFileError) as error:
            log.warning("the stored result %s is damaged and made again: %s", key, error)
            self.remove([key])
            return None
        if not unchanged(outputs.values(), files_of(row.header)):
            return None
        self.touch([key])
        return outputs

    def _decoded(self, row: Row) -> dict[str, Any]:
        data = self._data(row)
        if checksum(row.key, row.header, [data]) != row.checksum:
            raise DamagedFileError("its checksum is another one")
        header = parsed(row.header)
        values = self.codec.decode(Encoded(header["values"], unpack(data)))
        return dict(zip(header["names"], values, strict=True))

    def _data(self, row: Row) -> Raw:
        if row.data is not None:
            return bytearray(row.data)  # writable memory, as torch wants it
        path = self.blob(row.key)
        data = bytearray(path.stat().st_size)
        with path.open("rb") as file:
            file.readinto(data)
        return data

    def put(
        self,
        key: str,
        outputs: Mapping[str, Any],
        *,
        kind: str,
        seconds: float = 0.0,
        peak: int = 0,
        thumbnail: Thumbnail | None = None,
    ) -> int:
        """Store a result and return its bytes on disk; 0 when there is no room.

        Args:
            key: Names it.
            outputs: Values by the name of the output.
            kind: Node type that made it.
            seconds: What it took.
            peak: Most memory in use meanwhile, in bytes.
            thumbnail: Small picture of it.

        Raises:
            TypeMismatchError: A value cannot be stored.
        """
        encoded = self.codec.encode(tuple(outputs.values()))
        files = stamps_of(outputs.values())
        header = json.dumps({"names": list(outputs), "values": encoded.header, "files": files})
        pieces = pack(encoded.buffers)
        size = sum(len(piece) for piece in pieces)
        digest = checksum(key, header, pieces)
        data = b"".join(pieces) if size <= INLINE_BYTES else None
        if data is None and not self._written(key, pieces):
            return 0
        picture = (thumbnail.width, thumbnail.height, thumbnail.data) if thumbnail else ()
        total = size + len(header) + (len(thumbnail.data) if thumbnail else 0)
        total += sum(path.stat().st_size for path in self.folder(key).glob("*"))
        row = Row(key, kind, header, data, digest, total, seconds, peak, 0.0, 0.0, *picture)
        self._queue(row)
        return total

    def _written(self, key: str, pieces: list[Raw]) -> bool:
        try:
            atomic_write(self.blob(key), lambda file: file.writelines(pieces), durable=False)
        except WriteError as error:
            log.warning("a result is not stored: %s", error)
            return False
        return True

    def _queue(self, row: Row) -> None:
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting[row.key] = row

    @property
    def due(self) -> bool:
        """Whether results have waited long enough for their commit."""
        return bool(self._waiting) and time.monotonic() - self._since >= COMMIT_SECONDS

    def flush(self) -> bool:
        """Commit what waits, note what was used, and make room; return whether all is kept."""
        if not self._waiting and not self._touched:
            return True
        rows, self._waiting = self._waiting, {}
        touched, self._touched = self._touched, set()
        now, clock = time.time(), self._clock()
        marks = ",".join("?" * len(COLUMNS.split(", ")))
        kept = self.database.write(
            (
                f"INSERT OR REPLACE INTO results ({COLUMNS}) VALUES ({marks})",
                [row.stamped(clock, now).as_tuple() for row in rows.values()],
            ),
            (
                "UPDATE results SET used = ?, priority = ? + seconds * ? / max(bytes, ?) "
                "WHERE key = ?",
                [
                    (now, clock, eviction.MEGABYTE, eviction.LEAST_BYTES, key)
                    for key in touched - rows.keys()
                ],
            ),
        )
        self._unchecked += sum(row.size for row in rows.values())
        if self._unchecked > self.limit // 20:
            self.evict()
        return kept

    def touch(self, keys: Iterable[str]) -> None:
        """Note that results were of use although nothing read them; once a minute is enough."""
        now = time.monotonic()
        if len(self._noted) > MOST_NOTED:
            self._noted.clear()
        for key in keys:
            if now - self._noted.get(key, float("-inf")) > NOTE_SECONDS:
                self._noted[key] = now
                self._touched.add(key)

    def evict(self) -> int:
        """Remove results until the store keeps its limit; return the bytes that were freed."""
        self._unchecked = 0
        total = self.database.value("SELECT coalesce(sum(bytes), 0) FROM results", default=0)
        if total <= self.limit:
            return 0
        rows = self.database.rows(
            "SELECT key, bytes, priority FROM results WHERE key NOT IN "
            "(SELECT key FROM pins WHERE expires > ?) ORDER BY priority, used",
            (time.time(),),
        )
        leaving, freed, clock = eviction.choose(rows, total - self.limit * 9 // 10)
        if clock is not None:
            self.database.write(("REPLACE INTO meta VALUES ('clock', ?)", [(clock,)]))
        self.remove(leaving)
        return freed

    def remove(self, keys: Iterable[str]) -> None:
        """Forget results."""
        gone = list(keys)
        for key in gone:
            self._waiting.pop(key, None)
        statement = ("DELETE FROM results WHERE key = ?", [(key,) for key in gone])
        written = self.database.write(statement)
        for key in gone:
            blobs.remove(self.blob(key))
            blobs.remove(self.folder(key))
        if not written:  # a full disk takes no change before some of its files have left
            self.database.write(statement)

    def clear(self) -> Stats:
        """Forget all results but the pinned ones, and return what was there."""
        before = self.stats()
        pinned = "SELECT key FROM pins WHERE expires > ?"
        rows = self.database.rows(
            f"SELECT key FROM results WHERE key NOT IN ({pinned})", (time.time(),)
        )
        self.remove([*self._waiting, *(row[0] for row in rows)])
        return before

    def pin(self, keys: Iterable[str], owner: str, seconds: float) -> None:
        """Keep results from leaving for a while, in the name of a run or a graph."""
        until = time.time() + seconds
        rows = [(key, owner, until) for key in keys]
        self.database.write(("REPLACE INTO pins VALUES (?, ?, ?)", rows))

    def unpin(self, owner: str) -> None:
        """Let go of what an owner pinned, and of all that has expired."""
        sql = "DELETE FROM pins WHERE owner = ? OR expires <= ?"
        self.database.write((sql, [(owner, time.time())]))

    def thumbnail(self, key: str) -> Thumbnail | None:
        """Return the small picture of a result without reading it."""
        row = self.row(key)
        return row.picture if row else None

    def blob(self, key: str) -> Path:
        """Return where the arrays of a result lie when they are not in its row."""
        return self._blobs / key[:2] / f"{key}{blobs.SUFFIX}"

    def folder(self, key: str) -> Path:
        """Return where files lie that a result has beside its values; it leaves with the result."""
        return self._blobs / key[:2] / f"{key}{blobs.FOLDER}"

    def locate(self, key: str, output: str) -> list[Location]:
        """Return where the arrays of an output lie; nothing when they are in the row."""
        row = self.row(key)
        if row is None or row.data is not None:
            return []
        header = parsed(row.header)
        value = dict(zip(header["names"], header["values"], strict=True)).get(output)
        with self.blob(key).open("rb") as file:
            start = file.read(8)
            places = layout(start + file.read(int.from_bytes(start, "little")))
        return [
            Location(self.blob(key), places[index][2], *places[index][:2])
            for index in arrays_in(value)
        ]

    def stats(self) -> Stats:
        """Return how full the store is."""
        self.flush()
        sql = "SELECT count(*), coalesce(sum(bytes), 0), coalesce(sum(seconds), 0) FROM results"
        count, size, seconds = (self.database.rows(sql) or [(0, 0, 0.0)])[0]
        return Stats(count, size, self.limit, seconds)

    def tidy(self) -> int:
        """Sweep, unless that was done today; return how many files that removed."""
        now = time.time()
        last = float(self.database.value("SELECT value FROM meta WHERE name = 'swept'", (), 0.0))
        if 0 <= now - last < TIDY_SECONDS:
            return 0
        self.database.write(("REPLACE INTO meta VALUES ('swept', ?)", [(now,)]))
        return self.sweep()

    def sweep(self) -> int:
        """Remove blobs and temporary files that no row names; return how many."""
        limit = time.time() - ORPHAN_SECONDS
        found = {path.stem: path for path in blobs.older(self._blobs, limit)}
        orphans = found.keys() - self.held(found)
        for key in orphans:
            blobs.remove(found[key])
        folders = self._blobs.glob("*") if self._blobs.is_dir() else ()
        return len(orphans) + sum(sweep(folder) for folder in folders)

    def _clock(self) -> float:
        return float(self.database.value("SELECT value FROM meta WHERE name = 'clock'", (), 0.0))
