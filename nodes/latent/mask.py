"""Put a mask on a latent."""

from __future__ import annotations

from dataclasses import replace

from studio.core.define import node
from studio.core.values import Latent, Mask, MaskMode


@node("latent.mask", category="Latent", title="Mask latent")
def mask_latent(latent: Latent, mask: Mask, mode: MaskMode = "soft") -> Latent:
    """Say where the sampler may change a latent.

    Args:
        latent: What is kept where the mask is black.
        mask: White changes, black keeps, grey changes in part. One for all items, or one for each;
            of any size with the proportions of the picture.
        mode: ``soft`` blends by the mask, ``hard`` cuts it at one half, ``gradient`` frees what is
            grey the later the darker it is, which hides the outline best.

    Raises:
        ShapeError: The mask has other proportions, or another number of items.
    """
    from studio.core.errors import ShapeError
    from studio.diffusion.sampling.inpaint import latent_mask

    if 0 in mask.pixels.shape:
        raise ShapeError(f"the mask of shape {mask.pixels.shape} is empty", fix="draw a mask")
    latent_mask(mask, latent.samples.shape, mode)  # refuses what the sampler could not use
    return replace(latent, mask=mask, mask_mode=mode)
