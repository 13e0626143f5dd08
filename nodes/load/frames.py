"""Load frames."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import Frames
from studio.core.widgets import FilePath, Range


@node("load.frames", category="Load", title="Load frames")
def load_frames(
    file: Annotated[Path, FilePath((".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif"))],
    start: Annotated[int, Range(0, 10_000_000)] = 0,
    stop: Annotated[int, Range(0, 10_000_000)] = 0,
    fps: Annotated[float, Range(0, 1000, step=1)] = 0.0,
) -> Frames:
    """Take the frames of a video file.

    None of them is read before a later node needs it, and then one at a time.

    Args:
        file: A video, or an animated GIF.
        start: First frame, counted from 0.
        stop: Frame after the last one; 0 goes to the end.
        fps: Frames a second; 0 takes the file's.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file is no video, or ends early.
        RangeError: The film has no such frames.
    """
    from studio.media.films import open_film

    return open_film(file, start, stop, fps)
