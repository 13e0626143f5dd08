"""One device, one run at a time, whichever processes there are: a lock on a file per device.

The system lets go of the lock when its holder dies. The file names the process that had it last, so
that an idle one notices when another asked for the device.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from studio.core.errors import WriteError
from studio.engine.runtime import Token
from studio.locking import locked, unlocked

WAIT_SECONDS = 0.1


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
            WriteError: The file cannot be written.
        """
        with self._opened() as file:
            said = False
            while not locked(file.fileno()):
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
                unlocked(file.fileno())

    def _opened(self) -> FileIO:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return FileIO(self._path, "a+")
        except OSError as error:
            raise WriteError(
                f"the lock of the device, {self._path}, could not be written: {error.strerror}",
                fix="let the cache lie in a folder that can be written",
            ) from error

    def last(self) -> int:
        """Return the number of the process that has or had the device; 0: none."""
        with suppress(OSError, ValueError):
            return int(self._path.read_bytes())
        return 0
