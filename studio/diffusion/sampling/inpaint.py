"""Keep what the mask does not cover, while the rest is sampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch.nn.functional import interpolate

from studio.core.errors import ShapeError
from studio.core.values import Mask, MaskMode
from studio.diffusion.sampling.schedules import NoiseTable
from studio.diffusion.sampling.steps import Denoise

ASPECT_TOLERANCE = 0.01


def latent_mask(mask: Mask, shape: torch.Size, mode: MaskMode = "soft") -> torch.Tensor:
    """Bring a mask of any size to that of a latent, each value the mean of its area.

    Args:
        mask: One picture, or one for each item.
        shape: Items, channels, height and width of the latent.
        mode: ``hard`` makes 0 or 1 of it, cut at one half; the others leave it grey.

    Returns:
        float32 ``(1 | items, 1, height, width)`` on the CPU, 0 keeps, 1 changes.

    Raises:
        ShapeError: The mask has another aspect, or another number of items.
    """
    items, _, height, width = shape
    count, mask_height, mask_width = mask.pixels.shape
    if count not in (1, items):
        raise ShapeError(f"the mask has {count} items, the latent {items}", fix="give 1 or as many")
    if abs(mask_width * height / (mask_height * width) - 1) > ASPECT_TOLERANCE:
        raise ShapeError(
            f"the mask is {mask_width} x {mask_height}, the latent {width} x {height}",
            fix="give a mask with the proportions of the picture",
        )
    pixels = torch.tensor(mask.pixels, dtype=torch.float32)[:, None].clamp(0, 1)
    resized = interpolate(pixels, size=(height, width), mode="area")
    return (resized >= 0.5).float() if mode == "hard" else resized


MaskAt = Callable[[float], torch.Tensor]
"""The mask at a noise level, ``(1 | items, 1, height, width)`` on the device."""


def mask_at(
    mask: torch.Tensor, mode: MaskMode, sigmas: Sequence[float], table: NoiseTable
) -> MaskAt:
    """Return the mask that acts at each noise level.

    Args:
        mask: What `latent_mask` returned, on the device.
        mode: ``gradient`` makes it 0 or 1: at first only white is free, and towards the end what
            is darker and darker; any other mode is the same at all levels.
        sigmas: What will be walked.
        table: Says how far apart noise levels are.

    Source:
        ``gradient``: Levin and Fried 2023, Differential Diffusion, arXiv:2306.00950.
    """
    if mode != "gradient":
        return lambda sigma: mask
    first, last = table.timestep(sigmas[0]), table.timestep(sigmas[-1])
    span = max(first - last, 1.0)

    def free(sigma: float) -> torch.Tensor:
        left = (table.timestep(sigma) - last) / span
        return ((mask >= left) & (mask > 0)).float()

    return free


def masked(
    denoise: Denoise[torch.Tensor], mask: MaskAt, clean: torch.Tensor, noise: torch.Tensor
) -> Denoise[torch.Tensor]:
    """Show a denoiser the known latent around the mask, and put it back into its guess.

    Args:
        denoise: Sees the picture as a whole.
        mask: 0 keeps, 1 changes; broadcast to the latent.
        clean: The known latent.
        noise: Unit normal, the one that sampling started from.
    """

    def denoise_inside(x: torch.Tensor, sigma: float) -> torch.Tensor:
        inside = mask(sigma)
        outside = 1 - inside
        around = (clean + noise * sigma) * outside
        return denoise(x * inside + around, sigma) * inside + clean * outside

    return denoise_inside


def restored(x: torch.Tensor, mask: torch.Tensor, clean: torch.Tensor) -> torch.Tensor:
    """Put back the known latent, bit for bit, where the mask is 0."""
    return torch.where(mask == 0, clean, x)
