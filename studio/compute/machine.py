"""What this machine has: cores, memory, a card, a version of torch; asked without loading torch."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any


@cache
def torch_version() -> str:
    """Return the version of torch without importing it."""
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return "none"


@cache
def find_card() -> str | None:
    """Return the compute capability and driver of the first NVIDIA card, asking the driver.

    The driver's own library is asked, because torch takes seconds to load.
    """
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(name)
    except OSError:
        return None
    if driver.cuInit(0):
        return None
    count, version, card = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    if driver.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
        return None
    driver.cuDriverGetVersion(ctypes.byref(version))
    driver.cuDeviceGet(ctypes.byref(card), 0)
    capability = f"{_attribute(driver, card, 75)}.{_attribute(driver, card, 76)}"
    return f"sm {capability} driver {version.value}"


def _attribute(driver: Any, card: ctypes.c_int, number: int) -> int:
    value = ctypes.c_int()
    driver.cuDeviceGetAttribute(ctypes.byref(value), number, card)
    return value.value


@cache
def physical_cores() -> int:
    """Return how many cores this process may use, counting those with two threads once."""
    usable = _usable()
    with suppress(OSError, ValueError):
        if sys.platform == "linux":
            return max(1, min(len({_siblings(cpu) for cpu in usable}), _quota()))
        if sys.platform == "darwin":
            return _sysctl("hw.physicalcpu")
        if sys.platform == "win32":
            return _windows_cores()
    return max(1, len(usable))


def _usable() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _siblings(cpu: int) -> str:
    place = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    return place.read_text("ascii").strip() if place.exists() else str(cpu)


def _quota() -> int:
    """Return how many cores a container may use."""
    with suppress(OSError, ValueError):
        most, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        if most != "max":
            return max(1, int(most) // int(period))
    return os.cpu_count() or 1


def _sysctl(name: str) -> int:
    system = ctypes.CDLL(None)
    value, size = ctypes.c_int(), ctypes.c_size_t(4)
    system.sysctlbyname(name.encode(), ctypes.byref(value), ctypes.byref(size), None, 0)
    return max(1, value.value)


def _windows_cores() -> int:
    """Count the entries that the system keeps for physical cores."""
    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009  # only there on Windows
    size = ctypes.c_ulong()
    kernel.GetLogicalProcessorInformationEx(0, None, ctypes.byref(size))
    table = (ctypes.c_byte * size.value)()
    kernel.GetLogicalProcessorInformationEx(0, table, ctypes.byref(size))
    cores = start = 0
    while start < size.value:
        start += int.from_bytes(bytes(table[start + 4 : start + 8]), "little")
        cores += 1
    return max(1, cores)


def total_memory() -> int:
    """Return the bytes of memory of this machine."""
    if sys.platform == "win32":
        return _windows_memory()
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _windows_memory() -> int:
    status = (ctypes.c_ulonglong * 8)()
    ctypes.cast(status, ctypes.POINTER(ctypes.c_ulong))[0] = ctypes.sizeof(status)
    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009  # only there on Windows
    kernel.GlobalMemoryStatusEx(status)
    return int(status[1])
