"""When memory runs short: how it is recognised, what is tried, and what is said in the end.

The ladder: first, networks that nothing uses leave the device; then the node is called again with a
quarter of its memory budget, so that it works in tiles and takes items of a batch one by one; then
with a sixteenth. The first rung changes no bits. The others may, so their results are stored under
a key of their own.
"""

from __future__ import annotations

import re
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studio.compute.device import Device
from studio.core.errors import OutOfMemoryError

GIBIBYTE = 2**30


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to do with less memory.

    Attributes:
        name: Part of the key when it changes bits, else empty.
        divisor: What the memory budget of the node is divided by.
        text: What the user is told.
    """

    name: str
    divisor: int
    text: str


LADDER = (
    Rung("", 1, "memory was short; networks that are not in use left the device"),
    Rung("budget/4", 4, "memory was short; the node works in smaller pieces, a quarter the size"),
    Rung("budget/16", 16, "memory was short; the node works in pieces of a sixteenth the size"),
)


def divisor(rung: str) -> int:
    """Return what the memory budget is divided by on a rung that was taken."""
    return next((item.divisor for item in LADDER if item.name == rung), 1)


_SHORT = re.compile(
    r"out of memory|can't allocate memory|not enough memory|bad_alloc|CUBLAS_STATUS_ALLOC_FAILED"
)
_ASKED = re.compile(r"[Tt]ried to allocate ([\d.]+) ?(bytes|[KMG]iB)|allocate memory: you tried")
_BYTES = re.compile(r"you tried to allocate (\d+) bytes")
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def is_short(error: BaseException) -> bool:
    """Say whether an error, or what caused it, is a lack of memory."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, MemoryError | OutOfMemoryError):
            return True
        # torch raises RuntimeError on the CPU, and its own class of it on a card.
        if isinstance(found, RuntimeError) and _SHORT.search(str(found)):
            return True
        found = found.__cause__
    return False


def let_go(error: BaseException) -> None:
    """Let go of what the functions held that an error came through."""
    found: BaseException | None = error
    while found is not None:
        traceback.clear_frames(found.__traceback__)
        found = found.__cause__


def needed(error: BaseException) -> int:
    """Return the bytes that could not be had, as far as the error says; else 0."""
    found: BaseException | None = error
    while found is not None:
        plain = _BYTES.search(str(found))
        if plain:
            return int(plain.group(1))
        asked = _ASKED.search(str(found))
        if asked and asked.group(1):
            return int(float(asked.group(1)) * _UNITS[asked.group(2)])
        found = found.__cause__
    return 0


def free_bytes(device: Device) -> int:
    """Return the bytes that are free on a device; 0 when the system does not tell."""
    if device.kind == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    with suppress(OSError, ValueError, IndexError):
        text = Path("/proc/meminfo").read_text("ascii")
        return int(text.split("MemAvailable:")[1].split()[0]) * 1024
    return 0


def explain(error: BaseException, device: Device) -> OutOfMemoryError:
    """Return the error for people, after everything was tried."""
    size, free = needed(error), free_bytes(device)
    asked = f"{size / GIBIBYTE:.2f} GiB more were needed" if size else "more memory was needed"
    has = f"{free / GIBIBYTE:.2f} GiB are free on {device.name}" if free else f"on {device.name}"
    return OutOfMemoryError(
        f"there is too little memory: {asked}, {has}",
        fix="use a smaller size or batch, close other programs, or lower pool_mb in the settings",
    )


class Peak:
    """The most memory in use since it was reset.

    Args:
        device: What is watched.
    """

    def __init__(self, device: Device) -> None:
        self._device = device

    def reset(self) -> None:
        """Begin anew."""
        if self._on_card():
            sys.modules["torch"].cuda.reset_peak_memory_stats()
            return
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_bytes(b"5")  # resets the peak alone

    def read(self) -> int:
        """Return the bytes; 0: not measured."""
        if self._on_card():
            return int(sys.modules["torch"].cuda.max_memory_allocated())
        return _status("VmHWM")

    def _on_card(self) -> bool:
        return self._device.kind == "cuda" and "torch" in sys.modules


def resident() -> int:
    """Return the bytes of memory that this process holds; 0: the system does not tell."""
    return _status("VmRSS")


def _status(name: str) -> int:
    with suppress(OSError, ValueError, IndexError):
        text = Path("/proc/self/status").read_text("ascii", "replace")
        return int(text.split(f"{name}:")[1].split()[0]) * 1024
    return 0
