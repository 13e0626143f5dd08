"""The facts of Stable Diffusion 1.x, at any width."""

from __future__ import annotations

from studio.facts.described import Header
from studio.facts.families import layout
from studio.facts.families.family import EncoderFacts, Evidence, Family


def probe(header: Header) -> Evidence | None:
    """Find a denoiser with convolving projections, without a vector, and no OpenCLIP tower."""
    names = layout.unet(header)
    if layout.projection_axes(names) != 4 or layout.has_vector(names):
        return None
    if layout.has(header, layout.OPENCLIP_TOWER, "text_encoder_2/"):
        return None
    reasons = ["the denoiser's proj_in is a convolution", "it takes no vector beside the text"]
    if layout.has(header, layout.HF_TOWER):
        reasons.append(f"one text tower under {layout.HF_TOWER}")
    if layout.has(header, "text_encoder/"):
        reasons.append("one text tower in text_encoder")
    return Evidence(tuple(reasons))


SD15 = Family(
    id="sd15",
    title="Stable Diffusion 1.x",
    latent_channels=4,
    latent_scale=0.18215,
    beta_start=0.00085,
    beta_end=0.012,
    timesteps=1000,
    prediction="epsilon",
    native_size=512,
    unet_prefix=layout.UNET,
    vae_prefix=layout.VAE,
    encoders=(
        EncoderFacts(
            id="clip_l",
            prefixes=(layout.HF_TOWER, "text_encoder/"),
            layout="hf",
            activation="quick_gelu",
            pad_token=49407,
            projected=False,
        ),
    ),
    emphasis="a1111",
    minimum_clip_skip=1,
    size_conditioned=False,
    zero_empty_negative=False,
    probe=probe,
)
