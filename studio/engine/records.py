"""What the store remembers beside results: receipts of effects, costs, numeric policies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from studio.engine.db import Database
from studio.facts.listing import file_digest

WEIGHT = 0.3
"""Share of the newest measurement in a cost."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an effect wrote for one key under one folder.

    Attributes:
        files: Absolute paths with size, time of change and digest. Without a digest the file was
            announced, and whoever announced it did not come back: it counts when it is there.
    """

    files: tuple[tuple[str, int, int, str], ...] = ()

    @property
    def intact(self) -> bool:
        """Whether every file is still there, unchanged."""
        return all(_intact(*file) for file in self.files)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files."""
        return tuple(file[0] for file in self.files)


def receipt_of(paths: Iterable[Path]) -> Receipt:
    """Make the receipt for files that were just written."""
    return Receipt(tuple(_entry(path.absolute()) for path in paths))


def announced(paths: Iterable[Path]) -> Receipt:
    """Make the receipt for files that are about to be created."""
    return Receipt(tuple((str(path.absolute()), 0, 0, "") for path in paths))


def _entry(path: Path) -> tuple[str, int, int, str]:
    status = path.stat()
    return str(path), status.st_size, status.st_mtime_ns, file_digest(path)


def _intact(name: str, size: int, mtime: int, digest: str) -> bool:
    path = Path(name)
    try:
        status = path.stat()
        if not digest:
            return True
        if status.st_size != size:
            return False
        return status.st_mtime_ns == mtime or file_digest(path) == digest
    except OSError:
        return False


class Receipts:
    """Receipts by key and output folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, folder: Path) -> Receipt | None:
        """Return what was written for a key under a folder."""
        sql = "SELECT files FROM receipts WHERE key = ? AND folder = ?"
        text = self._database.value(sql, (key, str(folder)))
        try:
            return Receipt(tuple((*file,) for file in json.loads(text))) if text else None
        except (TypeError, ValueError):
            return None

    def put(self, key: str, folder: Path, receipt: Receipt) -> None:
        """Remember what was written; committed at once, so that nothing is written twice."""
        sql = "REPLACE INTO receipts VALUES (?, ?, ?)"
        self._database.write((sql, [(key, str(folder), json.dumps(receipt.files))]))


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
