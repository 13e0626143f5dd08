"""Who computes what: a key is leased, so that two processes that need it compute it once.

A lease ends with its process, or when it was not renewed in time.
"""

from __future__ import annotations

import sqlite3
import time

from studio.engine.db import Database
from studio.engine.processes import lives, this_process
from studio.engine.runtime import Token

LEASE_SECONDS = 60.0
RENEW_SECONDS = 10.0
WAIT_SECONDS = 0.05
_MARK = "#"


class Leases:
    """Leases of one process.

    Args:
        database: Shared with the other processes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.owner = f"{this_process()}{_MARK}{id(self)}"
        self._renewed: dict[str, float] = {}

    def take(self, key: str) -> bool:
        """Lease a key, unless another living process has it; nobody else then computes it."""
        row = self._database.rows("SELECT owner, expires FROM leases WHERE key = ?", (key,))
        if row and row[0][0] != self.owner and _alive(*row[0]):
            return False
        before = row[0][0] if row else ""
        now = time.time()
        try:
            # Only if nobody else was faster since the look above.
            taken = self._database.must(
                (
                    "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                    "owner = excluded.owner, expires = excluded.expires WHERE owner = ?",
                    [(key, self.owner, now + LEASE_SECONDS, before)],
                )
            )
        except sqlite3.DatabaseError:
            return True  # without a working database everybody works alone
        self._renewed[key] = time.monotonic()
        return taken > 0

    def renew(self, key: str) -> None:
        """Keep a lease; cheap enough to be called at every step."""
        now = time.monotonic()
        if now - self._renewed.get(key, now) > RENEW_SECONDS:
            self._renewed[key] = now
            sql = "UPDATE leases SET expires = ? WHERE key = ? AND owner = ?"
            self._database.write((sql, [(time.time() + LEASE_SECONDS, key, self.owner)]))

    def free(self, key: str) -> None:
        """Let go of a key."""
        self._renewed.pop(key, None)
        sql = "DELETE FROM leases WHERE key = ? AND owner = ?"
        self._database.write((sql, [(key, self.owner)]))

    def wait(self, token: Token) -> None:
        """Wait a moment before looking again.

        Raises:
            Cancelled: The run was asked to stop.
        """
        token.check()
        time.sleep(WAIT_SECONDS)
        token.check()


def _alive(owner: str, expires: float) -> bool:
    """Say whether a lease counts: in time, and its process runs if that can be known."""
    if time.time() >= expires or expires > time.time() + 2 * LEASE_SECONDS:
        return False
    return lives(owner.partition(_MARK)[0]) is not False
