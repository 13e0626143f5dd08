"""The facts of Stable Diffusion XL base: two text towers, a pooled vector, sizes (Podell 2023)."""

from __future__ import annotations

from studio.facts.described import Header
from studio.facts.families import layout
from studio.facts.families.family import EncoderFacts, Evidence, Family


def probe(header: Header) -> Evidence | None:
    """Find a denoiser with linear projections and a vector, beside two text towers or none."""
    names = layout.unet(header)
    if layout.projection_axes(names) != 2 or not layout.has_vector(names):
        return None
    second = layout.has(header, layout.SDXL_SECOND, "text_encoder_2/")
    first = layout.has(header, layout.SDXL_FIRST, "text_encoder/")
    if layout.has(header, layout.REFINER_TOWER) or (not first and second):
        return None
    if not second and not layout.attends_at_the_bottom(names):
        return None
    reasons = ["the denoiser's proj_in is linear", "it takes a vector beside the text"]
    reasons.append("two text towers" if second else "its smallest level has attention")
    return Evidence(tuple(reasons))


SDXL = Family(
    id="sdxl",
    title="Stable Diffusion XL",
    latent_channels=4,
    latent_scale=0.13025,
    beta_start=0.00085,
    beta_end=0.012,
    timesteps=1000,
    prediction="epsilon",
    native_size=1024,
    unet_prefix=layout.UNET,
    vae_prefix=layout.VAE,
    encoders=(
        EncoderFacts(
            id="clip_l",
            prefixes=(layout.SDXL_FIRST, "text_encoder/"),
            layout="hf",
            activation="quick_gelu",
            pad_token=49407,
            projected=False,
        ),
        EncoderFacts(
            id="clip_g",
            prefixes=(layout.SDXL_SECOND, "text_encoder_2/"),
            layout="openclip",
            activation="gelu",
            pad_token=0,
            projected=True,
        ),
    ),
    emphasis="no_norm",
    minimum_clip_skip=2,
    size_conditioned=True,
    zero_empty_negative=True,
    probe=probe,
)
