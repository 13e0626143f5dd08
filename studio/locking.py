"""Locks on open files, between processes; the system lets go of them when their holder dies."""

from __future__ import annotations

import os
import sys

_FAR = 2**30
"""Where Windows locks a byte: beyond the text, which stays readable."""

if sys.platform == "win32":
    import msvcrt

    def locked(fd: int) -> bool:
        """Lock an open file, unless another one holds it; says whether it is locked now."""
        os.lseek(fd, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(fd, 0, os.SEEK_SET)
        return True

    def unlocked(fd: int) -> None:
        """Let go of an open file."""
        os.lseek(fd, _FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def locked(fd: int) -> bool:
        """Lock an open file, unless another one holds it; says whether it is locked now."""
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def unlocked(fd: int) -> None:
        """Let go of an open file."""
        fcntl.flock(fd, fcntl.LOCK_UN)
