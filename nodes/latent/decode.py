"""Decode a latent."""

from __future__ import annotations

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Image, Latent, Vae


@node("latent.decode", category="Latent", title="Decode")
def decode_latent(vae: Vae, latent: Latent, *, ctx: Context) -> Steps[Image]:
    """Turn a latent into an image.

    Images too large for the memory setting are worked on in tiles, which leave no seams. Where the
    device's number format is too narrow for the VAE, float32 is used, with a warning.

    Args:
        vae: From the checkpoint that drew the latent.
        latent: Any size and batch.

    Raises:
        FamilyMismatchError: The VAE and the latent are of different families.
        ShapeError: The latent is empty, or has other channels than the VAE.
        NotFiniteError: The latent or the VAE holds values that are not numbers.
    """
    from studio.diffusion.vae import decode, scale_of
    from studio.facts.families import same_family

    name = same_family(vae, latent)
    if latent.sigma > 0:
        ctx.warn("W_NOISE_MISMATCH", f"the latent still holds noise of level {latent.sigma:.3g}")
    with ctx.on_device(vae) as network:
        scale = scale_of(network, name)
        walk = decode(network, scale, latent.samples, budget=ctx.memory_budget, warn=ctx.warn)
        pixels = yield from ticks(walk, lambda step: Progress(step.done, step.total))
    return Image(pixels)
