"""Writes films as video files, one frame at a time."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from studio.core.context import Progress
from studio.core.errors import ShapeError, UnsupportedError, WriteError
from studio.core.values import Frames
from studio.diffusion.pictures import on_white
from studio.diffusion.pixels.blending import with_channels
from studio.media import films

Pixels = NDArray[np.float32]

FilmFormat = Literal["mp4", "webm", "mkv"]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a format is written: container, codec, layout of pixels, and what sets the quality."""

    container: str
    codec: str
    layout: str
    options: tuple[tuple[str, str], ...] = ()
    is_deep: bool = False


_KINDS: dict[FilmFormat, _Kind] = {
    "mp4": _Kind("mp4", "libx264", "yuv420p", (("preset", "medium"),)),
    "webm": _Kind("webm", "libvpx-vp9", "yuv420p", (("b:v", "0"), ("row-mt", "1"))),
    "mkv": _Kind("matroska", "ffv1", "gbrp16le", (), is_deep=True),
}


def write_film(
    path: Path,
    film: Frames,
    format: FilmFormat,  # noqa: A002  # the word that users know
    crf: int = 18,
) -> Generator[Progress, None, None]:
    """Write a film to a file, whose ending does not count.

    Frames with alpha are laid on white. Odd sides get one more row or column, the last repeated,
    where the format needs even ones.

    Args:
        path: Where; a file there is written over.
        film: The frames.
        format: ``mp4`` is H.264, ``webm`` VP9, ``mkv`` FFV1 with 16 bits, which loses nothing.
        crf: Constant rate factor of the first two: 0 is best, 18 looks like the original, 51 worst.

    Raises:
        UnsupportedError: The codec is not there.
        ShapeError: Two frames differ in size, or there is none.
        WriteError: The disk is full, or the place cannot be written.
        StudioError: As `frames.read` raises.
    """
    kind, total = _KINDS[format], films.count_of(film)
    if not total:
        raise ShapeError("there are no frames to write", fix="give a film with frames")
    if kind.codec not in av.codecs_available:
        have = ", ".join(name for name, one in _KINDS.items() if one.codec in av.codecs_available)
        text = f"{format} needs the codec {kind.codec}, which is not there"
        raise UnsupportedError(text, fix=f"choose one of {have}")
    try:
        with av.open(str(path), "w", format=kind.container) as container:
            stream: Any = None
            for done, picture in enumerate(films.read(film), start=1):
                values = _values(picture, kind)
                stream = stream or _stream(container, values, film.fps, kind, crf)
                _check_size(values, stream, done)
                name = "rgb48le" if kind.is_deep else "rgb24"
                container.mux(stream.encode(av.VideoFrame.from_ndarray(values, format=name)))
                yield Progress(done, total)
            container.mux(stream.encode())
    except (FFmpegError, OSError) as error:
        raise WriteError(
            f"{path.name} could not be written: {error.strerror or error}",
            fix="free some space or choose another format",
        ) from error


def _values(picture: Pixels, kind: _Kind) -> NDArray[Any]:
    """Return the levels of a frame: three channels, sides that the layout takes."""
    colours = on_white(picture) if picture.shape[-1] == 4 else with_channels(picture, 3)
    if kind.layout == "yuv420p":
        colours = np.pad(
            colours, ((0, colours.shape[0] % 2), (0, colours.shape[1] % 2), (0, 0)), "edge"
        )
    top = 65535 if kind.is_deep else 255
    levels = np.rint(np.clip(np.nan_to_num(colours), 0, 1) * np.float32(top))
    return np.ascontiguousarray(levels.astype(np.uint16 if kind.is_deep else np.uint8))


def _stream(container: Any, values: NDArray[Any], fps: float, kind: _Kind, crf: int) -> Any:
    stream = container.add_stream(kind.codec, rate=Fraction(fps).limit_denominator(1001))
    stream.height, stream.width = values.shape[:2]
    stream.pix_fmt = kind.layout
    stream.options = dict(kind.options) | ({} if kind.is_deep else {"crf": str(crf)})
    return stream


def _check_size(values: NDArray[Any], stream: Any, number: int) -> None:
    if values.shape[:2] != (stream.height, stream.width):
        raise ShapeError(
            f"frame {number} is {values.shape[1]} x {values.shape[0]}, the first "
            f"{stream.width} x {stream.height}",
            fix="bring all frames to one size",
        )
