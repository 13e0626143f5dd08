"""What detectors answer, in one form for all of them, and the boxes that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.errors import NotFiniteError, ShapeError

Floats = NDArray[np.float32]

MOST = 300
"""Things found in one picture at most."""

MOST_LOOKED_AT = 30_000
"""Candidates compared with each other at most, the best first."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a network says of one picture, before anything is chosen.

    Attributes:
        boxes: ``(count, 4)``, left, top, right, bottom in pixels of what the network saw.
        scores: ``(count, classes)``, 0 to 1.
        parts: ``(count, prototypes)``, how each outline is mixed; empty without outlines.
        prototypes: ``(prototypes, height, width)``; ``None`` without outlines.
        is_final: Whether the network has chosen among overlapping boxes itself.
    """

    boxes: Floats
    scores: Floats
    parts: Floats
    prototypes: Floats | None = None
    is_final: bool = False


class Detects(Protocol):
    """A network that finds things."""

    @property
    def labels(self) -> Mapping[int, str]:
        """Names of the classes by number."""

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height that it takes; ``None``: any multiple of `multiple`."""

    @property
    def side(self) -> int:
        """Longer side at which it was trained, in pixels."""

    @property
    def multiple(self) -> int:
        """Width and height are multiples of this."""

    def look(self, picture: Floats) -> Answer:
        """Look at one picture: ``(3, height, width)``, RGB, 0 to 1."""


def from_maps(maps: list[Tensor], strides: list[float], classes: int, parts: int) -> Tensor:
    """Turn what the head of YOLO v8 and later says into boxes in pixels.

    Each place says for each side of its box how likely each distance is; the distance is the mean.

    Args:
        maps: One a level, ``(4 * distances + classes + parts, height, width)``.
        strides: Pixels from one place to the next, one a level.
        classes: How many classes there are.
        parts: How many numbers mix the outline of each box; 0 is none.

    Returns:
        ``(places, 4 + classes + parts)``: left, top, right, bottom, scores 0 to 1, and the mix.

    Source:
        Li et al. 2020, "Generalized Focal Loss", arXiv:2006.04388, equations 4 and 6.
    """
    rows = []
    for level, stride in zip(maps, strides, strict=True):
        channels, height, width = level.shape
        bins = (channels - classes - parts) // 4
        flat = level.reshape(channels, -1)
        likely = flat[: 4 * bins].reshape(4, bins, -1).softmax(1)
        steps = torch.arange(bins, dtype=level.dtype, device=level.device)
        far = (likely * steps[:, None]).sum(1) if bins > 1 else flat[:4]
        y, x = torch.meshgrid(
            torch.arange(height, dtype=level.dtype, device=level.device) + 0.5,
            torch.arange(width, dtype=level.dtype, device=level.device) + 0.5,
            indexing="ij",
        )
        here = torch.stack((x.reshape(-1), y.reshape(-1)))
        boxes = torch.cat((here - far[:2], here + far[2:])) * stride
        scores = flat[4 * bins : 4 * bins + classes].sigmoid()
        rows.append(torch.cat((boxes, scores, flat[4 * bins + classes :])).T)
    return torch.cat(rows)


def of_rows(rows: Floats, classes: int, prototypes: Floats | None = None) -> Answer:
    """Return the answer that rows of boxes, scores and mixes are.

    Raises:
        NotFiniteError: There are values that are not numbers.
        ShapeError: The rows do not go with the classes and prototypes.
    """
    if not np.isfinite(rows).all():
        raise NotFiniteError(
            "the detector answers with values that are not numbers",
            fix="download its file again, or choose another detector",
        )
    mixed = 0 if prototypes is None else len(prototypes)
    if rows.ndim != 2 or rows.shape[1] != 4 + classes + mixed:
        raise ShapeError(f"the detector answers {rows.shape}, but has {classes} classes")
    scores, parts = rows[:, 4 : 4 + classes], rows[:, 4 + classes :]
    return Answer(rows[:, :4], scores, parts, prototypes)
