"""Load an image."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

from studio.core.define import node
from studio.core.values import Image, Mask
from studio.core.widgets import FilePath


class LoadedImage(NamedTuple):
    """A picture, and where it is transparent.

    Attributes:
        image: The picture without its alpha channel; grey pictures have one channel.
        mask: 1 where the picture is transparent, 0 everywhere when it has no alpha.
    """

    image: Image
    mask: Mask


@node("load.image", category="Load", title="Load image")
def load_image(
    file: Annotated[
        Path,
        FilePath((".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".gif")),
    ],
) -> LoadedImage:
    """Read a picture from a file.

    It is turned upright as its EXIF orientation says and converted to sRGB by its ICC profile; 16
    bits a channel are kept. Of an animation the first frame is read. The alpha channel becomes the
    mask, so that what was erased is what changes.

    Args:
        file: A PNG, JPEG, WebP, AVIF, TIFF, BMP or GIF picture of up to 134 million pixels.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file ends early or makes no sense.
        UnsupportedError: It is no picture of these formats, or too large.
    """
    from studio.diffusion.pixels.masks import from_alpha, without_alpha
    from studio.media.pictures import read_pixels

    pixels = read_pixels(file)
    return LoadedImage(Image(without_alpha(pixels)), Mask(from_alpha(pixels)))
