"""Restore faces with a network."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Literal

from studio.core.context import Context, Progress, Steps
from studio.core.define import node
from studio.core.values import Detections, Image, Upscaler
from studio.core.widgets import Range


@node("upscale.faces", category="Upscale", title="Restore faces")
def restore_face_details(
    image: Image,
    detections: Detections,
    upscaler: Upscaler,
    strength: Annotated[float, Range(0, 1, step=0.05)] = 0.8,
    padding: Annotated[float, Range(0, 2, step=0.05)] = 0.3,
    feather: Annotated[float, Range(0, 0.5, step=0.01)] = 0.15,
    color_match: Literal["off", "mean", "wavelet", "lab"] = "wavelet",
    *,
    ctx: Context,
) -> Steps[Image]:
    """Make blurred and damaged faces sharp with a network that was made for faces.

    Each face is cut out, restored and laid back softly; outside of that, every bit stays. Restored
    faces are kept: another strength computes none again.

    Args:
        image: Best after it was enlarged.
        detections: Where the faces are, from Detect; found before the image was enlarged is fine.
        upscaler: A face network, such as GFPGAN or RestoreFormer.
        strength: Share of the restored face; below 1 it stays more like the original.
        padding: What is seen around a face, in shares of its longer side.
        feather: How softly it is laid back, in shares of what was cut out.
        color_match: Takes colours from the original: ``mean`` shifts them as a whole, ``wavelet``
            takes all broad areas, ``lab`` takes lightness, tint and how far they spread.

    Raises:
        FamilyMismatchError: The network was not made for faces.
        NotFiniteError: The network holds values that are not numbers.
        ShapeError: The detections are of another number of pictures.
    """
    from studio.diffusion.upscale.faces import Make, Pixels, Restoring, restore_faces

    how = Restoring(strength, padding, feather, color_match)

    def keep(part: Pixels, make: Make) -> Generator[Progress, None, Image]:
        return ctx.part("face", {"upscaler": upscaler.key}, [Image(part[None])], make)

    with ctx.on_device(upscaler) as network:
        walk = restore_faces(network, image.pixels, detections, how, keep, ctx.warn)
        return Image((yield from walk))
