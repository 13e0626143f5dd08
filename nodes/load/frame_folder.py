"""Load the frames of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import Frames
from studio.core.widgets import FilePath, Range


@node("load.frame_folder", category="Load", title="Load frame folder")
def load_frame_folder(
    folder: Annotated[Path, FilePath(folder=True)],
    start: Annotated[int, Range(0, 10_000_000)] = 0,
    stop: Annotated[int, Range(0, 10_000_000)] = 0,
    fps: Annotated[float, Range(0.01, 1000, step=1)] = 8.0,
) -> Frames:
    """Take the pictures of a folder as the frames of a film, in the natural order of their names.

    None of them is read before a later node needs it, and then one at a time.

    Args:
        folder: Where the pictures are; frame 2 comes before frame 10.
        start: First frame, counted from 0.
        stop: Frame after the last one; 0 goes to the end.
        fps: Frames a second.

    Raises:
        MissingFileError: There is no such folder, or no picture in it.
        RangeError: The folder has no such frames.
    """
    from studio.media.films import open_film

    return open_film(folder, start, stop, fps)
