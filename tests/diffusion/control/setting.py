"""Controls for the tests: a tiny network, a hint, and how it acts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from numpy.typing import NDArray

from studio.core.context import result_of
from studio.core.values import Latent
from studio.diffusion.control.hinted import HintControl
from studio.diffusion.control.network import ControlNetwork
from studio.diffusion.control.settings import ControlSettings
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.steering import Control
from studio.diffusion.sampling.walk import walk
from studio.facts.families import family
from tests import tiny, tiny_control
from tests.diffusion.setting import latent, prompt

STEPS = 4


def picture(seed: int = 1, items: int = 1) -> NDArray[np.float32]:
    """Return random hints at the size of the latent of the tests."""
    return np.random.default_rng(seed).random((items, 48, 80, 3), np.float32)


@dataclass
class Lent:
    """A network that counts how often it was lent, and how often it looked at a hint."""

    seed: int = 5
    family: str = "sd15"
    unet: UNet2DConditionModel | None = None
    lent: int = 0
    looked: list[int] = field(default_factory=list)
    network: ControlNetwork | None = None

    def __call__(self) -> Any:
        self.lent += 1
        if self.network is None:
            net = tiny_control.controlnet(self.seed, self.family, self.unet)
            self.network = ControlNetwork(net, is_pooled=False, is_bgr=False)
            self.network.embed.register_forward_hook(
                lambda module, given, made: self.looked.append(len(given[0]))
            )
        return self.network


def control(
    lent: Lent | None = None,
    hint: NDArray[np.float32] | None = None,
    mask: NDArray[np.float32] | None = None,
    **settings: Any,
) -> HintControl:
    """Return a control with a random hint."""
    lent = lent or Lent()
    hint = picture() if hint is None else hint
    identity = (str(lent.seed), repr(settings))
    return HintControl(lent, "net", identity, hint, mask, ControlSettings(**settings))


def drawn(
    *controls: Control,
    start: Latent | None = None,
    name: str = "sd15",
    unet: UNet2DConditionModel | None = None,
    **settings: Any,
) -> torch.Tensor:
    """Return what a tiny denoiser draws with controls."""
    plain = Settings(3, STEPS, 5.0, sampler="euler", schedule="normal")
    chosen = replace(plain, **settings)
    start = start or latent(family=name)
    prompts = (prompt(1, family=name),), prompt(2, family=name)
    unet = unet or tiny.shared(tiny_control.UNETS[name])
    return result_of(walk(unet, family(name), *prompts, start, chosen, controls=controls)).samples
