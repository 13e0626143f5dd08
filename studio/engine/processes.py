"""Whether the process that held something is still there, and not another one with its number."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Any

_QUERY = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_RUNNING = 259  # STILL_ACTIVE


@cache
def this_process() -> str:
    """Return a name for this process that no other one ever has: host, number, time of start."""
    return f"{socket.gethostname()}|{os.getpid()}|{started(os.getpid()) or ''}"


def lives(name: str) -> bool | None:
    """Say whether the process with a name of `this_process` runs; ``None``: it cannot be known."""
    host, _, rest = name.partition("|")
    pid, _, start = rest.partition("|")
    if host != socket.gethostname() or not pid.isdigit():
        return None
    now = started(int(pid))
    return None if now == "" or not start else now == start


def started(pid: int) -> str | None:
    """Return when a process began, in units of the system; ``None``: there is no such process.

    Returns:
        An empty text when the system does not tell.
    """
    if sys.platform == "linux":
        return _linux(pid)
    if sys.platform == "win32":
        return _windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    return ""


def _linux(pid: int) -> str | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before may hold spaces and brackets
    return None if fields[0] in "ZX" else fields[19]


def _windows(pid: int) -> str | None:
    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009  # only there on Windows
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.OpenProcess(_QUERY, False, pid))
    if not handle:
        return None
    try:
        code, times = ctypes.c_ulong(), [ctypes.c_ulonglong() for _ in range(4)]
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.GetProcessTimes(handle, *map(ctypes.byref, times))
        return str(times[0].value) if code.value == _RUNNING else None
    finally:
        kernel.CloseHandle(handle)
