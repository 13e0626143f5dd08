"""Networks on the device: loaded when something must be computed, lent, and let go when room is short.

A network is known by its file, its kind, its number format and its patches; what steers it while it
runs makes no other network of it. What is lent is never
let go; of the rest, what was used least recently leaves first. Loading can be cancelled between two
tensors.
"""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from studio.compute.device import DTYPES, Device
from studio.compute.machine import total_memory
from studio.core.values import STEERING, Annotator, Handle

MEBIBYTE = 2**20
SHARE = 0.6
"""Part of the device's memory that networks may take when the settings name no number."""


class Step(Protocol):
    """How far loading has come."""

    @property
    def done_bytes(self) -> int:
        """Bytes of the file that are in the network."""

    @property
    def total_bytes(self) -> int:
        """Bytes of the file that belong into it."""


Load = Callable[[Handle, Device], Generator[Step, None, Any]]
"""Loads a network onto a device, yielding after each tensor."""

Tell = Callable[[int, int], None]
"""Takes the bytes done and in all; may raise `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a network is known by.

    Attributes:
        file: Path of the weights.
        stamp: Size, time of change and inode of its files, so that another file is another network.
        kind: Class of the handle: denoiser, VAE, text encoder.
        dtype: Number format.
        patches: What was put on it, without what only steers it while it runs.
    """

    file: str
    stamp: tuple[int, ...]
    kind: str
    dtype: str
    patches: tuple[Any, ...]

    def __str__(self) -> str:
        """Write the file and the kind."""
        return f"{Path(self.file).name} ({self.kind})"


@dataclass(slots=True)
class _Held:
    network: Any
    bytes: int
    lent: int = 0


class Pool:
    """The networks of one process on one device.

    Args:
        device: Where they live.
        budget: Bytes that they may take together; one that is larger alone is still loaded.
        load: Makes a network of a handle.
        changed: Called after networks came or went.
    """

    def __init__(
        self,
        device: Device,
        budget: int,
        load: Load,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.device = device
        self.budget = budget
        self._load = load
        self._changed = changed
        self._held: OrderedDict[Name, _Held] = OrderedDict()
        self._lock = threading.RLock()

    @property
    def bytes(self) -> int:
        """Bytes that the networks take."""
        with self._lock:
            return sum(held.bytes for held in self._held.values())

    @property
    def networks(self) -> tuple[str, ...]:
        """Names of the networks, least recently used first."""
        with self._lock:
            return tuple(str(name) for name in self._held)

    @contextmanager
    def lend(self, handle: Handle, tell: Tell) -> Iterator[Any]:
        """Lend the network of a handle while a block runs, loading it first if needed.

        Args:
            handle: Names the network.
            tell: Called after each tensor with the bytes done and in all; what it raises stops
                the loading, and nothing is left behind.

        Raises:
            ModelError: The file cannot be loaded.
        """
        name = name_of(handle, self.device)
        held = self._take(name) or self._loaded(name, handle, tell)
        try:
            yield held.network
        finally:
            with self._lock:
                held.lent -= 1
            self._make_room(0)

    def free(self, *, keep: int = 0) -> int:
        """Let go of what is not lent, least recently used first; return the bytes let go.

        Args:
            keep: Bytes that may stay.
        """
        freed = 0
        with self._lock:
            for name in [name for name, held in self._held.items() if not held.lent]:
                if self.bytes <= keep:
                    break
                freed += self._held.pop(name).bytes
        if freed:
            empty(self.device)
            self._changed()
        return freed

    def _take(self, name: Name) -> _Held | None:
        with self._lock:
            held = self._held.get(name)
            if held:
                held.lent += 1
                self._held.move_to_end(name)
            return held

    def _loaded(self, name: Name, handle: Handle, tell: Tell) -> _Held:
        steps = self._load(handle, self.device)
        room = False
        try:
            while True:
                step = next(steps)
                if not room:
                    self._make_room(self._expected(step, handle))
                    room = True
                tell(step.done_bytes, step.total_bytes)
        except StopIteration as stop:
            held = _Held(stop.value, size_of(stop.value), lent=1)
        finally:
            steps.close()
        with self._lock:
            self._held[name] = held
        self._make_room(0)
        self._changed()
        return held

    def _make_room(self, bytes_needed: int) -> None:
        if self.bytes + bytes_needed > self.budget:
            self.free(keep=max(0, self.budget - bytes_needed))

    def _expected(self, step: Step, handle: Handle) -> int:
        """Guess the size on the device; files that hold halves double when cast to float32."""
        return step.total_bytes * DTYPES[self.device.dtype_of(handle)] // 2


def name_of(handle: Handle, device: Device) -> Name:
    """Return what the network of a handle is known by."""
    patches = tuple(patch for patch in handle.patches if patch.kind not in STEERING)
    files = [handle.file, *(patch.file for patch in patches)]
    stamps = tuple(part for file in files for part in _stamp(Path(file)))
    kind = type(handle).__name__
    if isinstance(handle, Annotator):
        kind = f"{kind} {handle.part}".rstrip()
    return Name(handle.file, stamps, kind, device.dtype_of(handle), patches)


def _stamp(place: Path) -> Iterator[int]:
    """Return size, time of change and inode of a file, or of the weights in a folder."""
    for file in sorted(place.rglob("*.safetensors")) if place.is_dir() else [place]:
        if file.exists():
            status = file.stat()
            yield from (status.st_size, status.st_mtime_ns, status.st_ino)


def size_of(network: Any) -> int:
    """Return the bytes of the parameters and buffers of a network, or of several towers.

    A network that holds its weights elsewhere says itself how many bytes they are.
    """
    if (held := getattr(network, "held_bytes", None)) is not None:
        return int(held)
    towers = getattr(network, "towers", None)
    modules = [tower.model for tower in towers] if towers is not None else [network]
    return sum(
        tensor.nbytes
        for module in modules
        for tensors in (module.parameters(), module.buffers())
        for tensor in tensors
    )


def empty(device: Device) -> None:
    """Give back memory that nothing uses."""
    gc.collect()
    if device.kind == "cuda":
        import torch

        torch.cuda.empty_cache()


def default_budget(device: Device, pool_mb: int) -> int:
    """Return the bytes that networks may take: the setting, or a share of the device's memory."""
    if pool_mb:
        return pool_mb * MEBIBYTE
    if device.kind == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[1] * SHARE)
    return int(total_memory() * SHARE)


def load_network(handle: Handle, device: Device) -> Generator[Step, None, Any]:
    """Load a network of `studio.diffusion` onto a device, tensor by tensor."""
    import torch

    from studio.diffusion.loading import load_steps, prepare

    dtype: torch.dtype = getattr(torch, device.dtype_of(handle))
    last = device.memory_format == "channels_last"
    network = yield from load_steps(handle, dtype, channels_last=last)
    return prepare(network, device.name, dtype, last) if device.kind != "cpu" else network
