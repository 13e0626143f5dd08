"""Films, one frame at a time: video files by PyAV and folders of pictures; without torch.

Nothing here holds more than a frame, whatever the length of the film.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from studio.core.errors import DamagedFileError, MissingFileError, RangeError
from studio.core.values import Frames
from studio.facts.listing import pictures_in
from studio.media.pictures import read_pixels

Pixels = NDArray[np.float32]

SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif")
FPS = 8.0
"""Frames a second of what does not say."""
_QUARTER = 90


def open_film(path: Path, start: int = 0, stop: int = 0, fps: float = 0.0) -> Frames:
    """Return a film, its end and speed told; no frame is decoded.

    Args:
        path: A video file, or a folder of pictures in the natural order of their names.
        start: First frame.
        stop: Frame after the last one; 0 goes to the end.
        fps: Frames a second; 0 takes the file's, and 8 for pictures.

    Raises:
        MissingFileError: There is no such file or folder, or no picture in it.
        DamagedFileError: The file is no video, or ends early.
        RangeError: The film has no such frames.
    """
    count, speed = _counted(path)
    end = stop or count
    if not 0 <= start < end <= count:
        raise RangeError(
            f"frames {start} to {end} are not in {path.name}, which has {count}",
            fix=f"begin before the end, and end at {count} or before",
        )
    return Frames(str(path), start, end, fps or speed)


def count_of(frames: Frames) -> int:
    """Return how many frames a film has."""
    stop = _counted(Path(frames.source))[0] if frames.stop is None else frames.stop
    return max(0, stop - frames.start)


def read(frames: Frames, skip: int = 0) -> Iterator[Pixels]:
    """Yield the frames of a film in order.

    Args:
        frames: The film.
        skip: How many at its beginning are left out.

    Yields:
        float32 ``(height, width, 1 | 3 | 4)``, 0 to 1, sRGB-encoded.

    Raises:
        MissingFileError: The film is gone.
        DamagedFileError: It ends early, or a frame makes no sense.
    """
    source, start, stop = Path(frames.source), frames.start + skip, frames.stop
    if source.is_dir():
        pictures = pictures_in(source, "*", "natural")
        _refuse_short(source, len(pictures), stop)
        for path in pictures[start:stop]:
            yield read_pixels(path)[0]
        return
    found = 0
    for found, picture in enumerate(_decoded(source, stop), start=1):
        if found > start:
            yield picture()
    _refuse_short(source, found, stop)


def _refuse_short(source: Path, found: int, stop: int | None) -> None:
    """Refuse a film that has lost frames, rather than make a shorter one of it."""
    if stop is not None and found < stop:
        raise DamagedFileError(
            f"{source.name} ends after {found} frames, {stop} were expected",
            fix="get the file again, or end before",
        )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a video file for as long as a block runs; FFmpeg's errors become ours."""
    if not path.is_file():
        raise MissingFileError(f"there is no film {path}", fix="choose another file")
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise DamagedFileError(f"{path.name} has no pictures in it", fix="choose a video")
            yield container
    except FFmpegError as error:
        text = f"{path.name} cannot be read as a video: {error.strerror}"
        raise DamagedFileError(text, fix="open and save it in another program") from error


def _counted(path: Path) -> tuple[int, float]:
    """Return how many frames there are, and how many a second."""
    if path.is_dir():
        return len(pictures_in(path, "*", "natural")), FPS
    with _opened(path) as container:
        stream = container.streams.video[0]
        rate = stream.average_rate or stream.guessed_rate or FPS
        # What a file says of itself may be missing or wrong; its packets are what there is.
        count = sum(1 for packet in container.demux(stream) if packet.size)
    return count, float(rate)


def _decoded(path: Path, stop: int | None) -> Iterator[Any]:
    """Yield what makes the pixels of each frame, so that those passed over cost little."""
    with _opened(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for index, frame in enumerate(container.decode(stream)):
            if stop is not None and index >= stop:
                return
            yield lambda frame=frame: _pixels(frame)


def _pixels(frame: Any) -> Pixels:
    """Return a frame upright, with as many bits as it has."""
    parts = frame.format.components
    is_deep = max(part.bits for part in parts) > 8
    name = (
        {True: "rgba64le", False: "rgba"} if len(parts) == 4 else {True: "rgb48le", False: "rgb24"}
    )
    values = frame.to_ndarray(format=name[is_deep])
    made = np.asarray(values / np.float32(65535 if is_deep else 255), np.float32)
    return np.ascontiguousarray(np.rot90(made, round(frame.rotation / _QUARTER)))
