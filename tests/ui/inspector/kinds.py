"""Node types with every kind of widget, for the tests of editors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from studio.core import widgets
from studio.core.boxes import NO_EDITS, BoxEdits
from studio.core.define import node
from studio.core.registry import Registry
from studio.core.values import Conditioning, DiffusionModel, Image, Latent
from studio.core.widgets import (
    Asset,
    Boxes,
    Choice,
    Color,
    Curve,
    FilePath,
    ModelFile,
    Paint,
    Range,
    Seed,
    Table,
    Text,
    When,
)

SAMPLERS = (
    "euler", "euler_ancestral", "heun", "dpm_2", "dpmpp_2m", "dpmpp_sde", "ddim", "lcm", "uni_pc",
    "dpmpp_3m", "deis", "ipndm",
)  # fmt: skip
Points = tuple[tuple[float, float], ...]
Cells = tuple[tuple[str, ...], ...]


@node("kinds.numbers", category="Sample", title="Numbers")
def numbers(
    model: DiffusionModel,
    positive: Conditioning,
    latent: Latent | None,
    steps: Annotated[int, Range(1, 100)] = 20,
    guidance: Annotated[float, Range(0, 30, step=0.1)] = 7.0,
    width: Annotated[int, Range(64, 8192, step=8, unit=" px", multiple=8)] = 512,
    scale: Annotated[float, Range(0.01, 64, step=0.05, scale="log")] = 1.0,
    count: Annotated[int, Range(-(2**40), 2**40)] = 4,
    seed: Annotated[int, Seed()] = 0,
    sampler: Annotated[str, Choice(SAMPLERS)] = "euler",
    side: Literal["positive", "both", "negative"] = "both",
    rho: Annotated[float, Range(1, 100, step=0.5), When.equal("side", "both")] = 7.0,
    preview: bool = True,
) -> Image:
    """Take numbers.

    Args:
        model: The denoiser.
        positive: What to draw.
        latent: Where to start.
        steps: How many updates; more are slower and finer.
        guidance: How strongly the prompt is followed; 1 ignores ``negative``.
        width: In pixels.
        scale: Times that it grows.
        count: Any number.
        seed: Fixes the noise.
        sampler: Rule that makes each step.
        side: Which prompt is meant.
        rho: Means something only for both.
        preview: Whether it is shown.
    """
    raise NotImplementedError


@node("kinds.others", category="Load", title="Others")
def others(
    file: Annotated[Path, ModelFile("checkpoints")],
    folder: Annotated[Path, FilePath(folder=True)] = Path(),
    picture: Annotated[Path, Asset((".png",))] = Path(),
    background: Annotated[str, Color()] = "#d9402f",
    name: Annotated[str, Text()] = "first_{index}",
    text: Annotated[str, Text(lines=4, syntax="prompt")] = "",
    strength: Annotated[Points, Curve()] = ((0.0, 0.1), (0.45, 0.6), (1.0, 0.9)),
    mask: Annotated[Path, Paint()] = Path(),
    rows: Annotated[Cells, Table(("from", "to"))] = (("a", "b"),),
    boxes: Annotated[BoxEdits, Boxes()] = NO_EDITS,
    people: Annotated[tuple[object, ...], widgets.Points()] = (),
    notes: Annotated[str, Text(lines=3)] = "",
) -> DiffusionModel:
    """Take everything else.

    Args:
        file: The weights.
        folder: Where they come from.
        picture: Kept with the graph.
        background: Behind everything.
        name: Of the file.
        text: The prompt.
        strength: Over time.
        mask: Painted by hand.
        rows: Replacements.
        boxes: Drawn by hand.
        people: Posed by hand.
        notes: Free text.
    """
    raise NotImplementedError


@node("kinds.shared", category="Latent", title="Shared")
def shared(
    width: Annotated[int, Range(64, 8192, step=8, unit=" px", multiple=8)] = 512,
    steps: Annotated[int, Range(1, 50)] = 10,
) -> Latent:
    """Share a width with another node.

    Args:
        width: The same as there.
        steps: Of another range.
    """
    raise NotImplementedError


def kinds_registry() -> Registry:
    """Return a registry of these node types."""
    registry = Registry()
    registry.collect(sys.modules[__name__])
    return registry
