"""Films, one frame at a time: video files by PyAV and folders of pictures; without torch.

Nothing here holds more than a frame, whatever the length of the film.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
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
_NEAR = 16
"""Frames ahead that are reached by decoding on; further ones by a jump."""


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


class FilmReader:
    """Frames of a film by their numbers, for the eye: what is open stays so; for one thread.

    Args:
        film: The film.

    Raises:
        MissingFileError: It is gone.
        DamagedFileError: It is no video.
    """

    def __init__(self, film: Frames) -> None:
        source = Path(film.source)
        self._frames: _Stills | _Video = _Stills(source) if source.is_dir() else _Video(source)
        self._start = film.start
        self._stop = self._frames.count if film.stop is None else film.stop

    def __len__(self) -> int:
        """How many frames it has."""
        return max(0, self._stop - self._start)

    def frame(self, number: int) -> Pixels:
        """Return a frame as `read` gives it, counted from the first one of the film.

        Raises:
            RangeError: The film has no such frame.
            MissingFileError: The picture is gone.
            DamagedFileError: The file ends before it, or it makes no sense.
        """
        if not 0 <= number < len(self):
            raise RangeError(f"there is no frame {number} among {len(self)}", fix="choose another")
        return self._frames.at(self._start + number)

    def close(self) -> None:
        """Let go of the file."""
        self._frames.close()


class _Stills:
    """The pictures of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths = pictures_in(folder, "*", "natural")
        self.count = len(self._paths)

    def at(self, index: int) -> Pixels:
        _refuse_short(self._folder, self.count, index + 1)
        picture: Pixels = read_pixels(self._paths[index])[0]
        return picture

    def close(self) -> None:
        """Nothing is open."""


class _Video:
    """A video file: the next frames are decoded on, others reached by a jump to a key frame."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with _opened(path) as container:
            times = [packet.pts for packet in _packets(container)]
        self.count = len(times)
        known = {time for time in times if time is not None}
        self._times = sorted(known) if len(known) == self.count else []
        self._next = 0
        self._begin()

    def at(self, index: int) -> Pixels:
        """Return a frame, counted from the first one of the file."""
        _refuse_short(self._path, self.count, index + 1)
        with _told(self._path):
            ahead = index - self._next
            if ahead < 0 or (ahead > _NEAR and self._times):
                self._jump(index)
            for frame in self._walk:
                here = self._number(frame)
                self._next = here + 1
                if here >= index:
                    return _pixels(frame)
        self._begin()
        raise DamagedFileError(
            f"frame {index} of {self._path.name} cannot be decoded", fix="get the file again"
        )

    def close(self) -> None:
        self._container.close()

    def _begin(self) -> None:
        """Open the file, or open it anew, at its first frame."""
        with _told(self._path):
            self._container = _container(self._path)
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._next = 0
        self._walk: Iterator[Any] = self._container.decode(self._stream)

    def _jump(self, index: int) -> None:
        """Go to a frame at or before one; to the first where the file cannot jump."""
        if self._times:
            with suppress(FFmpegError):
                wanted = self._times[index]
                self._container.seek(wanted, stream=self._stream)
                self._walk = self._container.decode(self._stream)
                first = next(self._walk, None)
                if first is not None and first.pts is not None and first.pts <= wanted:
                    self._walk = chain([first], self._walk)
                    return
        self._container.close()
        self._begin()

    def _number(self, frame: Any) -> int:
        """Return the number of a frame: by its time, or else by counting."""
        if self._times and frame.pts is not None:
            return bisect_left(self._times, frame.pts)
        return self._next


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn FFmpeg's errors about a file into ours."""
    try:
        yield
    except FFmpegError as error:
        text = f"{path.name} cannot be read as a video: {error.strerror}"
        raise DamagedFileError(text, fix="open and save it in another program") from error


def _container(path: Path) -> Any:
    """Open a video file."""
    if not path.is_file():
        raise MissingFileError(f"there is no film {path}", fix="choose another file")
    container = av.open(str(path))
    if not container.streams.video:
        container.close()
        raise DamagedFileError(f"{path.name} has no pictures in it", fix="choose a video")
    return container


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a video file for as long as a block runs; FFmpeg's errors become ours."""
    with _told(path), _container(path) as container:
        yield container


def _packets(container: Any) -> Iterator[Any]:
    """Yield what frames are decoded from, one for each, as they lie in the file."""
    return (packet for packet in container.demux(container.streams.video[0]) if packet.size)


def _counted(path: Path) -> tuple[int, float]:
    """Return how many frames there are, and how many a second."""
    if path.is_dir():
        return len(pictures_in(path, "*", "natural")), FPS
    with _opened(path) as container:
        stream = container.streams.video[0]
        rate = stream.average_rate or stream.guessed_rate or FPS
        # What a file says of itself may be missing or wrong; its packets are what there is.
        count = sum(1 for _ in _packets(container))
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
