"""Write the golden latents of the samplers, made by k-diffusion (MIT).

k-diffusion is no dependency. Unpack its wheel anywhere and name the folder:

    python -m tests.tools.make_sampler_golden FOLDER

Only its ``sampling.py`` and ``external.py`` are imported; what they import beside torch and is not
used here is replaced by empty modules. scipy is needed, for its ``sample_lms``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from tests.diffusion.setting import CountedNoise, guided_network, prompt
from tests.tiny import sd15_unet

GOLDEN = Path(__file__).parents[1] / "golden" / "samplers.npz"
SHAPE = (1, 4, 6, 10)
STEPS = 12
GUIDANCE = 5.0
NOISY = {
    "euler_ancestral",
    "dpm_2_ancestral",
    "dpmpp_2s_ancestral",
    "dpmpp_2m_sde",
    "dpmpp_sde",
    "dpmpp_3m_sde",
}
NAMES = [*sorted(NOISY), "dpm_2", "dpmpp_2m", "euler", "heun", "lms"]


def import_oracle(folder: Path) -> tuple[Any, Any]:
    """Import two modules of k-diffusion without running its package."""
    package = ModuleType("k_diffusion")
    package.__path__ = [str(folder / "k_diffusion")]
    sys.modules["k_diffusion"] = package
    for name in ("torchdiffeq", "torchsde"):
        sys.modules[name] = ModuleType(name)
    sys.modules["torchdiffeq"].odeint = None  # type: ignore[attr-defined]  # an empty stand-in
    return (
        importlib.import_module("k_diffusion.sampling"),
        importlib.import_module("k_diffusion.external"),
    )


def alphas() -> torch.Tensor:
    """Return the signal kept at each timestep of Stable Diffusion 1.x."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0)


def main(folder: Path) -> None:
    """Run every sampler of k-diffusion and save where it ended."""
    sampling, external = import_oracle(folder)
    predict = guided_network(sd15_unet(), prompt(1), prompt(2), GUIDANCE)
    model = external.DiscreteEpsDDPMDenoiser(predict, alphas(), quantize=False).float()
    sigmas = sampling.get_sigmas_karras(STEPS, float(model.sigma_min), float(model.sigma_max))
    start = CountedNoise(SHAPE)(0, 0) * sigmas[0]
    ends = {"sigmas": sigmas.numpy(), "start": start.numpy()}
    for name in NAMES:
        noise = {"noise_sampler": CountedNoise(SHAPE)} if name in NOISY else {}
        walk = getattr(sampling, f"sample_{name}")
        ends[name] = walk(model, start, sigmas, disable=True, **noise).numpy()
    np.savez_compressed(GOLDEN, **ends)


if __name__ == "__main__":
    with torch.no_grad():
        main(Path(sys.argv[1]))
