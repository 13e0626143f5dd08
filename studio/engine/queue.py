"""The runs that wait, in the store's database, so that they outlive a kill of everything.

A front end owns the runs it adds: it leases them and gives its worker one at a time. A run whose
front end is gone is an orphan; nobody takes it by himself, but `wirebrush queue resume` and the
window offer to finish it.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from studio.core.errors import WriteError
from studio.engine.db import Database
from studio.engine.events import RunRequest
from studio.engine.messages import from_data, to_data
from studio.engine.processes import lives, this_process

log = logging.getLogger(__name__)

State = Literal["queued", "running", "done", "failed", "cancelled"]

LEASE_SECONDS = 60.0
RENEW_SECONDS = 10.0
REMEMBERED = 100
"""Finished runs that are kept to be shown."""

_COLUMNS = "id, request, state, owner, expires, created, ended, text"


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """One run in the queue.

    Attributes:
        id: Id of the run.
        request: All that it needs; ``None`` when it was written by another version.
        state: How far it is.
        orphan: Whether it is not finished and its front end is gone.
        created: When it was added, in seconds since 1970.
        ended: When it was finished, or 0.
        text: What went wrong.
    """

    id: str
    request: RunRequest | None
    state: State
    orphan: bool
    created: float
    ended: float
    text: str


class RunQueue:
    """The queue of one store folder, as one front end sees it.

    Args:
        database: Shared with the other front ends.
        me: Name of this front end.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        me: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._me = me or this_process()
        self._clock = clock
        self._renewed = 0.0

    def add(self, request: RunRequest) -> None:
        """Add a run at the end, leased by this front end; it is on disk when this returns.

        Where the disk takes nothing, the run can be done all the same; a warning says that it will
        not outlive a kill.
        """
        now = self._clock()
        row = (request.run, json.dumps(to_data(request)), "queued", self._me)
        sql = (
            "INSERT INTO runs (id, request, state, owner, expires, created) "
            "VALUES (?, ?, ?, ?, ?, ?)"
        )
        if not self._database.write((sql, [(*row, now + LEASE_SECONDS, now)])):
            log.warning("this run is not written down, so that a kill would end it for good")

    def start(self, run: str) -> None:
        """Note that a run of this front end is at work."""
        sql = "UPDATE runs SET state = 'running' WHERE id = ? AND owner = ?"
        self._database.write((sql, [(run, self._me)]))

    def finish(self, run: str, state: State, text: str = "") -> None:
        """Note how a run ended; the oldest of those that are over are forgotten."""
        ended = (
            "UPDATE runs SET state = ?, text = ?, ended = ?, expires = 0 WHERE id = ?",
            [(state, text, self._clock(), run)],
        )
        forget = (
            "DELETE FROM runs WHERE ended > 0 AND position NOT IN "
            "(SELECT position FROM runs WHERE ended > 0 ORDER BY position DESC LIMIT ?)",
            [(REMEMBERED,)],
        )
        self._database.write(ended, forget)

    def renew(self) -> None:
        """Keep the leases of this front end; cheap enough to be called at every event."""
        now = time.monotonic()
        if now - self._renewed < RENEW_SECONDS:
            return
        self._renewed = now
        sql = "UPDATE runs SET expires = ? WHERE owner = ? AND ended = 0"
        self._database.write((sql, [(self._clock() + LEASE_SECONDS, self._me)]))

    def runs(self) -> list[QueuedRun]:
        """Return all runs that are known, in order."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM runs ORDER BY position")
        return [self._run(*row) for row in rows]

    def orphans(self) -> list[QueuedRun]:
        """Return the runs that are not finished and whose front end is gone, in order."""
        return [run for run in self.runs() if run.orphan]

    def adopt(self, run: str) -> bool:
        """Take over an orphan, unless another front end was faster; say whether it is ours now.

        Raises:
            WriteError: The disk takes nothing, so that others could not see that it is taken.
        """
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (run,))
        if not rows or not self._run(*rows[0]).orphan:
            return False
        owner, expires = rows[0][3:5]
        sql = (
            "UPDATE runs SET owner = ?, expires = ?, state = 'queued' "
            "WHERE id = ? AND owner = ? AND expires = ? AND ended = 0"
        )
        row = (self._me, self._clock() + LEASE_SECONDS, run, owner, expires)
        try:
            return self._database.must((sql, [row])) > 0
        except sqlite3.DatabaseError as error:
            text = f"the queue of runs cannot be written: {error}"
            raise WriteError(text, fix="free some space, then try again") from error

    def clear(self) -> int:
        """Forget orphans and finished runs; return how many. Those at work stay."""
        gone = [run.id for run in self.runs() if run.orphan or run.ended]
        self._database.write(("DELETE FROM runs WHERE id = ?", [(run,) for run in gone]))
        return len(gone)

    def _run(
        self,
        run: str,
        request: str,
        state: State,
        owner: str,
        expires: float,
        created: float,
        ended: float,
        text: str,
    ) -> QueuedRun:
        orphan = not ended and not self._held(owner, expires)
        return QueuedRun(run, _request(request), state, orphan, created, ended, text)

    def _held(self, owner: str, expires: float) -> bool:
        """Say whether a lease counts: its process lives, or cannot be asked and is in time."""
        known = True if owner == self._me else lives(owner)
        return expires > self._clock() if known is None else known


def _request(text: str) -> RunRequest | None:
    try:
        made = from_data(json.loads(text))
    except ValueError:
        return None
    return made if isinstance(made, RunRequest) else None
