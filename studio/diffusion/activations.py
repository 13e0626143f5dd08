"""How much memory a network takes for what it computes, measured on a small picture."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def peak_bytes(work: Callable[[], object], kept: Iterable[Tensor] = ()) -> int:
    """Return the most bytes of tensors that were alive together while something was computed.

    What the kernels of a device take for themselves is not seen.

    Args:
        work: What is computed.
        kept: Tensors that are there anyway, such as the weights; they are not counted.
    """
    watch = _Watch(kept)
    with watch:
        work()
    return watch.peak


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it bare
    """Follows every storage from its making to its end."""

    def __init__(self, kept: Iterable[Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it bare
        self.peak = 0
        self._alive = 0
        self._ends: dict[int, weakref.ref[Any]] = {}
        self._kept = {tensor.untyped_storage().data_ptr() for tensor in kept}

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        """Run an operation and look at what it made."""
        made = func(*args, **(kwargs or {}))
        for item in tree_leaves(made):
            if isinstance(item, Tensor):
                self._follow(item.untyped_storage())
        return made

    def _follow(self, storage: torch.UntypedStorage) -> None:
        place, size = storage.data_ptr(), storage.nbytes()
        if not size or place in self._ends or place in self._kept:
            return

        def end(_: object) -> None:
            self._alive -= size
            del self._ends[place]

        self._ends[place] = weakref.ref(storage, end)
        self._alive += size
        self.peak = max(self.peak, self._alive)
