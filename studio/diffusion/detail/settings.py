"""How details are masked and redrawn: plain data that nodes may name without loading anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.diffusion.redraw.settings import ColourMatch, SizeBy

Shape = Literal["auto", "box", "ellipse", "segment"]
Brush = Literal["square", "round"]
Merge = Literal["none", "merge", "merge_invert"]
SeedMode = Literal["next", "same", "per_id"]


@dataclass(frozen=True, slots=True)
class MaskShape:
    """How masks of detections look.

    Attributes:
        shape: ``auto`` and ``segment`` take the outline, and where there is none the box;
            ``segment`` says so.
        offset_x: Pixels to the right.
        offset_y: Pixels upwards.
        grown: Pixels that the outline moves outwards.
        brush: What it grows by.
        merge: ``merge`` makes one mask of all in a picture, ``merge_invert`` turns it over.
        blur: Standard deviation of the soft outline in pixels.
    """

    shape: Shape = "auto"
    offset_x: int = 0
    offset_y: int = 0
    grown: int = 4
    brush: Brush = "square"
    merge: Merge = "none"
    blur: float = 4.0


@dataclass(frozen=True, slots=True)
class Detailing:
    """How the masks of a picture are redrawn.

    Attributes:
        prompts: Texts with ``[SEP]`` between them, see `studio.diffusion.detail.prompts`.
        table: Lines of texts that choose by what a mask shows.
        power: Larger boxes get a denoise smaller by this power of what they leave free.
        seed_mode: What is added to the seed: the mask's index, nothing, or a number that stays the
            same as long as the box stays where it is.
        padding: Pixels around a mask that are seen.
        by: How the size is found at which a mask is drawn.
        width: For ``fixed``, in pixels.
        height: For ``fixed``, in pixels.
        factor: For ``factor``.
        allow_smaller: Whether masks may be drawn at less than their size.
        colours: How colours are matched to what was there.
        cycles: How often each mask is redrawn.
        exclude_others: Whether a mask leaves out what others cover.
    """

    prompts: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    power: float = 0.0
    seed_mode: SeedMode = "next"
    padding: int = 32
    by: SizeBy = "auto"
    width: int = 512
    height: int = 512
    factor: float = 2.0
    allow_smaller: bool = False
    colours: ColourMatch = "ring"
    cycles: int = 1
    exclude_others: bool = False
