"""What nodes get as ``ctx``, and what the engine gets as its `Runtime`."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from studio.compute import memory, thumbnails
from studio.compute.device import Device
from studio.compute.pool import Pool
from studio.core.context import Context, Progress
from studio.core.values import Handle, Ref, Value
from studio.engine.events import ModelLoading, Thumbnail
from studio.engine.runtime import Call

T = TypeVar("T")

TELL_SECONDS = 0.033
"""Least time between two messages about loading; an SDXL file has 2,500 tensors."""


@dataclass(frozen=True, slots=True)
class NodeContext:
    """The ``ctx`` of one call of a node.

    Attributes:
        call: The call, as the engine sees it.
        pool: Lends networks.
        budget: Bytes that the node may use for its activations.
    """

    call: Call
    pool: Pool
    budget: int

    @property
    def device(self) -> str:
        """Name of the device, such as ``cpu`` or ``cuda:0``."""
        return self.pool.device.name

    @property
    def memory_budget(self) -> int:
        """Bytes that one node may use; less on a rung of the ladder for short memory."""
        return self.budget // self.memory_divisor

    @property
    def memory_divisor(self) -> int:
        """What the budget was divided by on a rung of the ladder for short memory, else 1."""
        return memory.divisor(self.call.rung)

    @property
    def folder(self) -> Path:
        """A folder of this result's own, for what is too large to hold."""
        return self.call.folder()

    def on_device(self, handle: Handle) -> AbstractContextManager[Any]:
        """Lend the network that a handle names, with its patches, while the block runs."""
        prepare_torch(self.pool.device)
        return self.pool.lend(handle, self._teller(handle))

    def fetch(self, ref: Ref) -> Value:
        """Return the value that a patch refers to."""
        return self.call.fetch(ref)

    def part(
        self,
        name: str,
        parameters: Mapping[str, Any],
        values: Iterable[Any],
        make: Callable[[], Generator[Progress, None, T]],
    ) -> Generator[Progress, None, T]:
        """Return a stored part of this node's work, or make and store it."""
        return self.call.part(name, parameters, values, make)

    def warn(self, code: str, text: str) -> None:
        """Report something that is odd but keeps nothing from running."""
        self.call.warn(code, text)

    def _teller(self, handle: Handle) -> Callable[[int, int], None]:
        name = Path(handle.file).name
        told = float("-inf")

        def tell(done: int, total: int) -> None:
            nonlocal told
            self.call.token.check()
            now = time.monotonic()
            if now - told >= TELL_SECONDS or done == total:
                told = now
                self.call.emit(ModelLoading(self.call.run, self.call.node, name, done, total))

        return tell


class DeviceRuntime:
    """What a computing process lends to the engine.

    Args:
        pool: Networks on the device.
        budget: Bytes that one node may use for its activations.
    """

    def __init__(self, pool: Pool, budget: int) -> None:
        self.pool = pool
        self._budget = budget
        self._peak = memory.Peak(pool.device)
        self._short: Call | None = None
        self._rung = 0

    @property
    def device(self) -> str:
        """Name of the device, such as ``cpu`` or ``cuda:0``."""
        return self.pool.device.name

    @property
    def policy(self) -> str:
        """The numeric policy: everything about this process that can change bits."""
        return self.pool.device.policy

    def context(self, call: Call) -> Context:
        """Return the ``ctx`` for one call."""
        return NodeContext(call, self.pool, self._budget)

    def thumbnail(self, value: Any) -> Thumbnail | None:
        """Return a small picture of a result, for those that have one."""
        return thumbnails.thumbnail(value)

    def preview(self, picture: NDArray[np.uint8]) -> Thumbnail:
        """Return a small picture of a picture in the making."""
        return thumbnails.of_pixels(picture)

    def reset_peak(self) -> None:
        """Begin to watch for the most memory in use."""
        self._peak.reset()

    def peak(self) -> int:
        """Return the most bytes in use since `reset_peak`; 0: not measured."""
        return self._peak.read()

    def relieve(self, call: Call, error: Exception) -> bool:
        """Take the next rung of the ladder after an error, and say whether to call again.

        Sets `Call.rung` where the rung may change bits.

        Raises:
            OutOfMemoryError: Memory ran short, and every rung was taken.
        """
        if not memory.is_short(error):
            return False
        memory.let_go(error)
        if self._short is not call:
            self._short, self._rung = call, 0
        if self._rung == len(memory.LADDER):
            raise memory.explain(error, self.pool.device) from error
        rung = memory.LADDER[self._rung]
        self._rung += 1
        self.pool.free()
        call.rung = rung.name
        call.warn("W_LADDER", rung.text)
        return True


def prepare_torch(device: Device) -> None:
    """Set torch up in this thread, once it is needed: no gradients, the device's threads."""
    import torch

    torch.set_grad_enabled(False)
    if torch.get_num_threads() != device.threads:
        torch.set_num_threads(device.threads)
    if device.kind == "cuda":
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
        torch.set_float32_matmul_precision("highest")
        torch.backends.cudnn.allow_tf32 = False
