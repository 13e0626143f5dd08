"""The database of the store: opened, brought up to date, and set aside when it is damaged.

One file holds results, receipts, fingerprints and the queue. Versions of its tables are numbered;
each list of statements in `VERSIONS` leads to the next one.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from studio.core.errors import WriteError

log = logging.getLogger(__name__)

NAME = "store.sqlite"
PATIENCE = 10.0

_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "9p", "fuse.sshfs", "glusterfs"}

VERSIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE results (
        key TEXT PRIMARY KEY, type TEXT NOT NULL, header TEXT NOT NULL, data BLOB,
        checksum BLOB NOT NULL, bytes INTEGER NOT NULL, seconds REAL NOT NULL,
        peak INTEGER NOT NULL, priority REAL NOT NULL, used REAL NOT NULL,
        width INTEGER, height INTEGER, thumbnail BLOB
    );
    CREATE INDEX results_priority ON results (priority, used);
    CREATE TABLE receipts (
        key TEXT NOT NULL, folder TEXT NOT NULL, files TEXT NOT NULL, PRIMARY KEY (key, folder)
    ) WITHOUT ROWID;
    CREATE TABLE pins (
        key TEXT NOT NULL, owner TEXT NOT NULL, expires REAL NOT NULL, PRIMARY KEY (key, owner)
    ) WITHOUT ROWID;
    CREATE TABLE leases (
        key TEXT PRIMARY KEY, owner TEXT NOT NULL, expires REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE files (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
        inode INTEGER NOT NULL, digest TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE policies (signature TEXT PRIMARY KEY, policy TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE costs (
        type TEXT NOT NULL, shape TEXT NOT NULL, seconds REAL NOT NULL, bytes REAL NOT NULL,
        peak REAL NOT NULL, PRIMARY KEY (type, shape)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE runs (
        position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        request TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL, expires REAL NOT NULL,
        created REAL NOT NULL, ended REAL NOT NULL DEFAULT 0, text TEXT NOT NULL DEFAULT ''
    );
    """,
    """
    CREATE TABLE sha256 (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
        inode INTEGER NOT NULL, digest TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)


Statement = tuple[str, Sequence[Sequence[Any]]]
"""SQL, and the rows that it is executed for."""


class Database:
    """One connection, for the threads of one process; nothing that happens to the file is fatal.

    What cannot be read is not there, and what cannot be written is not kept: everything in the
    store can be made again. Only `must` raises, for what may not be lost.

    Args:
        folder: Folder of the store; ``None``: everything is in memory and ends with the process.

    Raises:
        WriteError: The folder cannot be written.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        try:
            self._connection = connect(folder)
        except (OSError, sqlite3.Error) as error:
            raise WriteError(
                f"the store {folder} cannot be opened: {error}",
                fix="free some space, or let the cache lie in a folder that can be written",
            ) from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds; nothing when the database is damaged or locked."""
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                self._troubled(error)
                return []

    def value(self, sql: str, values: Sequence[Any] = (), default: Any = None) -> Any:
        """Return the first column of the first row, or `default`."""
        found = self.rows(sql, values)
        return found[0][0] if found else default

    def write(self, *statements: Statement) -> bool:
        """Execute statements in one transaction and return whether it was committed."""
        with self._lock:
            try:
                self.must(*statements)
            except sqlite3.DatabaseError as error:
                self._troubled(error)
                return False
            return True

    def must(self, *statements: Statement) -> int:
        """Execute statements in one transaction and return how many rows it changed.

        Raises:
            sqlite3.DatabaseError: Nothing was changed.
        """
        with self._lock:
            before = self._connection.total_changes
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for sql, rows in statements:
                    self._connection.executemany(sql, rows)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            return self._connection.total_changes - before

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _troubled(self, error: sqlite3.DatabaseError) -> None:
        if self.folder is None or not is_damage(error):
            log.warning("the store at %s does not answer: %s", self.folder, error)
            return
        with suppress(sqlite3.Error):
            self._connection.close()
        set_aside(self.folder / NAME, str(error))
        self._connection = connect(self.folder)


class NewerError(sqlite3.DatabaseError):
    """A newer version of the program made the database."""


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Say whether an error means that the file itself is of no use."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    damaged = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return damaged or isinstance(error, NewerError)


def as_text(name: str) -> str:
    """Return a path as text that the database takes, whatever its bytes are."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def connect(folder: Path | None) -> sqlite3.Connection:
    """Open the database of a store folder, or one in memory, made or brought up to date as needed.

    A file that is damaged, or that a newer version of the program made, is set aside under another
    name and begun anew: everything in it can be computed again.
    """
    if folder is None:
        return _opened(None)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    try:
        return _opened(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise  # locked, read-only, full: the file itself may be sound
        set_aside(path, str(error))
        return _opened(path)


def _opened(path: Path | None) -> sqlite3.Connection:
    database = sqlite3.connect(
        path or ":memory:", timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        if path is not None:
            _configure(database, path)
        _update(database)
    except BaseException:
        database.close()
        raise
    return database


def _configure(database: sqlite3.Connection, path: Path) -> None:
    _set_journal(database, "delete" if on_network(path) else "wal")
    # Without a sync at each commit, power loss may lose the last results, but never damages.
    database.execute("PRAGMA synchronous = NORMAL")


def _set_journal(database: sqlite3.Connection, mode: str) -> None:
    """Choose how changes are written, unless it is so already.

    SQLite does not wait for this as it does for rows: two that open a new database at the same
    moment would both be told that it is locked.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if database.execute("PRAGMA journal_mode").fetchone()[0] != mode:
                database.execute(f"PRAGMA journal_mode = {mode}")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _update(database: sqlite3.Connection) -> None:
    version = _version(database)
    if version == len(VERSIONS):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        version = _version(database)  # another process may have been faster
        if version > len(VERSIONS):
            raise NewerError(f"made by a newer version ({version})")
        for script in VERSIONS[version:]:
            for statement in filter(str.strip, script.split(";")):
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(VERSIONS)}")
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection) -> int:
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    return version


def set_aside(path: Path, reason: str) -> None:
    """Move a damaged database, and what belongs to it, out of the way."""
    log.warning("the database %s is set aside: %s", path, reason)
    mark = f".damaged-{time.time_ns()}"
    for tail in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            path.with_name(path.name + tail).replace(path.with_name(path.name + mark + tail))


def on_network(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Say whether a path lies on a network file system, where WAL does not work."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return os.name == "nt" and str(path).startswith("\\\\")
    points = [line.split(" ")[1:3] for line in lines if line.count(" ") >= 2]
    real = os.path.realpath(path)
    over = [(point, kind) for point, kind in points if _below(real, point)]
    return max(over, key=lambda item: len(item[0]), default=("", ""))[1] in _NETWORK


def _below(path: str, point: str) -> bool:
    return path == point or path.startswith(point.rstrip("/") + "/")
