"""The store, the queue and what else lies on disk, for threads in the background. No Qt."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from studio.core.errors import WriteError
from studio.engine.db import Database
from studio.engine.events import RunRequest, Thumbnail
from studio.engine.queue import QueuedRun, RunQueue, State
from studio.engine.records import Policies, Receipts
from studio.engine.store import Brief, Store
from studio.engine.words import words_in
from studio.files import atomic_write
from studio.ui.session.hashing import LaterFingerprints, Tell
from studio.ui.session.results import Result, read_result

log = logging.getLogger(__name__)

MOST_WORDS = 20_000
"""Results whose words are kept; they are read from the store again."""


class StoreRoom:
    """What lies in the store folder; opened when it is first needed.

    Args:
        folder: Of the store.
        later: Does work in a thread for reading large files.
        tell: Takes how far a file was read.
    """

    def __init__(
        self, folder: Path, later: Callable[[Callable[[], None]], None], tell: Tell
    ) -> None:
        self._folder = folder
        self._later = later
        self._tell = tell
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._failed = False
        self._fingerprints: LaterFingerprints | None = None
        self.memory: dict[str, Brief] = {}
        """Results that the worker holds, as far as it said so."""
        self._words: dict[str, Mapping[str, str]] = {}

    # --- Results ---

    def briefs(self, keys: Iterable[str]) -> Mapping[str, Brief]:
        """Return what is shown of those of some keys that have results."""
        wanted = set(keys)
        found = {key: self.memory[key] for key in wanted & self.memory.keys()}
        if store := self._store():
            found |= store.briefs(wanted)
        return found

    def words(self, keys: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """Return what stored results say that are numbers or texts, by the name of the output."""
        wanted, store = set(keys), self._store()
        if store is None:
            return {}
        if len(self._words) > MOST_WORDS:
            self._words.clear()
        headers = store.headers(wanted - self._words.keys())
        self._words |= {key: words_in(header) for key, header in headers.items()}
        return {key: self._words[key] for key in wanted & self._words.keys()}

    def thumbnail(self, key: str) -> Thumbnail | None:
        """Return the small picture of a result."""
        store = self._store()
        return store.thumbnail(key) if store else None

    def result(self, key: str, output: str) -> Result | None:
        """Return an output of a stored result."""
        store = self._store()
        return read_result(store, key, output) if store else None

    def receipts(self) -> Receipts | None:
        """Return what effects wrote."""
        database = self._open()
        return Receipts(database) if database else None

    def fingerprints(self) -> LaterFingerprints:
        """Return digests of files."""
        database = self._open()
        with self._lock:
            if self._fingerprints is None:
                self._fingerprints = LaterFingerprints(database, self._later, self._tell)
            return self._fingerprints

    def stop(self) -> None:
        """Read no further files."""
        with self._lock:
            if self._fingerprints:
                self._fingerprints.stop()

    # --- The numeric policy ---

    def policy(self, name: str) -> str:
        """Return the policy that a worker had with these settings, so that keys are known early."""
        database = self._open()
        return Policies(database).get(name) if database else ""

    def note_policy(self, name: str, policy: str) -> None:
        """Remember a policy."""
        if database := self._open():
            Policies(database).put(name, policy)

    # --- The queue ---

    def add(self, request: RunRequest) -> None:
        """Write a run down, so that it outlives a kill of everything."""
        if queue := self._queue():
            queue.add(request)

    def begin(self, run: str) -> None:
        """Note that a run is at work."""
        if queue := self._queue():
            queue.start(run)

    def finish(self, run: str, state: State, text: str) -> None:
        """Note how a run ended."""
        if queue := self._queue():
            queue.finish(run, state, text)

    def renew(self) -> None:
        """Keep the leases of this window's runs."""
        if queue := self._queue():
            queue.renew()

    def orphans(self) -> list[QueuedRun]:
        """Return the runs that were interrupted and can be finished."""
        queue = self._queue()
        return [run for run in queue.orphans() if run.request] if queue else []

    def adopt(self, runs: Iterable[QueuedRun]) -> list[RunRequest]:
        """Take over interrupted runs; return those that nobody else took."""
        queue = self._queue()
        found = [run.request for run in runs if queue and run.request and queue.adopt(run.id)]
        return [request for request in found if request is not None]

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            if self._database:
                self._database.close()
            self._database, self._failed = None, True

    def _queue(self) -> RunQueue | None:
        database = self._open()
        return RunQueue(database) if database else None

    def _store(self) -> Store | None:
        database = self._open()
        return Store(database) if database else None

    def _open(self) -> Database | None:
        with self._lock:
            if self._database is None and not self._failed:
                try:
                    self._database = Database(self._folder)
                except WriteError as error:
                    self._failed = True
                    log.warning("%s", error)
            return self._database


class Grants:
    """Absolute paths that the user chose himself, so that graphs may read them.

    Args:
        path: Where they are kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.paths: frozenset[str] = frozenset()
        with suppress(OSError, ValueError, TypeError):
            self.paths = frozenset(map(str, json.loads(path.read_text("utf-8"))))

    def add(self, path: str) -> bool:
        """Take in a path; say whether it is new."""
        new = path not in self.paths
        self.paths |= {path}
        return new

    def save(self) -> None:
        """Write them down."""
        with suppress(WriteError):  # they are asked for again
            atomic_write(self._path, json.dumps(sorted(self.paths)).encode())
