"""What a family is: the facts that the rest of the program asks for, and nothing computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from studio.facts.described import Header

Prediction = Literal["epsilon", "v", "v_zsnr"]


@dataclass(frozen=True, slots=True)
class EncoderFacts:
    """One text network of a family.

    Attributes:
        id: ``clip_l`` or ``clip_g``.
        prefixes: What its names begin with, in a checkpoint or in a folder.
        layout: Whose names they are: transformers' or OpenCLIP's.
        activation: As transformers calls it.
        pad_token: Fills a chunk behind the end token.
        projected: Whether its pooled vector goes through a projection and is used.
    """

    id: Literal["clip_l", "clip_g"]
    prefixes: tuple[str, ...]
    layout: Literal["hf", "openclip"]
    activation: Literal["quick_gelu", "gelu"]
    pad_token: int
    projected: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a file belongs to a family.

    Attributes:
        reasons: What was found in the file, in words.
    """

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Models that share latents and text encoders.

    Attributes:
        id: Stable name, as in ``sd15``.
        title: Name for people.
        latent_channels: Channels of a latent.
        latent_scale: Factor that brings the VAE's latents to unit variance.
        beta_start: First beta of the training schedule, linear in its square root.
        beta_end: Last beta.
        timesteps: Length of the training schedule.
        prediction: What the network says, where a file does not tell.
        native_size: Side in pixels of the pictures that it was trained on.
        unet_prefix: What the denoiser's names begin with in a checkpoint.
        vae_prefix: What the VAE's names begin with in a checkpoint.
        encoders: Text networks, in the order in which their states are joined.
        emphasis: How prompt weights act when the user leaves it to the family.
        minimum_clip_skip: Layers counted from the end that are left out at least; 1 is the last.
        size_conditioned: Whether the denoiser wants the sizes of the picture.
        zero_empty_negative: Whether an empty negative prompt is a row of zeros.
        probe: Says why a header belongs to the family, or ``None``.
    """

    id: str
    title: str
    latent_channels: int
    latent_scale: float
    beta_start: float
    beta_end: float
    timesteps: int
    prediction: Prediction
    native_size: int
    unet_prefix: str
    vae_prefix: str
    encoders: tuple[EncoderFacts, ...]
    emphasis: Literal["a1111", "no_norm"]
    minimum_clip_skip: int
    size_conditioned: bool
    zero_empty_negative: bool
    probe: Callable[[Header], Evidence | None]
