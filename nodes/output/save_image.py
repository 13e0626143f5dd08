"""Save an image."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from studio.core.context import EffectContext, Progress, Steps
from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range, Text, When


@node("output.save_image", category="Output", title="Save image")
def save_image(
    image: Image,
    folder: Annotated[str, Text(limit=1024, empty="in {output}", names="folder")] = "",
    name: Annotated[str, Text(limit=1024, names="file")] = "{graph}_{index:04}",
    format: Literal["png", "jpeg", "webp"] = "png",  # noqa: A002  # the word that users know
    bits: Annotated[Literal["8", "16"], When.equal("format", "png")] = "8",
    quality: Annotated[int, Range(1, 100), When.equal("format", "jpeg", "webp")] = 92,
    always: bool = False,
    *,
    ctx: EffectContext,
) -> Steps[None]:
    """Write an image into the output folder, one file for each item of a batch.

    The file carries the graph that made it, with its painted masks and pictures up to 6 MB each,
    and the parameters that other programs read. No file is ever written over. A picture that was already saved there by an earlier run, and is still
    unchanged, is not written again.

    Args:
        image: Values outside 0 to 1 are cut off; what is not a number becomes black.
        folder: Below the output folder of the run; may have tokens.
        name: Without ending. Tokens are ``{graph}``, ``{node}``, ``{seed}``, ``{index:04}``,
            ``{date}`` and ``{time}``; the index goes on after the highest in the folder.
        format: JPEG lays transparent pictures on white.
        bits: Bits a channel of a PNG.
        quality: WebP at 100 loses nothing.
        always: Whether to write although the same picture is already there.

    Raises:
        UnsafeFileError: The folder leads out of the output folder.
        RangeError: A token of the name makes no sense.
        ShapeError: The picture is too large for its format.
        WriteError: The disk is full, or the place cannot be written.
    """
    from studio.diffusion.pictures import encode
    from studio.facts import infotext, naming, pictures
    from studio.files import atomic_write

    output = ctx.output
    if format == "jpeg" and image.pixels.shape[-1] == 4:
        ctx.warn("W_UNUSED", "JPEG has no transparency; the picture is laid on white")
    if output.left_out:
        ctx.warn("W_ASSET", f"pictures do not carry {', '.join(output.left_out)}; keep the graph")
    for place, pixels in enumerate(image.pixels):
        if written := next(iter(output.earlier[place : place + 1]), None):
            output.wrote(written)
            continue
        made = infotext.made_by(output.graph, output.node, output.item, place, output.sha256)
        facts = naming.Facts(output.title, output.node, made.seed if made else None, datetime.now())
        target = naming.folder_for(output.folder, folder, facts)
        data = encode(pixels, format, quality=quality, bits=int(bits))
        filled = pictures.attach(data, output.carried, infotext.write(made) if made else "")
        suffix = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}[format]
        path = naming.save_new(target, name, facts, suffix, filled.data, output.claim)
        if filled.sidecar:
            atomic_write(path.with_name(path.name + pictures.SIDECAR), filled.sidecar.encode())
        output.wrote(path)
        yield Progress(place + 1, len(image.pixels))
