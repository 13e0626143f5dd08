"""Identity of a file: the digest of its content, remembered while the file stays as it is.

Known by path, size, time of change and inode, in memory and in the database, so that gigabytes are
read once. A folder's identity is the names and digests of its files, so what the file system says
of the folder itself does not matter: it is as it was when all of its files are.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
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

_PARTS = "\0"  # between a folder and the pattern of the files that count; no path has it
_FOLDER: Stamp = (0, 0, 0)
_NOTHING = blake3().hexdigest()


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

    def beginning(self, start: str) -> list[str]:
        """Return the names that begin with some text, sorted."""
        found = {name for name in list(self._known) if name.startswith(start)}
        if self._database is not None:
            end = start[:-1] + chr(ord(start[-1]) + 1)
            sql = f"SELECT path FROM {self._table} WHERE path >= ? AND path < ?"
            found |= {row[0] for row in self._database.rows(sql, (as_text(start), as_text(end)))}
        return sorted(found)


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
            return self._folder(path, pattern)
        except OSError as error:
            reason = error.strerror or str(error)
            raise MissingFileError(
                f"{path} cannot be read: {reason}", fix="choose a file that is there"
            ) from error

    def knows(self, path: Path, pattern: str = "") -> bool:
        """Say whether the digest of a file or folder is known, so that nothing has to be read.

        Args:
            path: File or folder.
            pattern: Which files of a folder count, as for `of`.

        Raises:
            OSError: There is no such file.
        """
        if not path.is_dir():
            return bool(self._read_before(path))
        digest = self._known.of(_folder_name(path, pattern), _FOLDER)
        return bool(digest) and digest == _together(path, pattern, self._read_before)

    def patterns(self, folder: Path) -> list[str]:
        """Return the patterns that a folder was ever read with."""
        names = self._known.beginning(_folder_name(folder, ""))
        return [name.partition(_PARTS)[2] for name in names]

    def having(self, digest: str) -> list[Path]:
        """Return what was read with this digest and is still as it was: files, and folders.

        No file is read anew, so a folder is found when the digests of all its files are known.
        """
        found = sorted(self._known.having(digest).items())
        still = (name for name, stamp in found if self._is_still(name, stamp, digest))
        return [Path(name.partition(_PARTS)[0]) for name in still]

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

    def _is_still(self, name: str, stamp: Stamp, digest: str) -> bool:
        folder, parted, pattern = name.partition(_PARTS)
        with suppress(OSError):
            if parted:
                return _together(Path(folder), pattern, self._read_before) == digest
            return stamp_of(Path(name)) == stamp
        return False

    def _folder(self, folder: Path, pattern: str) -> str:
        digest = _together(folder, pattern, self._file)
        name = _folder_name(folder, pattern)
        if digest != _NOTHING and digest != self._known.of(name, _FOLDER):
            self._known.put(name, _FOLDER, digest)
        return digest

    def _read_before(self, path: Path) -> str:
        """Return the digest of a file that is still as it was when it was read, or nothing."""
        name = os.path.realpath(path)
        return self._known.of(name, stamp_of(Path(name)))

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


def _folder_name(folder: Path, pattern: str) -> str:
    return f"{os.path.realpath(folder)}{_PARTS}{pattern}"


def _together(folder: Path, pattern: str, digest_of: Callable[[Path], str]) -> str:
    """Return the digest of a folder; empty as soon as that of one file is.

    Raises:
        OSError: A folder cannot be read.
    """
    digest = blake3()
    for path in list_files(folder, pattern) if pattern else all_files(folder):
        one = digest_of(path)
        if not one:
            return ""
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{one}\n".encode("utf-8", "surrogatepass"))
    made: str = digest.hexdigest()
    return made


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
