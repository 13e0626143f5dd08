"""What was done to one document since it was saved, on disk before anybody relies on it; no Qt.

A journal is a folder of turns. Turn 3 is ``3.base``, a whole graph, and ``3.log``, the edits since,
one checked line each: what is new, or after how many of them the graph was the same (an undo, which
may give back thousands of nodes at once). Saving, or many edits, begin turn 4: its log takes the next edits at once,
its base is written in the background, and only then do the files of turn 3 go. So whatever moment
the power fails, the newest base that is there and all logs from it on give the last edit but one.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import ReferenceType, ref

from studio.core import document
from studio.core.errors import DocumentError
from studio.core.graph import Graph
from studio.core.migrations import modernised
from studio.core.patches import patch, patched
from studio.files import atomic_write, sync_folder

if TYPE_CHECKING:
    from studio.core.registry import Registry

BASE, LOG = ".base", ".log"


@dataclass(frozen=True, slots=True)
class Head:
    """What a journal is about.

    Attributes:
        id: Of the document, which also names its draft.
        path: Its file; empty: none.
        title: What its tab says.
        edits: How many edits were not saved when the turn began.
        digest: Of the file's content when it was last read or written.
    """

    id: str
    path: str = ""
    title: str = ""
    edits: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A document as its journal tells it.

    Attributes:
        head: What it is about; its `edits` are all that were not saved.
        graph: After the last whole record.
        when: Time of the last edit in seconds since 1970; of the base when there is none.
    """

    head: Head
    graph: Graph
    when: float


class Journal:
    """Writes the journal of one open document.

    `record` and `turn` belong to one thread; `settle`, `sync`, `close` and `remove` to another one.

    Args:
        folder: Where it is kept; made here.
        head: What it is about.
        text: The graph as it is now, as a file.

    Attributes:
        records: How many edits this turn has.
        edits: How many edits are not saved.

    Raises:
        WriteError: The folder cannot be written.
        OSError: The same.
    """

    def __init__(self, folder: Path, head: Head, text: bytes) -> None:
        self.folder = folder
        self.records = 0
        self.edits = head.edits
        self._logs: dict[int, int] = {}
        self._places: dict[int, tuple[ReferenceType[Graph], int]] = {}
        _write_base(folder, 0, head, text, durable=False)
        self._turn = -1
        self.turn()

    def record(self, step: str, before: Graph, after: Graph, *, saved: bool) -> None:
        """Write one edit; when this returns, only the failure of the machine can lose it.

        An undo or redo names the record that led to the same graph in this turn, if one did.

        Raises:
            OSError: The disk is full or gone.
            ValueError: A parameter is no JSON value.
        """
        self._note(before)
        back = self._place(after)
        way = patch(before, after) if back is None else {"back": back}
        data = {"at": time.time(), "step": step, "saved": saved, **way}
        line = _line(json.dumps(data, separators=(",", ":")).encode())
        if os.write(self._logs[self._turn], line) != len(line):
            raise OSError("the disk is full")
        self.records += 1
        self.edits = 0 if saved else self.edits + 1
        self._note(after)

    def _note(self, graph: Graph) -> None:
        """Remember after how many records of this turn there was a graph, while it is held."""
        self._places[id(graph)] = ref(graph), self.records

    def _place(self, graph: Graph) -> int | None:
        held, place = self._places.get(id(graph), (None, 0))
        return place if held and held() is graph else None

    def turn(self) -> int:
        """Begin another turn, whose base follows by `settle`; returns its number.

        Raises:
            OSError: The disk is full or gone.
        """
        turn = self._turn + 1
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._logs[turn] = os.open(self.folder / f"{turn}{LOG}", flags, 0o600)
        self._turn, self.records = turn, 0
        self._places.clear()
        return turn

    def settle(self, turn: int, head: Head, text: bytes) -> None:
        """Write the base of a turn; what came before it goes.

        Raises:
            WriteError: It cannot be written; the turns before it stay.
        """
        _write_base(self.folder, turn, head, text, durable=True)
        for old in [number for number in self._logs if number < turn]:
            os.close(self._logs.pop(old))
        for path in self.folder.iterdir():
            if path.suffix in (BASE, LOG) and _number(path) < turn:
                path.unlink(missing_ok=True)

    def sync(self) -> None:
        """Wait until the disk has everything, so that not even a failing machine loses it."""
        for log in list(self._logs.values()):
            os.fsync(log)

    def sync_base(self) -> None:
        """Wait until the disk has the first base."""
        with suppress(OSError):  # a later turn may have replaced it
            with (self.folder / f"0{BASE}").open("rb+") as file:
                os.fsync(file.fileno())
            sync_folder(self.folder)

    def close(self) -> None:
        """Let go of the files and leave them."""
        for turn in list(self._logs):
            os.close(self._logs.pop(turn))

    def remove(self) -> None:
        """Remove the journal of a document that needs none any more."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


# --- Reading ---


def recovered(folder: Path, registry: Registry) -> Recovered | None:
    """Read the journal that a dead process left; ``None`` when nothing of it can be used."""
    turns = sorted(_number(path) for path in folder.glob(f"*{BASE}"))
    for turn in reversed(turns):
        with suppress(OSError, ValueError, DocumentError, TypeError):
            head, graph = _read_base(folder, turn, registry)
            when = (folder / f"{turn}{BASE}").stat().st_mtime
            return _with_records(folder, turn, Recovered(head, graph, when), registry)
    return None


def _with_records(folder: Path, turn: int, found: Recovered, registry: Registry) -> Recovered:
    logs = sorted(_number(path) for path in folder.glob(f"*{LOG}"))
    for log in [number for number in logs if number >= turn]:
        records, whole = _records(folder / f"{log}{LOG}")
        found, done = _replayed(found, records)
        if not (whole and done):
            break
    return replace(found, graph=modernised(found.graph, registry))


def _replayed(found: Recovered, records: list[dict[str, Any]]) -> tuple[Recovered, bool]:
    """Return a document after the records of one turn, and whether all of them could be done."""
    wanted = {record.get("back") for record in records}
    held = {0: found.graph}
    for place, record in enumerate(records, 1):
        try:
            back = "back" in record
            graph = held[record["back"]] if back else patched(found.graph, record)
        except (DocumentError, KeyError):
            return found, False
        if place in wanted:
            held[place] = graph
        edits = 0 if record["saved"] else found.head.edits + 1
        found = Recovered(replace(found.head, edits=edits), graph, record["at"])
    return found, True


def _records(log: Path) -> tuple[list[dict[str, Any]], bool]:
    """Return the records of a log up to the first that is not whole, and whether all are."""
    found: list[dict[str, Any]] = []
    for line in log.read_bytes().splitlines(keepends=True):
        payload = line[9:-1]
        if line != _line(payload):
            return found, False
        found.append(json.loads(payload))
    return found, True


def _line(payload: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(payload), payload)


def _write_base(folder: Path, turn: int, head: Head, text: bytes, *, durable: bool) -> None:
    content = json.dumps(asdict(head)).encode() + b"\n" + text
    atomic_write(folder / f"{turn}{BASE}", _line(content), durable=durable)


def _read_base(folder: Path, turn: int, registry: Registry) -> tuple[Head, Graph]:
    line = (folder / f"{turn}{BASE}").read_bytes()
    content = line[9:-1]
    if line != _line(content):
        raise DocumentError("the base is damaged")
    head, _, text = content.partition(b"\n")
    return Head(**json.loads(head)), document.read(text, registry)


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else -1
