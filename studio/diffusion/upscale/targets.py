"""The size that a picture is enlarged to, and the passes of a network that lead there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from studio.core.errors import RangeError
from studio.diffusion.pixels.filters import Aspect, scaled

_MOST_SIDE = 32768
_MOST_PIXELS = 2**29
_MOST_PASSES = 4


@dataclass(frozen=True, slots=True)
class Target:
    """The size that is wanted; without numbers, what the network gives in one go.

    Attributes:
        scale: Factor of the size that came in; 0 for none.
        width: Of the box to go into; 0 for none.
        height: Of that box.
        aspect: What gives way when the proportions of the box differ.
        megapixels: Size of the result with the proportions kept; 0 for none.
    """

    scale: float = 0.0
    width: int = 0
    height: int = 0
    aspect: Aspect = "stretch"
    megapixels: float = 0.0

    def box(self, width: int, height: int, network_scale: int) -> tuple[int, int]:
        """Return width and height of the box for a picture of this size."""
        if self.width:
            return self.width, self.height
        factor = self.scale or network_scale
        if self.megapixels:
            factor = math.sqrt(self.megapixels * 1e6 / (width * height))
        return scaled(width, factor), scaled(height, factor)

    def least(self, width: int, height: int, network_scale: int) -> tuple[int, int]:
        """Return the width and height that a picture needs before it is resized into the box."""
        box = self.box(width, height, network_scale)
        if self.aspect == "stretch" or not self.width:
            return box
        across, down = box[0] / width, box[1] / height
        factor = min(across, down) if self.aspect == "fit" else max(across, down)
        return scaled(width, factor), scaled(height, factor)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a picture comes to its size.

    Attributes:
        passes: Width and height that go into each pass of the network.
        box: Width and height that the last result is resampled to, or into.
    """

    passes: tuple[tuple[int, int], ...]
    box: tuple[int, int]


def plan(items: int, width: int, height: int, network_scale: int, target: Target) -> Plan:
    """Return the passes for a batch: as many as the size needs, at least one, at most four.

    Raises:
        RangeError: A picture on the way, or the batch of results, would be too large.
    """
    least, box = (of(width, height, network_scale) for of in (target.least, target.box))
    passes = _sizes(width, height, network_scale, least)
    grown = [(width * network_scale, height * network_scale) for width, height in passes]
    _check_size(items, [*grown, least, box])
    return Plan(tuple(passes), box)


def _sizes(width: int, height: int, scale: int, least: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the width and height that go into each pass of the network."""
    sizes = [(width, height)]
    while scale > 1 and len(sizes) < _MOST_PASSES:
        width, height = width * scale, height * scale
        if width >= least[0] and height >= least[1]:
            break
        sizes.append((width, height))
    return sizes


def _check_size(items: int, sizes: list[tuple[int, int]]) -> None:
    """Refuse results that are too large to hold, before anything is computed."""
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    if max(max(size) for size in sizes) > _MOST_SIDE or items * width * height > _MOST_PIXELS:
        of = f"{items} pictures of " if items > 1 else ""
        raise RangeError(
            f"enlarging goes up to {of}{width} x {height} pixels; "
            f"{_MOST_SIDE} a side and {_MOST_PIXELS} in all are possible",
            fix="choose a smaller size, fewer pictures, or a network that enlarges less",
        )
