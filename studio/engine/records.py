"""What the store remembers beside results: receipts of effects, costs, numeric policies."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.engine.db import Database, as_text
from studio.facts.listing import file_digest

WEIGHT = 0.3
"""Share of the newest measurement in a cost."""


@dataclass(frozen=True, slots=True)
class File:
    """A file on a receipt.

    Attributes:
        path: Absolute.
        size: In bytes.
        mtime: Time of change in nanoseconds.
        digest: Of the content. Empty: it was announced, and whoever did so did not come back; then
            it counts when it is there.
    """

    path: str
    size: int = 0
    mtime: int = 0
    digest: str = ""

    @classmethod
    def of(cls, path: Path) -> File:
        """Describe a file that was just written.

        Raises:
            OSError: It is not there.
        """
        status = path.stat()
        name = str(path.absolute())
        return cls(name, status.st_size, status.st_mtime_ns, file_digest(path))

    @property
    def intact(self) -> bool:
        """Whether it is still there, unchanged."""
        path = Path(self.path)
        try:
            status = path.stat()
            if not self.digest:
                return True
            if status.st_size != self.size:
                return False
            return status.st_mtime_ns == self.mtime or file_digest(path) == self.digest
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an effect wrote for one key under one folder.

    Attributes:
        files: In order.
        done: Whether the effect came to its end.
        run: Id of the run.
    """

    files: tuple[File, ...] = ()
    done: bool = True
    run: str = ""

    @property
    def intact(self) -> bool:
        """Whether the effect came to its end and every file is still there, unchanged."""
        return self.done and all(file.intact for file in self.files)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files."""
        return tuple(file.path for file in self.files)

    @property
    def earlier(self) -> tuple[Path | None, ...]:
        """What an effect that did not come to its end wrote and is still there, by its place."""
        return tuple(Path(file.path) if file.intact else None for file in self.files)


class Receipts:
    """Receipts by key and output folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, folder: Path) -> Receipt | None:
        """Return what was written for a key under a folder."""
        sql = "SELECT files FROM receipts WHERE key = ? AND folder = ?"
        text = self._database.value(sql, (key, as_text(str(folder))))
        if not text:
            return None
        try:
            data = json.loads(text)
            files = tuple(File(**file) for file in data["files"])
            return Receipt(files, bool(data["done"]), str(data["run"]))
        except (LookupError, TypeError, ValueError):
            return None

    def put(self, key: str, folder: Path, receipt: Receipt) -> None:
        """Remember what was written; committed at once, so that nothing is written twice."""
        sql = "REPLACE INTO receipts VALUES (?, ?, ?)"
        self._database.write((sql, [(key, as_text(str(folder)), json.dumps(asdict(receipt)))]))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a node took in earlier runs.

    Attributes:
        seconds: Time.
        bytes: Size of the result.
        peak: Most memory in use, in bytes.
    """

    seconds: float
    bytes: float
    peak: float


class Costs:
    """What node types took, by their parameters without seeds and texts.

    Measurements are gathered and written by `flush`, beside the results.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[tuple[str, str], Cost] = {}

    def note(self, kind: str, shape: str, cost: Cost) -> None:
        """Take in a measurement, for this shape and for the type as a whole."""
        for form in (shape, ""):
            self._waiting[kind, form] = cost

    def flush(self) -> None:
        """Write what was gathered."""
        rows = [
            (kind, shape, cost.seconds, cost.bytes, cost.peak)
            for (kind, shape), cost in self._waiting.items()
        ]
        self._waiting.clear()
        mixed = ", ".join(
            f"{name} = {name} * {1 - WEIGHT} + excluded.{name} * {WEIGHT}"
            for name in ("seconds", "bytes", "peak")
        )
        sql = f"INSERT INTO costs VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {mixed}"
        if rows:
            self._database.write((sql, rows))

    def table(self) -> dict[tuple[str, str], Cost]:
        """Return what is known, by node type and shape; the shape of a whole type is empty."""
        rows = self._database.rows("SELECT type, shape, seconds, bytes, peak FROM costs")
        return {(row[0], row[1]): Cost(*row[2:]) for row in rows}


class Policies:
    """Numeric policies by what they were resolved from, so that they are known without torch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, signature: str) -> str:
        """Return the policy for a signature, or nothing while no worker has resolved it."""
        sql = "SELECT policy FROM policies WHERE signature = ?"
        return str(self._database.value(sql, (signature,), ""))

    def put(self, signature: str, policy: str) -> None:
        """Remember a policy."""
        if self.get(signature) != policy:
            self._database.write(("REPLACE INTO policies VALUES (?, ?)", [(signature, policy)]))


def signature(torch: str, driver: str, settings: str) -> str:
    """Return what a policy is resolved from, as one text."""
    return json.dumps([torch, driver, settings])
