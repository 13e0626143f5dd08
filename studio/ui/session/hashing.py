"""Digests of large files, made in a thread of their own while everything else goes on. No Qt.

Whoever asks for one that is not known yet is told so at once, and asks again when it is there.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from studio.core.errors import StudioError
from studio.engine.db import Database
from studio.engine.fingerprint import Fingerprints, stamp_of

AT_ONCE_BYTES = 8 * 2**20
"""Files up to this size are read on the spot."""
_PIECE = 16 * 2**20

Tell = Callable[[Path, float], None]
"""Takes how much of a file was read, 0 to 1."""


class HashingError(StudioError):
    """The digest of a file is on its way.

    Args:
        path: The file.
    """

    code = "E_HASHING"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is being read")
        self.path = path


class LaterFingerprints(Fingerprints):
    """Digests of files; those of large ones come later.

    Args:
        database: Remembers them between processes.
        later: Does work in another thread.
        tell: Takes how far a file is; called in that thread, with 1 when its digest is known.
    """

    def __init__(
        self, database: Database | None, later: Callable[[Callable[[], None]], None], tell: Tell
    ) -> None:
        super().__init__(database, self._read)
        self._later = later
        self._tell = tell
        self._busy: set[Path] = set()
        self._guard = threading.Lock()
        self._stopped = False

    def stop(self) -> None:
        """Read no further; the window closes."""
        self._stopped = True

    def of(self, path: Path, pattern: str = "") -> str:
        """Return the digest of a file, or of a folder with all that is below it.

        Raises:
            HashingError: It is not known yet.
            MissingFileError: There is no such file, or it cannot be read.
        """
        with suppress(OSError):  # said below
            if path.is_file() and path.stat().st_size > AT_ONCE_BYTES and not self.knows(path):
                self._begin(path)
                raise HashingError(path)
        return super().of(path, pattern)

    def _begin(self, path: Path) -> None:
        with self._guard:
            if path in self._busy:
                return
            self._busy.add(path)
        self._later(lambda: self._make(path))

    def _make(self, path: Path) -> None:
        try:
            with suppress(StudioError):  # it is gone; the checks say so
                super().of(path)
        finally:
            with self._guard:
                self._busy.discard(path)
            self._tell(path, 1.0)

    def _read(self, path: Path) -> str:
        from blake3 import blake3

        digest, other = blake3(), sha256()
        stamp, done = stamp_of(path), 0
        size = max(stamp[0], 1)
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if self._stopped:
                    raise HashingError(path)
                digest.update(piece)
                other.update(piece)
                done += len(piece)
                if done < size:
                    self._tell(path, done / size)
        self._sha256.put(os.path.realpath(path), stamp, other.hexdigest())
        made: str = digest.hexdigest()
        return made
