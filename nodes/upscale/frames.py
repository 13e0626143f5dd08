"""Enlarge a film with a network."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.context import Context, Steps
from studio.core.define import node
from studio.core.values import Frames, Upscaler
from studio.core.widgets import Range, When


@node(
    "upscale.frames",
    category="Upscale",
    title="Upscale frames",
    groups={
        "Size": ("by", "scale", "width", "height", "aspect"),
        "Look": ("strength", "color_match"),
        "Pieces": ("tiling", "tile", "overlap"),
    },
)
def upscale_frames(
    frames: Frames,
    upscaler: Upscaler,
    by: Literal["network", "scale", "size"] = "network",
    scale: Annotated[
        float, Range(0.25, 16, step=0.25, scale="log"), When.equal("by", "scale")
    ] = 2.0,
    width: Annotated[int, Range(1, 32768, unit=" px"), When.equal("by", "size")] = 3840,
    height: Annotated[int, Range(1, 32768, unit=" px"), When.equal("by", "size")] = 2160,
    aspect: Annotated[Literal["fit", "fill", "stretch"], When.equal("by", "size")] = "fit",
    strength: Annotated[float, Range(0, 1, step=0.05)] = 1.0,
    color_match: Literal["off", "mean", "wavelet", "lab"] = "off",
    tiling: Literal["auto", "whole", "tiles"] = "auto",
    tile: Annotated[int, Range(64, 4096, step=64, unit=" px"), When.equal("tiling", "tiles")] = 512,
    overlap: Annotated[int, Range(0, 256, step=8, unit=" px")] = 16,
    *,
    ctx: Context,
) -> Steps[Frames]:
    """Enlarge a film with a super-resolution network, whatever its length.

    Frames are read, enlarged and written one at a time, with 16 bits a channel. What is finished
    stays: a run that was broken off goes on where it was.

    Args:
        frames: The film.
        upscaler: Enlarges by its own factor, usually 4.
        by: Whether the network's own factor, another factor or the new size is taken.
        scale: Factor of both width and height.
        width: New width, or that of the box.
        height: New height, or that of the box.
        aspect: ``fit`` keeps the proportions and stays inside the box, ``fill`` keeps them and cuts
            off evenly what stands over, ``stretch`` takes exactly this width and height.
        strength: Share of the network's result; the rest is a plain enlargement.
        color_match: Takes colours from the original: ``mean`` shifts them as a whole, ``wavelet``
            takes all broad areas, ``lab`` takes lightness, tint and how far they spread.
        tiling: ``auto`` cuts frames that are too large for the memory setting, ``whole`` none,
            ``tiles`` all that are larger than a tile.
        tile: Longest side of the pieces worked on one at a time.
        overlap: How much of its surroundings each piece sees; at most a quarter of ``tile``. With
            ``auto``, more where the network looks further.

    Raises:
        MissingFileError: The film is gone.
        DamagedFileError: The film ends early.
        NotFiniteError: The network holds values that are not numbers.
        RangeError: The result would be over 32768 pixels a side, or the overlap is too wide.
        WriteError: The disk is full.
    """
    from studio.diffusion.upscale.films import enlarge_frames
    from studio.diffusion.upscale.finishing import Finish
    from studio.diffusion.upscale.pictures import tiling_for
    from studio.diffusion.upscale.targets import Target

    targets = {
        "network": Target(),
        "scale": Target(scale),
        "size": Target(width=width, height=height, aspect=aspect),
    }
    cut = tiling_for(ctx, tiling, tile, overlap)
    finish = Finish(strength=strength, tones=color_match)
    with ctx.on_device(upscaler) as network:
        walk = enlarge_frames(network, frames, ctx.folder, targets[by], cut, ctx.warn, finish)
        return (yield from walk)
