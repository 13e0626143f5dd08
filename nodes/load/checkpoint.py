"""Load a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

from studio.core.define import node
from studio.core.values import DiffusionModel, TextEncoder, Vae
from studio.core.widgets import ModelFile


class Checkpoint(NamedTuple):
    """What one checkpoint file holds.

    Attributes:
        model: The denoiser.
        text_encoder: Turns prompts into conditioning.
        vae: Moves pictures into latent space and back.
    """

    model: DiffusionModel
    text_encoder: TextEncoder
    vae: Vae


@node("load.checkpoint", category="Load", title="Load checkpoint")
def load_checkpoint(file: Annotated[Path, ModelFile("checkpoints")]) -> Checkpoint:
    """Open a Stable Diffusion checkpoint.

    The family is recognised by the names and shapes in the file's header, never by the file's name.
    No weight is read until a later node needs it.

    Args:
        file: A ``.safetensors``, ``.ckpt`` or ``.pt`` file, or a folder in the layout of diffusers.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file ends early, or is a web page or a placeholder.
        UnsafeFileError: The file asks for code to be run.
        FamilyMismatchError: It is a LoRA, a ControlNet, a VAE or another kind of file.
        UnsupportedError: It is of a family that this program does not draw with.
        UnknownFamilyError: The header matches no family.
    """
    from studio.facts.families import identify

    family = identify(file).family
    weights = str(file)
    return Checkpoint(
        DiffusionModel(weights, family), TextEncoder(weights, family), Vae(weights, family)
    )
