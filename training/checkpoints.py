"""What a run needs to go on after an interruption, and the average of its weights."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


def save_checkpoint(path: Path, state: Mapping[str, Any]) -> None:
    """Write a checkpoint; an interruption leaves the previous one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    torch.save(dict(state), temporary)
    temporary.replace(path)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The last checkpoint, or ``None`` when there is none yet."""
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


class Average:
    """An exponential moving average of weights that catches up quickly at the start.

    Args:
        weights: what to average; the tensors are followed, not copied.
        decay: share of the average that one step keeps, once warm.
        warm_up: how many steps count as the start.
    """

    def __init__(self, weights: dict[str, Tensor], decay: float, warm_up: int) -> None:
        self._weights = weights
        self._decay = decay
        self._warm_up = warm_up
        self.values = {name: tensor.detach().clone() for name, tensor in weights.items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after a step."""
        decay = min(self._decay, (1 + step) / (self._warm_up + step))
        torch._foreach_lerp_(
            list(self.values.values()), [w.detach() for w in self._weights.values()], 1 - decay
        )

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Go on from saved values."""
        for name, tensor in self.values.items():
            tensor.copy_(values[name])


class Every:
    """True once per period of seconds, on a monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = time.monotonic()

    def due(self) -> bool:
        """Whether the period has passed; starts the next one when it has."""
        if time.monotonic() - self._last < self._seconds:
            return False
        self._last = time.monotonic()
        return True
