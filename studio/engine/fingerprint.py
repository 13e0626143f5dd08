"""Identity of a file: the digest of its content, remembered while the file stays as it is.

Known by path, size, time of change and inode, in memory and in the database, so that gigabytes are
read once. A folder's identity is the names and digests of its files.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from blake3 import blake3

from studio.core.errors import MissingFileError
from studio.engine.db import Database, as_text
from studio.facts.listing import file_digest, list_files

# A file that changed this recently may change again without another time of change.
SETTLED_SECONDS = 1.0

QUICK_BYTES = 64 * 2**20
"""A file of this size is read and digested in a tenth of a second."""

Stamp = tuple[int, int, int]
Known = tuple[Stamp, str]


class Digests:
    """Digests of one kind, by path and by what the file system says of the file.

    Args:
        database: Remembers them between processes; ``None``: only this process does.
        table: Where.
    """

    def __init__(self, database: Database | None, table: str) -> None:
        self._database = database
        self._table = table
        self._known: dict[str, Known] = {}

    def get(self, name: str) -> Known | None:
        """Return what a file was when it was last read, and its digest."""
        if name in self._known or self._database is None:
            return self._known.get(name)
        sql = f"SELECT size, mtime, inode, digest FROM {self._table} WHERE path = ?"
        rows = self._database.rows(sql, (as_text(name),))
        return ((rows[0][0], rows[0][1], rows[0][2]), rows[0][3]) if rows else None

    def of(self, name: str, stamp: Stamp) -> str:
        """Return the digest of a file that is still as it was, or nothing."""
        known = self.get(name)
        if known is None or known[0] != stamp:
            return ""
        self._known[name] = known
        return known[1]

    def put(self, name: str, stamp: Stamp, digest: str) -> None:
        """Remember a digest, unless the file may yet change without another time of change."""
        if abs(time.time() - stamp[1] / 1e9) <= SETTLED_SECONDS:
            return
        self._known[name] = (stamp, digest)
        if self._database is not None:
            sql = f"REPLACE INTO {self._table} VALUES (?, ?, ?, ?, ?)"
            self._database.write((sql, [(as_text(name), *stamp, digest)]))

    def having(self, digest: str) -> dict[str, Stamp]:
        """Return the files that were read with a digest, and what they were then."""
        found = {name: stamp for name, (stamp, known) in self._known.items() if known == digest}
        if self._database is None:
            return found
        sql = f"SELECT path, size, mtime, inode FROM {self._table} WHERE digest = ?"
        rows = self._database.rows(sql, (digest,))
        return found | {row[0]: (row[1], row[2], row[3]) for row in rows}


class Fingerprints:
    """Digests of files.

    Args:
        database: Remembers them between processes; ``None``: only this process does.
        digest: Reads a whole file.
    """

    def __init__(
        self, database: Database | None = None, digest: Callable[[Path], str] = file_digest
    ) -> None:
        self._digest = digest
        self._known = Digests(database, "files")
        self._sha256 = Digests(database, "sha256")

    def of(self, path: Path, pattern: str = "") -> str:
        """Return the digest of a file, or of a folder with all that is below it.

        Args:
            path: File or folder.
            pattern: For a folder whose own files alone count: which of them, such as
                ``*.png *.jpg``.

        Raises:
            MissingFileError: There is no such file, or it cannot be read.
        """
        try:
            if not path.is_dir():
                return self._file(path)
            files = list_files(path, pattern) if pattern else all_files(path)
            return self._folder(path, files)
        except OSError as error:
            reason = error.strerror or str(error)
            raise MissingFileError(
                f"{path} cannot be read: {reason}", fix="choose a file that is there"
            ) from error

    def knows(self, path: Path) -> bool:
        """Say whether a file's digest is known, so that nothing has to be read.

        Raises:
            OSError: There is no such file.
        """
        name = os.path.realpath(path)
        return bool(self._known.of(name, stamp_of(Path(name))))

    def having(self, digest: str) -> list[Path]:
        """Return the files that were read with this digest, and that are still as they were."""
        found = sorted(self._known.having(digest).items())
        return [Path(name) for name, stamp in found if _is_still(name, stamp)]

    def remembered(self, path: Path) -> tuple[str, int]:
        """Return digest and size that a file had when it was last read; empty and 0: never.

        The file need not be there any more.
        """
        known = self._known.get(os.path.realpath(path))
        return (known[1], known[0][0]) if known else ("", 0)

    def sha256(self, path: Path) -> str:
        """Return the SHA-256 of a file that other programs name it by, in hexadecimal.

        Nobody waits for it: of a large file it is known when somebody read it before, else empty.
        """
        name = os.path.realpath(path)
        try:
            stamp = stamp_of(Path(name))
            digest = self._sha256.of(name, stamp)
            if digest or stamp[0] > QUICK_BYTES:
                return digest
            digest = sha256(Path(name).read_bytes()).hexdigest()
        except OSError:
            return ""
        self._sha256.put(name, stamp, digest)
        return digest

    def _folder(self, folder: Path, files: Iterable[Path]) -> str:
        digest = blake3()
        for path in files:
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name}\0{self._file(path)}\n".encode("utf-8", "surrogatepass"))
        made: str = digest.hexdigest()
        return made

    def _file(self, path: Path) -> str:
        name = os.path.realpath(path)
        stamp = stamp_of(Path(name))
        digest = self._known.of(name, stamp)
        if not digest:
            digest = self._digest(path)
            self._known.put(name, stamp, digest)
        return digest


def all_files(folder: Path) -> Iterator[Path]:
    """Walk all files below a folder in a fixed order, without recursion.

    Raises:
        OSError: A folder cannot be read.
    """
    waiting = [folder]
    while waiting:
        here = sorted(waiting.pop().iterdir(), key=lambda path: path.name)
        yield from (path for path in here if path.is_file())
        waiting.extend(path for path in here if path.is_dir() and not path.is_symlink())


def _is_still(name: str, stamp: Stamp) -> bool:
    try:
        return stamp_of(Path(name)) == stamp
    except OSError:
        return False


def stamp_of(path: Path) -> Stamp:
    """Return what the file system says of a file: size, time of change in nanoseconds, inode.

    Raises:
        OSError: There is no such file, or it is none.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "it is no file")
    # SQLite keeps signed numbers of 64 bits; some file systems have larger inodes.
    return status.st_size, status.st_mtime_ns, status.st_ino & (2**63 - 1)
