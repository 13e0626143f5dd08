"""Draws with a starter model through the studio's own loading and sampling."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from studio.core.context import result_of
from studio.core.values import Conditioning, DiffusionModel, Latent, TextEncoder, Vae
from studio.diffusion.loading import load
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.steering import Control
from studio.diffusion.sampling.walk import walk
from studio.diffusion.text import encode, read
from studio.diffusion.towers import TextTowers
from studio.facts.families import family
from training.toyworld.canvas import Bytes
from training.vae import round_trip, to_pictures

FAMILY = family("sd15")
_LATENT = (1, 4, 16, 16)


@dataclass(frozen=True, slots=True)
class Starter:
    """A loaded starter model."""

    unet: UNet2DConditionModel
    towers: TextTowers
    vae: AutoencoderKL

    @torch.no_grad()
    def draw(
        self,
        text: str,
        *,
        seed: int,
        steps: int,
        guidance: float,
        controls: tuple[Control, ...] = (),
    ) -> Bytes:
        """One picture of 128 x 128, uint8 ``(128, 128, 3)``, with the studio's default sampler."""
        settings = Settings(seed=seed, steps=steps, guidance=guidance)
        empty = Latent(torch.zeros(_LATENT), FAMILY.id)
        positive, negative = self._encode(text), self._encode("")
        drawn = walk(self.unet, FAMILY, (positive,), negative, empty, settings, controls=controls)
        latent = result_of(drawn)
        decoded = self.vae.decode(latent.samples / FAMILY.latent_scale).sample
        return to_pictures(decoded)[0]

    def round_trip(self, picture: Bytes) -> Bytes:
        """Encode and decode."""
        return round_trip(self.vae, [picture])[0]

    def _encode(self, text: str) -> Conditioning:
        return result_of(encode(self.towers, FAMILY, read(text)))


def load_starter(file: Path) -> Starter:
    """Load all three networks of a checkpoint as float32."""
    path = str(file)
    parts = [
        load(kind(path, FAMILY.id), torch.float32) for kind in (DiffusionModel, TextEncoder, Vae)
    ]
    return Starter(parts[0], cast(TextTowers, parts[1]), parts[2])
