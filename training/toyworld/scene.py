"""Scenes as values, and how to draw random ones."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from training.toyworld.palette import (
    BACKGROUNDS,
    COLOURS,
    COLUMNS,
    EXPRESSIONS,
    HAIR,
    HELD_OUT,
    KINDS,
    ROWS,
    SIZES,
    SKIN,
)

Mode = Literal["one", "two", "three", "face"]
MODES: tuple[Mode, ...] = ("one", "two", "three", "face")
RELATIONS = ("left of", "right of", "above", "below")
_PAIRS = {
    "left of": (("left", "centre"), ("right", "centre")),
    "right of": (("right", "centre"), ("left", "centre")),
    "above": (("centre", "top"), ("centre", "bottom")),
    "below": (("centre", "bottom"), ("centre", "top")),
}
_ROW = (("left", "centre"), ("centre", "centre"), ("right", "centre"))
_TRIANGLE = (("left", "bottom"), ("centre", "top"), ("right", "bottom"))


@dataclass(frozen=True, slots=True)
class Thing:
    """One solid: centre ``x``, ``y`` as fractions of the picture, ``radius`` in world units."""

    kind: str
    colour: str
    size: str
    column: str
    row: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Face:
    """A cartoon face: centre ``x``, ``y`` as fractions, half width ``radius`` in world units."""

    skin: str
    hair: str
    expression: str
    long_hair: bool
    glasses: bool
    hat: str | None
    column: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture shows; ``texture`` seeds what no caption names (the stars)."""

    mode: Mode
    background: str
    things: tuple[Thing, ...] = ()
    relation: str | None = None
    face: Face | None = None
    texture: int = 0


def sample_scene(rng: Random, mode: Mode | None = None, *, held_out: bool = False) -> Scene:
    """Draw a random scene.

    Args:
        rng: where every choice comes from.
        mode: how many things, or a face; ``None`` draws that too.
        held_out: let exactly one thing have a pair of kind and colour that training never draws.
    """
    mode = mode or rng.choices(MODES, (0.3, 0.32, 0.1, 0.28))[0]
    background = rng.choice(BACKGROUNDS)
    texture = rng.randrange(2**31)
    if mode == "face":
        return Scene(mode, background, face=_sample_face(rng), texture=texture)
    relation = rng.choice(RELATIONS) if mode == "two" else None
    things = _sample_things(rng, mode, relation, held_out)
    return Scene(mode, background, things, relation, texture=texture)


def _sample_face(rng: Random) -> Face:
    column = rng.choice(("left", "centre", "centre", "right"))
    return Face(
        skin=rng.choice(list(SKIN)),
        hair=rng.choice(list(HAIR)),
        expression=rng.choice(EXPRESSIONS),
        long_hair=rng.random() < 0.4,
        glasses=rng.random() < 0.35,
        hat=rng.choice(list(COLOURS)) if rng.random() < 0.35 else None,
        column=column,
        x={"left": 0.36, "centre": 0.5, "right": 0.64}[column] + rng.uniform(-0.02, 0.02),
        y=0.53 + rng.uniform(-0.03, 0.03),
        radius=rng.uniform(31, 37),
    )


def _sample_things(
    rng: Random, mode: Mode, relation: str | None, held_out: bool
) -> tuple[Thing, ...]:
    cells = _cells(rng, mode, relation)
    special = rng.randrange(len(cells)) if held_out else -1
    # A pair keeps its axis: things beside each other share a height, things above share a column.
    shift_x = rng.uniform(-0.04, 0.04) if relation in ("above", "below") else 0.0
    shift_y = rng.uniform(-0.06, 0.06) if relation in ("left of", "right of") else 0.0
    things: list[Thing] = []
    for index, (column, row) in enumerate(cells):
        taken = {thing.colour for thing in things}
        kind, colour = _pair(rng, taken, held_out=index == special)
        size = rng.choice(("small", "medium") if mode == "three" else tuple(SIZES))
        spread = 1.22 if mode == "three" else 1.0
        x = 0.5 + (COLUMNS[column] - 0.5) * spread + shift_x + rng.uniform(-0.025, 0.025)
        y = ROWS[row] + shift_y + rng.uniform(-0.025, 0.025)
        radius = min(rng.uniform(*SIZES[size]), 18.0 if mode == "three" else 99.0)
        things.append(Thing(kind, colour, size, column, row, x, y, radius))
    return tuple(things)


def _cells(rng: Random, mode: Mode, relation: str | None) -> tuple[tuple[str, str], ...]:
    if mode == "one":
        return ((rng.choice(list(COLUMNS)), rng.choice(list(ROWS))),)
    if relation is not None:
        return _PAIRS[relation]
    return rng.choice((_ROW, _TRIANGLE))


def _pair(rng: Random, taken: set[str], *, held_out: bool) -> tuple[str, str]:
    while True:
        kind, colour = rng.choice(KINDS), rng.choice(list(COLOURS))
        if colour not in taken and ((kind, colour) in HELD_OUT) == held_out:
            return kind, colour
