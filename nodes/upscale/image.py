"""Enlarge an image with a network."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Literal

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Image, Upscaler
from studio.core.widgets import Range, When


@node(
    "upscale.image",
    category="Upscale",
    title="Upscale image",
    groups={
        "Size": ("by", "scale", "width", "height", "aspect", "megapixels"),
        "Look": ("strength", "color_match"),
        "Pieces": ("tiling", "tile", "overlap"),
    },
)
def upscale_image(
    image: Image,
    upscaler: Upscaler,
    by: Literal["network", "scale", "size", "megapixels"] = "network",
    scale: Annotated[
        float, Range(0.25, 16, step=0.25, scale="log"), When.equal("by", "scale")
    ] = 2.0,
    width: Annotated[int, Range(1, 32768, unit=" px"), When.equal("by", "size")] = 1024,
    height: Annotated[int, Range(1, 32768, unit=" px"), When.equal("by", "size")] = 1024,
    aspect: Annotated[Literal["fit", "fill", "stretch"], When.equal("by", "size")] = "fit",
    megapixels: Annotated[
        float, Range(0.01, 500, step=0.1, unit=" MP"), When.equal("by", "megapixels")
    ] = 4.0,
    resample: Literal["nearest", "bilinear", "bicubic", "lanczos", "area"] = "lanczos",
    linear_light: bool = False,
    strength: Annotated[float, Range(0, 1, step=0.05)] = 1.0,
    color_match: Literal["off", "mean", "wavelet", "lab"] = "off",
    alpha: Literal["keep", "drop"] = "keep",
    tiling: Literal["auto", "whole", "tiles"] = "auto",
    tile: Annotated[int, Range(64, 4096, step=64, unit=" px"), When.equal("tiling", "tiles")] = 512,
    overlap: Annotated[int, Range(0, 256, step=8, unit=" px")] = 16,
    *,
    ctx: Context,
) -> Steps[Image]:
    """Enlarge an image with a super-resolution network, or restore it.

    The network runs as often as the size needs, at most four times; then the result is resampled to
    the exact size. Grey stays grey, alpha stays. When memory runs short, unfinished tiles are cut
    into smaller ones.

    Args:
        image: Any size and batch. Face networks want a face that fills it.
        upscaler: Enlarges by its own factor, usually 4.
        by: Whether the network's own factor, another factor, the new size or the number of pixels
            is taken.
        scale: Factor of both width and height.
        width: New width, or that of the box.
        height: New height, or that of the box.
        aspect: ``fit`` keeps the proportions and stays inside the box, ``fill`` keeps them and cuts
            off evenly what stands over, ``stretch`` takes exactly this width and height.
        megapixels: Millions of pixels; the proportions stay.
        resample: How the network's result is brought to the exact size.
        linear_light: Whether that mixes light as lamps do, which keeps fine bright detail, instead
            of the values of the file.
        strength: Share of the network's result; the rest is a plain enlargement.
        color_match: Takes colours from the original: ``mean`` shifts them as a whole, ``wavelet``
            takes all broad areas, ``lab`` takes lightness, tint and how far they spread.
        alpha: Whether transparency is enlarged too, or left out.
        tiling: ``auto`` cuts pictures that are too large for the memory setting, ``whole`` none,
            ``tiles`` all that are larger than a tile.
        tile: Longest side of the pieces worked on one at a time.
        overlap: How much of its surroundings each piece sees; at most a quarter of ``tile``. With
            ``auto``, more where the network looks further.

    Raises:
        NotFiniteError: The image or the network holds values that are not numbers.
        RangeError: The result would be over 32768 pixels a side, or the overlap is too wide.
        ShapeError: The image is empty.
    """
    from studio.diffusion.upscale.finishing import Finish
    from studio.diffusion.upscale.pictures import Make, Pixels, enlarge, tiling_for
    from studio.diffusion.upscale.targets import Target

    targets = {
        "network": Target(),
        "scale": Target(scale),
        "size": Target(width=width, height=height, aspect=aspect),
        "megapixels": Target(megapixels=megapixels),
    }
    finish = Finish(resample, linear_light, strength, color_match, alpha == "keep")
    cut = tiling_for(ctx, tiling, tile, overlap)

    def keep(pixels: Pixels, make: Make) -> Generator[Progress, None, Image]:
        return ctx.part("tile", {"upscaler": upscaler.key}, [Image(pixels[None])], make)

    with ctx.on_device(upscaler) as network:
        walk = enlarge(network, image.pixels, targets[by], cut, keep, ctx.warn, finish)
        pixels = yield from ticks(walk, lambda step: Progress(step.done, step.total, step.preview))
    return Image(pixels)
