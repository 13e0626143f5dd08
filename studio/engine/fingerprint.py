"""Identity of a file: the digest of its content, remembered while the file stays as it is.

Known by path, size, time of change and inode, in memory and in the database, so that gigabytes are
read once. A folder's identity is the names and digests of its files.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from blake3 import blake3

from studio.core.errors import MissingFileError
from studio.engine.db import Database, as_text
from studio.facts.listing import file_digest, list_files

# A file that changed this recently may change again without another time of change.
SETTLED_SECONDS = 1.0

_Stamp = tuple[int, int, int]


class Fingerprints:
    """Digests of files.

    Args:
        database: Remembers them between processes; ``None``: only this process does.
        digest: Reads a whole file.
    """

    def __init__(
        self, database: Database | None = None, digest: Callable[[Path], str] = file_digest
    ) -> None:
        self._database = database
        self._digest = digest
        self._known: dict[str, tuple[_Stamp, str]] = {}

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
            files = list_files(path, pattern) if pattern else _all_files(path)
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
        known = self._known.get(name) or self._remembered(name)
        return known is not None and known[0] == _stamp(Path(name).stat())

    def having(self, digest: str) -> list[Path]:
        """Return the files that were read with this digest, and that are still as they were."""
        found = {name: stamp for name, (stamp, known) in self._known.items() if known == digest}
        if self._database is not None:
            sql = "SELECT path, size, mtime, inode FROM files WHERE digest = ?"
            found |= {
                row[0]: (row[1], row[2], row[3]) for row in self._database.rows(sql, (digest,))
            }
        return [Path(name) for name, stamp in sorted(found.items()) if _is_still(name, stamp)]

    def remembered(self, path: Path) -> tuple[str, int]:
        """Return digest and size that a file had when it was last read; empty and 0: never.

        The file need not be there any more.
        """
        name = os.path.realpath(path)
        known = self._known.get(name) or self._remembered(name)
        return (known[1], known[0][0]) if known else ("", 0)

    def _folder(self, folder: Path, files: Iterable[Path]) -> str:
        digest = blake3()
        for path in files:
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name}\0{self._file(path)}\n".encode("utf-8", "surrogatepass"))
        made: str = digest.hexdigest()
        return made

    def _file(self, path: Path) -> str:
        name = os.path.realpath(path)
        stamp = _stamp(Path(name).stat())
        known = self._known.get(name) or self._remembered(name)
        if known and known[0] == stamp:
            self._known[name] = known
            return known[1]
        digest = self._digest(path)
        if abs(time.time() - stamp[1] / 1e9) > SETTLED_SECONDS:
            self._known[name] = (stamp, digest)
            self._remember(name, stamp, digest)
        return digest

    def _remembered(self, name: str) -> tuple[_Stamp, str] | None:
        if self._database is None:
            return None
        sql = "SELECT size, mtime, inode, digest FROM files WHERE path = ?"
        rows = self._database.rows(sql, (as_text(name),))
        return ((rows[0][0], rows[0][1], rows[0][2]), rows[0][3]) if rows else None

    def _remember(self, name: str, stamp: _Stamp, digest: str) -> None:
        if self._database is not None:
            sql = "REPLACE INTO files VALUES (?, ?, ?, ?, ?)"
            self._database.write((sql, [(as_text(name), *stamp, digest)]))


def _all_files(folder: Path) -> Iterator[Path]:
    """Walk all files below a folder in a fixed order, without recursion."""
    waiting = [folder]
    while waiting:
        here = sorted(waiting.pop().iterdir(), key=lambda path: path.name)
        yield from (path for path in here if path.is_file())
        waiting.extend(path for path in here if path.is_dir() and not path.is_symlink())


def _is_still(name: str, stamp: _Stamp) -> bool:
    try:
        return _stamp(Path(name).stat()) == stamp
    except OSError:
        return False


def _stamp(status: os.stat_result) -> _Stamp:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "it is no file")
    # SQLite keeps signed numbers of 64 bits; some file systems have larger inodes.
    return status.st_size, status.st_mtime_ns, status.st_ino & (2**63 - 1)
