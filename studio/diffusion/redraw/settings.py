"""How parts are sized, cut and mended: plain data that nodes may name without loading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from studio.core.errors import RangeError

SizeBy = Literal["auto", "fixed", "factor"]
ColourMatch = Literal["ring", "wavelet", "off"]
Order = Literal["linear", "chess"]
SeamFix = Literal["none", "band", "half", "half_and_corners"]

GRID = 8
"""Pixels that one latent stands for."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a picture is cut into tiles.

    Attributes:
        edge: Side in pixels of what is drawn at once, its padding included; a multiple of 8.
        padding: Pixels of its surroundings that each tile sees; a multiple of 8.
        blend: How far two tiles fade into each other, to either side of a cut, in pixels.
        order: ``linear`` shows every tile the picture as it came; ``chess`` shows every second one
            what was drawn around it.

    Raises:
        RangeError: The padding is over a quarter of the edge, or the blend over half the padding.
    """

    edge: int = 512
    padding: int = 32
    blend: int = 8
    order: Order = "linear"

    def __post_init__(self) -> None:
        """Check what no single range can."""
        if self.padding > self.edge // 4:
            raise RangeError(
                f"a padding of {self.padding} px is over a quarter of the tiles of {self.edge} px",
                fix=f"choose a padding of up to {self.edge // 4 // GRID * GRID} px, or larger tiles",
            )
        if self.blend > self.padding // 2:
            raise RangeError(
                f"a blend of {self.blend} px is over half the padding of {self.padding} px",
                fix=f"choose a blend of up to {self.padding // 2} px, or a larger padding",
            )

    @property
    def inner(self) -> int:
        """Side of a tile without its padding, at most."""
        return (self.edge - 2 * self.padding) // GRID * GRID


@dataclass(frozen=True, slots=True)
class Seams:
    """How the cuts between tiles are drawn over.

    Attributes:
        way: ``band`` draws a strip along each cut, ``half`` tiles that lie half a tile further, in
            both directions, ``half_and_corners`` also those around the crossings.
        width: Of a strip, in pixels, a multiple of 16; no wider than the narrowest tile.
        blur: How soft the long sides of a strip are, in pixels.
        padding: Pixels of the surroundings that are seen; a multiple of 8.
        denoise: Share of the noise that is put on.
    """

    way: SeamFix = "none"
    width: int = 64
    blur: int = 8
    padding: int = 16
    denoise: float = 0.35


@dataclass(frozen=True, slots=True)
class Tiled:
    """How a picture is redrawn in tiles.

    Attributes:
        cut: How it is cut.
        seams: How the cuts are mended.
        has_own_seeds: Whether each tile takes the seed after that of the tile before; else all take
            the same.
    """

    cut: Cut = field(default_factory=Cut)
    seams: Seams = field(default_factory=Seams)
    has_own_seeds: bool = False
