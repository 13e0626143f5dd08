"""A denoiser and the adapters that nodes put on it, in files; what both draw, and what they draw in
the pipelines of diffusers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import torch
from safetensors.torch import save_file

from studio.core.context import result_of
from studio.core.values import DiffusionModel, Handle, Latent, Value
from studio.diffusion.loading import load
from studio.diffusion.sampling.noise import start_noise
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.steering import Control, Lend
from studio.diffusion.sampling.walk import walk
from studio.facts.families import family
from tests.diffusion.adapters.surroundings import Surroundings, unet
from tests.diffusion.pipelines import GUIDANCE, drawn_by
from tests.diffusion.setting import prompt

SEED = 3
STEPS = 2
HEIGHT, WIDTH = 64, 96


def latent(items: int = 1, name: str = "sd15", size: tuple[int, int] = (8, 12)) -> Latent:
    return Latent(torch.zeros(items, 4, *size), name)


class World:
    """A denoiser, adapters in files, and the controls that they become.

    Attributes:
        door: Makes a control of a patch, in the worlds that derive from this one.
    """

    door: ClassVar[Callable[..., Control]]

    def __init__(self, folder: Path, name: str = "sd15", **files: Any) -> None:
        self.name, self.folder = name, folder
        self.unet = unet(name)
        self.model = DiffusionModel("model", name)
        self.ctx = Surroundings(files=files)

    def saved(
        self, tensors: dict[str, torch.Tensor], handle: Callable[[str], Handle], *seen: Value | None
    ) -> Any:
        """Save an adapter, have it lent and what it refers to resolved, and return its handle."""
        path = str(self.folder / f"{len(self.model.patches)}.safetensors")
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
        made = handle(path)
        self.ctx.files[path] = load(made)
        self.ctx.values |= {value.key: value for value in seen if value is not None}
        return made

    @property
    def controls(self) -> list[Any]:
        """Return what the patches ask for."""
        lend: Lend = lambda handle: lambda: self._lent(handle.file)  # noqa: E731
        door = type(self).door
        return [door(self.ctx, self.model, patch, lend) for patch in self.model.patches]

    def _lent(self, file: str) -> Any:
        self.ctx.lent.append(file)
        return self.ctx.files[file]

    def sampled(self, start: Latent | None = None, controls: Any = None) -> torch.Tensor:
        """Return the latent that a walk ends at."""
        made: torch.Tensor = result_of(self.walk(start, controls)).samples
        return made

    def walk(self, start: Latent | None = None, controls: Any = None) -> Any:
        """Return a walk with the controls of the model, or others."""
        name = self.name
        chosen = Settings(SEED, STEPS, GUIDANCE, sampler="euler", schedule="normal")
        return walk(
            self.unet, family(name), (prompt(1, family=name),), prompt(2, family=name),
            start or latent(1, name), chosen,
            controls=self.controls if controls is None else controls,
        )  # fmt: skip


def drawn_from_noise(made: Any, name: str, **given: Any) -> torch.Tensor:
    """Return the latent of a pipeline of diffusers, from the noise of a world."""
    noise = start_noise((4, HEIGHT // 8, WIDTH // 8), [SEED])
    size = {"height": HEIGHT, "width": WIDTH}
    return drawn_by(made, name, **size, num_inference_steps=STEPS, latents=noise, **given)
