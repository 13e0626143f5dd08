"""Muon: momentum whose matrices are orthogonalised before each step; AdamW for everything else.

``torch.optim.Muon`` takes two-dimensional parameters only; convolutions are flattened here.
Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers"; the scale that makes its rate
comparable with AdamW's is that of Liu et al. 2025, "Muon is scalable for LLM training".
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from training.workers import Workers

_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
_SMALLEST_SIDE = 16  # narrower matrices have no directions worth equalising
_RATE_SCALE = 0.2


def orthogonalised(matrices: Tensor, iterations: int = 5) -> Tensor:
    """Push all singular values towards 1.

    Args:
        matrices: ``(count, rows, columns)``.
        iterations: Newton-Schulz steps; five bring the values into about 0.7 to 1.2.
    """
    a, b, c = _NEWTON_SCHULZ
    tall = matrices.shape[1] > matrices.shape[2]
    x: Tensor = matrices.transpose(1, 2) if tall else matrices
    x = x / (x.flatten(1).norm(dim=1).view(-1, 1, 1) + 1e-7)
    for _ in range(iterations):
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.transpose(1, 2) if tall else x


class Muon:
    """Optimises named parameters; the orthogonalisation is shared out among the workers.

    Args:
        named: names and parameters.
        plain: parts of names whose parameters AdamW handles (first and last layers, tables).
        workers: the processes that train together.
        momentum: how much of the last direction is kept.
    """

    def __init__(
        self,
        named: Iterable[tuple[str, torch.nn.Parameter]],
        plain: tuple[str, ...],
        workers: Workers,
        momentum: float = 0.95,
    ) -> None:
        self._workers = workers
        self._momentum = momentum
        self._matrices: dict[tuple[int, int], list[torch.nn.Parameter]] = defaultdict(list)
        others = []
        for name, parameter in named:
            shape = _matrix_shape(parameter)
            if min(shape) >= _SMALLEST_SIDE and not any(part in name for part in plain):
                self._matrices[shape].append(parameter)
            else:
                others.append(parameter)
        self._momenta = [torch.zeros_like(p) for p in self._all_matrices()]
        self._adamw = torch.optim.AdamW(others, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.0)

    def _all_matrices(self) -> list[torch.nn.Parameter]:
        return [p for group in self._matrices.values() for p in group]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move all parameters along their gradients, which must be equal on all workers."""
        for settings in self._adamw.param_groups:
            settings["lr"] = rate
        self._adamw.step()
        momenta = iter(self._momenta)
        for number, ((rows, columns), group) in enumerate(self._matrices.items()):
            directions = []
            for parameter in group:
                momentum, gradient = next(momenta), parameter.grad
                assert gradient is not None
                momentum.mul_(self._momentum).add_(gradient)
                ahead = gradient.add(momentum, alpha=self._momentum)
                directions.append(ahead.reshape(rows, columns))
            stacked = torch.stack(directions)
            owner = number % self._workers.count
            # Only the owner computes; the others overwrite theirs with what it sends.
            moves = orthogonalised(stacked) if owner == self._workers.rank else stacked
            self._workers.send_from(owner, moves)
            scale = rate * _RATE_SCALE * max(rows, columns) ** 0.5
            for parameter, move in zip(group, moves, strict=True):
                parameter.add_(move.reshape(parameter.shape), alpha=-scale)

    def zero_grad(self) -> None:
        """Forget all gradients."""
        self._adamw.zero_grad()
        for parameter in self._all_matrices():
            parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {"adamw": self._adamw.state_dict(), "momenta": self._momenta}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state_dict`."""
        self._adamw.load_state_dict(state["adamw"])
        for mine, saved in zip(self._momenta, state["momenta"], strict=True):
            mine.copy_(saved)


def _matrix_shape(parameter: Tensor) -> tuple[int, int]:
    if parameter.ndim < 2:
        return (parameter.numel(), 1)
    return (parameter.shape[0], parameter[0].numel())
