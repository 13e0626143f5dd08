"""Read the pixels of picture files, without torch.

Files come from anywhere, so only common formats are tried, sizes are checked before anything is
unpacked, and every way in which a decoder gives up becomes one clear error. What else a file
carries (graphs, parameters) is `studio.facts.pictures`.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms, UnidentifiedImageError

from studio.core.errors import DamagedFileError, MissingFileError, UnsupportedError
from studio.media import colour

Pixels = NDArray[np.float32]

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "BMP", "GIF")
PIXEL_LIMIT = 1 << 27
"""Most pixels that a file may hold: 134 million, 1.6 GB as float32 RGB."""
FILE_LIMIT = 1 << 30
Pillow.MAX_IMAGE_PIXELS = PIXEL_LIMIT

_ORIENTATION = 0x0112
_BITS = 258
_GIVEN_UP = (
    OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, OverflowError, EOFError,
    AttributeError, AssertionError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip
"""What decoders raise on damaged files; Pillow's manual promises no single error."""


def read_pixels(path: Path) -> Pixels:
    """Read the first picture of a file.

    It is turned upright as its EXIF orientation says, converted to sRGB by its ICC profile, and
    keeps the 16 bits a channel that PNG and TIFF files may have.

    Args:
        path: A PNG, JPEG, WebP, AVIF, TIFF, BMP or GIF file; its ending does not matter.

    Returns:
        float32 ``(1, height, width, 1 | 3 | 4)``, 0 to 1, sRGB-encoded, straight alpha.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: It ends early or makes no sense.
        UnsupportedError: Another kind of file, or one too large.
    """
    data = _bytes(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Pillow.DecompressionBombWarning)
        try:
            pixels = _decode(data, path)
        except (Pillow.DecompressionBombWarning, Pillow.DecompressionBombError) as error:
            raise UnsupportedError(_too_large(path), fix="make it smaller first") from error
        except _GIVEN_UP as error:
            text = f"{path.name} is damaged: {error}"
            raise DamagedFileError(text, fix="open and save it in another program") from error
    return np.ascontiguousarray(pixels[None], np.float32)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise MissingFileError(f"there is no picture {path}", fix="choose another file")
    if path.stat().st_size > FILE_LIMIT:
        raise UnsupportedError(f"{path.name} is over 1 GiB", fix="make it smaller first")
    return path.read_bytes()


def _too_large(path: Path) -> str:
    return f"{path.name} holds more than {PIXEL_LIMIT // 10**6} million pixels"


def _decode(data: bytes, path: Path) -> Pixels:
    try:
        picture = Pillow.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        text = f"{path.name} is {_looks_like(data)}"
        raise UnsupportedError(text, fix=f"use one of {', '.join(FORMATS)}") from error
    with picture:
        if picture.width * picture.height > PIXEL_LIMIT:
            raise UnsupportedError(_too_large(path), fix="make it smaller first")
        profile = picture.info.get("icc_profile") or b""
        deep = _is_deep(picture, data)
        turn = _orientation(picture) if deep else 1
        if deep:
            return _upright(_converted(_decode_deep(data), profile), turn)
        picture.load()
        turn = _orientation(picture)  # afterwards: Pillow turns some formats by itself
        return _upright(_shallow(picture, profile), turn)


def _looks_like(data: bytes) -> str:
    start = data[:200].lstrip().lower()
    if not data:
        return "empty"
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page, perhaps of a login"
    if start.startswith(b"version https://git-lfs"):
        return "a placeholder of git-LFS, not the file itself"
    return "no picture of a known format, or a damaged one"


def _orientation(picture: Pillow.Image) -> int:
    try:
        turn = picture.getexif().get(_ORIENTATION, 1)
    except _GIVEN_UP:
        return 1  # damaged EXIF; the picture itself may be fine
    return turn if turn in range(1, 9) else 1


def _is_deep(picture: Pillow.Image, data: bytes) -> bool:
    """Tell whether a file has 16-bit colours, which Pillow would read as 8-bit in silence."""
    if picture.format == "PNG":
        return len(data) > 25 and data[24] == 16 and data[25] in (2, 4, 6)
    tags: Any = getattr(picture, "tag_v2", {})
    return picture.format == "TIFF" and set(tags.get(_BITS, ())) == {16} and len(tags[_BITS]) > 1


def _decode_deep(data: bytes) -> Pixels:
    import cv2  # here and below: saving a plain picture must not wait for it

    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise OSError("its 16-bit pixels cannot be read") from error
    if found is None or found.dtype != np.uint16:
        raise OSError("its 16-bit pixels cannot be read")
    if found.ndim == 2:
        found = found[..., None]
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[found.shape[-1]]
    return np.asarray(found[..., order] / np.float32(65535), np.float32)


def _shallow(picture: Pillow.Image, profile: bytes) -> Pixels:
    """Return the pixels of an opened picture of 8 bits, or of deep grey."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return _grey(picture)
    if picture.mode not in ("L", "RGB", "RGBA", "LA", "P", "PA", "1"):
        return _foreign(picture, profile)
    clear = "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA")
    mode = "RGBA" if clear else "L" if picture.mode in ("1", "L") else "RGB"
    return _converted(_array(picture.convert(mode)), profile)


def _grey(picture: Pillow.Image) -> Pixels:
    values = np.asarray(picture, np.float32)[..., None]
    return values if picture.mode == "F" else np.asarray(values / np.float32(65535), np.float32)


def _foreign(picture: Pillow.Image, profile: bytes) -> Pixels:
    """Convert what is not RGB (such as CMYK) by its profile, or plainly when it has none."""
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        try:
            made = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
        except ImageCms.PyCMSError:
            made = None  # the profile is not one of this kind of picture
        if made is not None:
            return _array(made)
    return _array(picture.convert("RGBA" if "a" in picture.mode.lower() else "RGB"))


def _array(picture: Pillow.Image) -> Pixels:
    values = np.asarray(picture, np.float32) / np.float32(255)
    return values[..., None] if values.ndim == 2 else values


def _converted(pixels: Pixels, profile: bytes) -> Pixels:
    """Bring colours to sRGB; pictures without a profile are taken to be so already."""
    if not profile or colour.is_srgb(profile) or pixels.shape[-1] == 1:
        return pixels
    made = colour.to_srgb(pixels[..., :3], profile)
    if made is None:
        made = _by_table(pixels[..., :3], profile)
    return np.concatenate([made, pixels[..., 3:]], -1, dtype=np.float32)


def _by_table(colours: Pixels, profile: bytes) -> Pixels:
    """Convert by a profile that is no matrix, with 8 bits a channel; as it is when that fails."""
    picture = Pillow.fromarray(levels(colours, 255).astype(np.uint8))
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    except (OSError, ImageCms.PyCMSError):
        return colours  # a damaged profile; the pixels are what there is
    return colours if made is None else _array(made)


def _upright(pixels: Pixels, turn: int) -> Pixels:
    """Apply an EXIF orientation: 1 is upright, 5 to 8 swap width and height."""
    if turn in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if turn in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def levels(pixels: Pixels, top: int) -> Pixels:
    """Return whole numbers from 0 to a top, as files hold them; what is no number becomes 0."""
    finite = np.nan_to_num(pixels, nan=0.0, posinf=1.0, neginf=0.0)
    return np.asarray(np.rint(np.clip(finite, 0, 1) * np.float32(top)), np.float32)
