"""How a control acts: its strength over the steps, on which blocks, on which prompt. No torch."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from studio.core.errors import RangeError, ShapeError
from studio.core.values import HintKind, Side

Mode = Literal["balanced", "prompt", "control"]
Fit = Literal["crop", "pad", "stretch"]
UnionKind = Literal["auto", HintKind]
Basis = Literal["steps", "noise"]
Point = tuple[float, float]

MOST_WEIGHT = 2.0
_BETWEEN = re.compile(r"\s*,\s*|\s+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """How a control acts.

    Attributes:
        strength: Factor of everything that it adds, 0 to 10.
        curve: Factor of the strength over the steps, as points of time and value; the first step is
            at 0, the last at 1. Empty is 1 throughout.
        start: Share of the steps, or of the noise, before which it does nothing.
        end: Share after which it does nothing.
        mode: ``balanced`` adds all blocks alike; ``prompt`` adds less at the shallow ones;
            ``control`` does the same, and adds nothing for the negative prompt.
        weights: A factor for each block from shallow to middle, instead of the mode's; empty: none.
        fit: What happens to a hint of other proportions.
        side: Prompts that it acts on.
        union_kind: What a union network is to take the hint for.
        basis: What start and end are shares of: the steps that are walked, or the noise of
            training that is behind.
    """

    strength: float = 1.0
    curve: tuple[Point, ...] = ()
    start: float = 0.0
    end: float = 1.0
    mode: Mode = "balanced"
    weights: tuple[float, ...] = ()
    fit: Fit = "crop"
    side: Side = "both"
    union_kind: UnionKind = "auto"
    basis: Basis = "steps"

    def __post_init__(self) -> None:
        """Check what no single range can.

        Raises:
            RangeError: It would end before it starts.
        """
        if self.start > self.end:
            raise RangeError(
                f"the control starts at {self.start:g} and ends at {self.end:g}",
                fix="let it start before it ends",
            )

    def factor(self, step: int, passed: Sequence[float]) -> float:
        """Return the strength at a step; 0 where it does not act.

        Args:
            step: Counted from 0.
            passed: For each step the share of the noise that is behind it.
        """
        if not self._is_inside(step, passed):
            return 0.0
        return self.strength * curve_at(self.curve, step / max(1, len(passed) - 1))

    def _is_inside(self, step: int, passed: Sequence[float]) -> bool:
        """Say whether a step lies between start and end."""
        if self.basis == "steps":
            return step / len(passed) >= self.start and (step + 1) / len(passed) <= self.end
        return self.start <= passed[step] and (
            passed[step] < self.end or self.start < self.end == 1
        )

    def block_weights(self, blocks: int) -> tuple[float, ...]:
        """Return a factor for each block, from shallow to the middle.

        Raises:
            ShapeError: Weights are given for another number of blocks.
        """
        if self.weights:
            check_weights(self.weights, blocks)
            return self.weights
        if self.mode == "balanced":
            return (1.0,) * blocks
        return tuple(10 ** (-1 + block / max(1, blocks - 1)) for block in range(blocks))

    @property
    def acts_on(self) -> Side:
        """Return the prompts that it acts on."""
        if self.mode == "control" and self.side == "both":
            return "positive"
        return self.side

    def as_settings(self) -> tuple[tuple[str, str | int | float | bool], ...]:
        """Return the same as the plain values of a patch; the side is the patch's own."""
        return (
            ("strength", self.strength),
            ("curve", json.dumps(self.curve)),
            ("start", self.start),
            ("end", self.end),
            ("mode", self.mode),
            ("weights", json.dumps(self.weights)),
            ("fit", self.fit),
            ("union_kind", self.union_kind),
            ("basis", self.basis),
        )


def settings_of(
    plain: Sequence[tuple[str, str | int | float | bool]], side: Side
) -> ControlSettings:
    """Return what `ControlSettings.as_settings` wrote."""
    given: dict[str, object] = dict(plain)
    curve = tuple((float(time), float(value)) for time, value in json.loads(str(given["curve"])))
    given["curve"] = curve
    given["weights"] = tuple(map(float, json.loads(str(given["weights"]))))
    return ControlSettings(**given, side=side)  # type: ignore[arg-type]  # written by as_settings


def curve_at(curve: Sequence[Point], time: float) -> float:
    """Return the value of a curve: straight between its points, level beyond them; 1 for none."""
    if not curve:
        return 1.0
    if time <= curve[0][0]:
        return curve[0][1]
    for (before, low), (after, high) in pairwise(curve):
        if time <= after:
            share = (time - before) / (after - before) if after > before else 1.0
            return low + (high - low) * share
    return curve[-1][1]


def read_weights(text: str, blocks: int) -> tuple[float, ...]:
    """Read a factor for each block from a text such as ``1, 1, 0.5``.

    Args:
        text: Numbers from 0 to 2 between commas, spaces or line ends; empty: none.
        blocks: How many the network has; 0: not known yet.

    Raises:
        RangeError: A word is no number, or is out of range.
        ShapeError: There are more or fewer than blocks.
    """
    words = _BETWEEN.split(text.strip()) if text.strip() else []
    weights = tuple(_weight(place, word) for place, word in enumerate(words, start=1))
    if weights and blocks:
        check_weights(weights, blocks)
    return weights


def check_weights(weights: Sequence[float], blocks: int) -> None:
    """Refuse weights that are not as many as a network has blocks.

    Raises:
        ShapeError: They are not.
    """
    if len(weights) != blocks:
        raise ShapeError(
            f"there are {len(weights)} block weights, and the network has {blocks} blocks",
            fix=f"write {blocks} numbers, from the shallowest block to the middle",
        )


def _weight(place: int, word: str) -> float:
    """Return the number that a word says."""
    number = float(word) if _NUMBER.fullmatch(word) else math.nan
    if not 0 <= number <= MOST_WEIGHT:
        raise RangeError(
            f"block weight {place} is {word[:20]!r}",
            fix=f"write numbers from 0 to {MOST_WEIGHT:g} between commas",
        )
    return number
