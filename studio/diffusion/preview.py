"""Latent to rough picture by one small matrix, so that looking on costs no decoding.

The matrix belongs to a VAE. A checkpoint may carry its own, as text in its metadata under
`METADATA_KEY`; `fit` makes it once from the VAE, when the checkpoint is written. For others there
is the published one of the family. Nothing is loaded and nothing decoded for a preview.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from diffusers import AutoencoderKL

METADATA_KEY = "wirebrush.preview"
LARGEST = 256
"""Most pixels of a side."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What turns a latent into RGB.

    Attributes:
        rows: A row of red, green, blue for each latent channel, for colours from 0 to 1.
        offset: Red, green, blue of an empty latent.
    """

    rows: tuple[tuple[float, float, float], ...]
    offset: tuple[float, float, float]

    def as_text(self) -> str:
        """Write it for the metadata of a checkpoint."""
        return json.dumps([*self.rows, self.offset])


# keturn, "Decoding latents to RGB without upscaling", discuss.huggingface.co/t/23204, 2022: for
# colours from -1 to 1, halved here.
_SD15 = Projection(
    (
        (0.1490, 0.1035, 0.1040),
        (0.0935, 0.1430, 0.0865),
        (-0.0790, 0.0945, 0.1320),
        (-0.0920, -0.1355, -0.2365),
    ),
    (0.5, 0.5, 0.5),
)
# T. A. Vass, "Explaining the SDXL latent space", huggingface.co/blog, 2024: for 0 to 255.
_SDXL = Projection(
    (
        (60 / 255, 60 / 255, 60 / 255),
        (-60 / 255, -5 / 255, 10 / 255),
        (25 / 255, 15 / 255, -5 / 255),
        (-70 / 255, -50 / 255, -35 / 255),
    ),
    (150 / 255, 140 / 255, 130 / 255),
)
PROJECTIONS = {"sd15": _SD15, "sdxl": _SDXL}
"""By family; those of the VAEs that were published with them."""


def projection(metadata: Mapping[str, str], family: str) -> Projection:
    """Return the matrix that a checkpoint carries, else that of its family.

    Args:
        metadata: Texts from the header of the checkpoint.
        family: Id of its family; one that is not known is taken for SD 1.x.
    """
    default = PROJECTIONS.get(family, _SD15)
    try:
        *rows, offset = json.loads(metadata[METADATA_KEY])
        found = Projection(tuple(_colour(row) for row in rows), _colour(offset))
    except (KeyError, TypeError, ValueError):
        return default
    return found if len(found.rows) == len(default.rows) else default


def _colour(numbers: list[float]) -> tuple[float, float, float]:
    red, green, blue = (float(number) for number in numbers)
    if not math.isfinite(red + green + blue):
        raise ValueError(f"{numbers} is no colour")
    return red, green, blue


def fit(vae: AutoencoderKL, scale: float, pictures: torch.Tensor) -> Projection:
    """Fit the matrix of a VAE by least squares on pictures.

    Args:
        vae: Anywhere, in any number format.
        scale: Factor that brings its latents to unit variance.
        pictures: float32 ``(items, 3, height, width)``, -1 to 1.
    """
    with torch.no_grad():
        mode = vae.encode(pictures.to(vae.device, vae.dtype)).latent_dist.mode().float().cpu()
    latents = mode.permute(0, 2, 3, 1).reshape(-1, mode.shape[1]) * scale
    small = torch.nn.functional.adaptive_avg_pool2d(pictures.float(), mode.shape[2:])
    return _solved(latents, (small.permute(0, 2, 3, 1).reshape(-1, 3) + 1) / 2)


def _solved(latents: torch.Tensor, colours: torch.Tensor) -> Projection:
    """Return the matrix from latents ``(points, channels)`` to colours ``(points, 3)``."""
    known = torch.cat([latents, torch.ones(len(latents), 1)], dim=1)
    solved = torch.linalg.lstsq(known, colours).solution.tolist()
    return Projection(tuple(_colour(row) for row in solved[:-1]), _colour(solved[-1]))


def approximate(latents: torch.Tensor, by: Projection) -> NDArray[np.uint8]:
    """Draw a batch of latents roughly, side by side, one pixel for each latent pixel.

    Args:
        latents: ``(items, channels, height, width)``, unit variance, any device.
        by: The matrix of their VAE.

    Returns:
        uint8 ``(height, width, 3)``, sRGB, at most `LARGEST` a side.
    """
    rows, offset = torch.tensor(by.rows), torch.tensor(by.offset)
    colours = torch.einsum("nchw,cr->nhwr", latents.detach().float().cpu(), rows) + offset
    sheet = _sheet((colours.nan_to_num().clamp(0, 1) * 255).round().to(torch.uint8).numpy())
    stride = math.ceil(max(sheet.shape) / LARGEST)
    return np.ascontiguousarray(sheet[::stride, ::stride])


def _sheet(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay pictures out in a square; places that stay free are black."""
    items, height, width, _ = pixels.shape
    columns = math.ceil(math.sqrt(items))
    lines = math.ceil(items / columns)
    sheet = np.zeros((lines * height, columns * width, 3), np.uint8)
    for item in range(items):
        top, left = item // columns * height, item % columns * width
        sheet[top : top + height, left : left + width] = pixels[item]
    return sheet
