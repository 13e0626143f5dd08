"""Redraws pictures in tiles with lent networks, and keeps every finished tile by its content."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.context import Context, Progress, ticks
from studio.core.values import Conditioning, ControlNet, DiffusionModel, Image, Patch, Vae
from studio.diffusion.control.controls import colours, handle_of
from studio.diffusion.control.hinted import HintControl
from studio.diffusion.control.settings import ControlSettings
from studio.diffusion.negatives import negative_for
from studio.diffusion.painting import painter
from studio.diffusion.preview import approximate, projection
from studio.diffusion.redraw.crops import Crop
from studio.diffusion.redraw.drawing import Redraw
from studio.diffusion.redraw.settings import GRID, ColourMatch, Tiled
from studio.diffusion.redraw.tiles import Make, redraw_tiles
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.tiling import Tile
from studio.diffusion.vae import scale_of
from studio.facts.families import describe, family, same_family
from studio.facts.families.controls import refuse_kind
from studio.facts.header import read_header
from studio.facts.native import native_size

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Networks:
    """What pictures are redrawn with.

    Attributes:
        model: The denoiser.
        vae: From the same checkpoint.
        positive: What to draw.
        negative: What to steer away from; ``None`` is the empty prompt.
        controlnet: Shown each tile as it was, so that it is drawn alike.
        strength: Of that.
    """

    model: DiffusionModel
    vae: Vae
    positive: Conditioning
    negative: Conditioning | None = None
    controlnet: ControlNet | None = None
    strength: float = 0.6


def native_edge(model: DiffusionModel) -> int:
    """Return the side in pixels of the tiles that a model draws best, a multiple of 8."""
    facts = describe(read_header(model.file))
    width, height = native_size(facts.header, family(model.family or facts.family))
    return max(min(width, height) // GRID * GRID, GRID)


def redrawn(
    ctx: Context,
    networks: Networks,
    pixels: Pixels,
    settings: Settings,
    tiled: Tiled,
    match: ColourMatch = "wavelet",
) -> Generator[Progress, None, Pixels]:
    """Redraw a batch in tiles, each picture as if it was alone.

    Args:
        ctx: Lends networks and stores finished tiles.
        networks: What is drawn with.
        pixels: float32 ``(batch, height, width, 1 | 3 | 4)``, 0 to 1; kept as they are.
        settings: How to sample a tile.
        tiled: How pictures are cut.
        match: How the colours of a tile are matched to what was there.

    Returns:
        float32 of the same shape.

    Raises:
        StudioError: As `redraw_tiles`, `negative_for` and `refuse_kind` raise.
    """
    given = (
        networks.model, networks.vae, networks.positive, networks.negative, networks.controlnet,
    )  # fmt: skip
    known = family(same_family(*(value for value in given if value is not None)))
    if networks.controlnet and networks.strength:
        refuse_kind("tile", networks.controlnet.kinds)
    negative = yield from negative_for(
        ctx, networks.model, networks.positive, networks.negative, settings
    )
    networks = replace(networks, negative=negative)
    facts = describe(read_header(networks.model.file))
    draw = partial(approximate, by=projection(facts.header.metadata, known.id))
    made = []
    with painter(ctx, networks.model) as brush, ctx.on_device(networks.vae) as vae:
        scale = scale_of(vae, networks.vae.family)
        tools = Redraw(
            brush, vae, scale, (networks.positive,), negative, settings, match,
            budget=ctx.memory_budget, preview=draw,
        )  # fmt: skip
        for index, picture in enumerate(pixels):
            with _shown(ctx, networks, tools, index, pixels) as own:
                keep = partial(_kept, ctx, networks, tools, index, picture)
                walk = redraw_tiles(own, picture, tiled, keep)
                made.append((yield from ticks(walk, partial(_told, index, len(pixels)))))
    return np.stack(made)


@contextmanager
def _shown(
    ctx: Context, networks: Networks, tools: Redraw, index: int, pixels: Pixels
) -> Iterator[Redraw]:
    """Return the tools for one picture of a batch, which a ControlNet is shown as it is."""
    brush = tools.painter.item(index, len(pixels))
    if networks.controlnet is None:
        yield replace(tools, painter=brush)
        return
    file = networks.controlnet.file
    handle = handle_of(Patch("controlnet", file), networks.model)
    height, width = pixels.shape[1:3]
    filled = np.pad(pixels[index], ((0, -height % GRID), (0, -width % GRID), (0, 0)), "edge")
    with ExitStack() as stack:
        control = HintControl(
            network=cache(lambda: stack.enter_context(ctx.on_device(handle))),
            name=Path(file).name,
            identity=(file, "tile"),
            hint=colours(filled[None]),
            mask=None,
            settings=ControlSettings(networks.strength, fit="stretch", union_kind="tile"),
        )
        yield replace(tools, painter=replace(brush, controls=(*brush.controls, control)))


def _kept(
    ctx: Context,
    networks: Networks,
    tools: Redraw,
    index: int,
    picture: Pixels,
    tile: Tile,
    settings: Settings,
    part: Pixels,
    make: Make,
) -> Generator[Progress, None, Image]:
    """Return a tile that was drawn before from the same, or draw it."""
    height, width = picture.shape[:2]
    inside = tile.within(height, width)
    values: list[Any] = [Image(part[None]), networks.positive]
    values += [networks.negative] if networks.negative else []
    values += [Image(picture[inside.slices][None])] if networks.controlnet else []
    named = {
        "model": networks.model.key,
        "vae": networks.vae.key,
        "controlnet": networks.controlnet.key if networks.controlnet else "",
        "strength": networks.strength if networks.controlnet else 0.0,
        "settings": asdict(settings),
        "match": tools.colours,
        **tools.named(Crop(tile, tile.width, tile.height), index, (width, height)),
    }
    return (yield from ctx.part("tile", named, values, make))


def _told(index: int, items: int, step: Progress) -> Progress:
    """Tell how far one picture is as how far all of them are."""
    return Progress(index * step.total + step.done, items * step.total, step.preview)
