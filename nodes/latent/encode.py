"""Encode an image."""

from __future__ import annotations

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Image, Latent, Vae


@node("latent.encode", category="Latent", title="Encode")
def encode_image(vae: Vae, image: Image, *, ctx: Context) -> Steps[Latent]:
    """Move an image into the latent space of a VAE.

    A side that is no multiple of 8 is filled up at the right and the bottom by repeating its last
    pixels, so that nothing is cut off or moves: crop the result to get the old size back. Images
    too large for the memory setting are worked on in tiles, which leave no seams.

    Args:
        vae: From the checkpoint that will draw.
        image: Any size and batch. Grey becomes three equal channels; alpha is left out.

    Raises:
        ShapeError: The batch is empty, or the image has no pixels.
        NotFiniteError: The image or the VAE holds values that are not numbers.
    """
    from studio.diffusion.latents import PIXELS
    from studio.diffusion.vae import encode, scale_of

    pixels = image.pixels
    height, width = pixels.shape[1:3]
    if height % PIXELS or width % PIXELS:
        filled = f"{width + -width % PIXELS} x {height + -height % PIXELS}"
        ctx.warn("W_QUALITY", f"{width} x {height} is filled up to {filled}, multiples of {PIXELS}")
    if pixels.shape[3] == 4 and bool((pixels[..., 3] < 1).any()):
        ctx.warn("W_UNUSED", "the alpha channel is left out; transparent pixels show their colour")
    if not vae.family:
        ctx.warn(
            "W_QUALITY", "the VAE's file does not tell its family; the VAE's own scale is used"
        )

    with ctx.on_device(vae) as network:
        scale = scale_of(network, vae.family)
        walk = encode(network, scale, pixels, budget=ctx.memory_budget, warn=ctx.warn)
        samples = yield from ticks(walk, lambda step: Progress(step.done, step.total))
    return Latent(samples, vae.family)
