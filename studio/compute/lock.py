"""One device, one run at a time, whichever processes there are: a lock on a file per device.

The system lets go of the lock when its holder dies. The file names the process that had it last, so
that an idle one notices when another asked for the device.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from studio.engine.runtime import Token

WAIT_SECONDS = 0.1
_FAR = 2**30
"""Where Windows locks a byte: beyond the text, which stays readable."""


class DeviceLock:
    """The lock of one device.

    Args:
        path: Its file, the same for all processes that share results.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def hold(self, token: Token, waiting: Callable[[int], None]) -> Iterator[None]:
        """Hold the device while a block runs.

        Args:
            token: Ends the waiting.
            waiting: Called once with the number of the process that has the device.

        Raises:
            Cancelled: The run was asked to stop while it waited.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b", buffering=0) as file:
            said = False
            while not _locked(file.fileno()):
                if not said:
                    waiting(self.last())
                    said = True
                token.check()
                time.sleep(WAIT_SECONDS)
            file.truncate(0)
            file.write(str(os.getpid()).encode())
            try:
                yield
            finally:
                _unlocked(file.fileno())

    def last(self) -> int:
        """Return the number of the process that has or had the device; 0: none."""
        with suppress(OSError, ValueError):
            return int(self._path.read_bytes())
        return 0


if sys.platform == "win32":
    import msvcrt

    def _locked(fd: int) -> bool:
        os.lseek(fd, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(fd, 0, os.SEEK_SET)
        return True

    def _unlocked(fd: int) -> None:
        os.lseek(fd, _FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _locked(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlocked(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)
