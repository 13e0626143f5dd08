"""Save a film."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal

from studio.core.context import EffectContext, Steps
from studio.core.define import node
from studio.core.values import Frames
from studio.core.widgets import Range, Text, When


@node("output.save_frames", category="Output", title="Save frames")
def save_frames(
    frames: Frames,
    folder: Annotated[str, Text(limit=1024, empty="in {output}", names="folder")] = "",
    name: Annotated[str, Text(limit=1024, names="file")] = "{graph}_{index:04}",
    format: Literal["mp4", "webm", "mkv"] = "mp4",  # noqa: A002  # the word that users know
    crf: Annotated[int, Range(0, 51), When.equal("format", "mp4", "webm")] = 18,
    always: bool = False,
    *,
    ctx: EffectContext,
) -> Steps[None]:
    """Write a film into the output folder, as a video without sound.

    Frames are read and written one at a time. No file is ever written over. A film that was already
    saved there by an earlier run, and is still unchanged, is not written again.

    Args:
        frames: All of one size; transparent ones are laid on white.
        folder: Below the output folder of the run; may have tokens.
        name: Without ending. Tokens are ``{graph}``, ``{node}``, ``{index:04}``, ``{date}`` and
            ``{time}``; the index goes on after the highest in the folder.
        format: ``mp4`` is H.264, which plays everywhere, ``webm`` VP9, ``mkv`` FFV1 with 16 bits,
            which loses nothing.
        crf: How much quality may be lost: 0 is best, 18 looks like the original, 51 is worst.
        always: Whether to write although the same film is already there.

    Raises:
        UnsafeFileError: The folder leads out of the output folder.
        RangeError: A token of the name makes no sense.
        ShapeError: Two frames differ in size.
        UnsupportedError: The codec of the format is not there.
        WriteError: The disk is full, or the place cannot be written.
    """
    from studio.diffusion.film_writer import write_film
    from studio.facts import naming
    from studio.files import new_stage

    output = ctx.output
    if written := next(iter(output.earlier), None):
        output.wrote(written)
        return
    facts = naming.Facts(output.title, output.node, None, datetime.now())
    target = naming.folder_for(output.folder, folder, facts)
    stage = new_stage(target)
    try:
        yield from write_film(stage, frames, format, crf)
        output.wrote(naming.save_new(target, name, facts, f".{format}", stage, output.claim))
    finally:
        with suppress(OSError):
            stage.unlink(missing_ok=True)
