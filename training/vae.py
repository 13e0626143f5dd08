"""Trains the starter model's VAE: 128 x 128 pictures to 4 x 16 x 16 latents and back.

Costs about half an hour on two CPU cores without bf16. What it reached: ``docs/starter-models.md``.
"""

import math
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn.functional import avg_pool2d

from training.checkpoints import Average, Every, load_checkpoint, save_checkpoint
from training.muon import Muon
from training.sheet import write_sheet
from training.toyworld import render, sample_scene
from training.toyworld.canvas import Bytes
from training.workers import Workers

WIDTHS = (40, 48, 64, 96)
NORM_GROUPS = 8
_CROP = 64
_PLAIN = ("conv_in", "conv_out", "quant")


@dataclass(frozen=True, slots=True)
class VaeRecipe:
    """How long and how to train; pictures are counted per worker and step."""

    folder: Path
    steps: int = 2400
    pictures: int = 4
    rate: float = 3e-3
    decay: float = 0.995
    kl_weight: float = 2.56e-4
    full_pictures_after: float = 0.75
    seed: int = 0
    widths: tuple[int, ...] = WIDTHS

    @property
    def checkpoint(self) -> Path:
        """Where the run's state is kept."""
        return self.folder / "vae.pt"


def build_vae(widths: tuple[int, ...] = WIDTHS) -> AutoencoderKL:
    """The network, with random weights."""
    return AutoencoderKL(
        block_out_channels=widths,
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * len(widths),
        up_block_types=("UpDecoderBlock2D",) * len(widths),
        latent_channels=4,
        norm_num_groups=NORM_GROUPS,
        sample_size=128,
    )


def train_vae(recipe: VaeRecipe, workers: Workers) -> None:
    """Train, or go on training, until ``recipe.steps`` are done."""
    run = VaeRun(recipe, workers)
    if run.step >= recipe.steps:
        return
    while run.step < recipe.steps:
        run.advance()
    run.finish()


class VaeRun:
    """A training run; :meth:`advance` until it is long enough."""

    def __init__(self, recipe: VaeRecipe, workers: Workers) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.workers = recipe, workers
        self.vae = build_vae(recipe.widths).to(memory_format=torch.channels_last)
        self.optimizer = Muon(self.vae.named_parameters(), _PLAIN, workers)
        self.average = Average(self.vae.state_dict(), recipe.decay, warm_up=10)
        self.step = 0
        self.loss = 0.0
        self.started, self.first_step = time.monotonic(), 0
        self.minute, self.saving, self.judging = Every(60), Every(120), Every(300)
        saved = load_checkpoint(recipe.checkpoint)
        if saved is not None:
            self.vae.load_state_dict(saved["vae"])
            self.average.load(saved["average"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.step = self.first_step = saved["step"]

    def advance(self) -> None:
        """One step; all chance comes from seed, worker and step, so that a resumed run agrees."""
        recipe = self.recipe
        seed = (recipe.seed * 1_000_003 + self.step) * 64 + self.workers.rank
        rng = Random(seed)
        generator = torch.Generator().manual_seed(seed)
        done = self.step / recipe.steps
        rate = recipe.rate * min(1, (self.step + 1) / 60) * 0.5 * (1 + math.cos(math.pi * done))
        full = done > recipe.full_pictures_after and self.step % 2 == 0
        pictures = _full_batch(rng, recipe.pictures) if full else _crops(rng, recipe.pictures)
        loss = vae_loss(self.vae, pictures, generator, recipe.kl_weight)
        torch.autograd.backward(loss)
        self.workers.average([p.grad for p in self.vae.parameters() if p.grad is not None])
        torch.nn.utils.clip_grad_norm_(self.vae.parameters(), 1.0)
        self.optimizer.step(rate + 1e-6)
        self.optimizer.zero_grad()
        self.step += 1
        self.loss += (
            0.02 * (float(loss.detach()) - self.loss) if self.loss else float(loss.detach())
        )
        self.average.update(self.step)
        if self.workers.leads:
            self._report(rate)

    def _report(self, rate: float) -> None:
        if self.minute.due():
            seconds = (time.monotonic() - self.started) / max(1, self.step - self.first_step)
            left = (self.recipe.steps - self.step) * seconds / 60
            print(
                f"vae step {self.step} of {self.recipe.steps} loss {self.loss:.4f} rate {rate:.1e}"
                f" {seconds:.2f} s a step, {left:.0f} min left",
                flush=True,
            )
        if self.judging.due():
            print(f"vae step {self.step} PSNR {self._psnr(24):.2f} dB", flush=True)
        if self.saving.due():
            self.save()

    def finish(self) -> None:
        """Save, and say how good it became."""
        if self.workers.leads:
            self.save()
            print(f"vae done at step {self.step}: PSNR {self._psnr(64):.2f} dB", flush=True)

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "vae": self.vae.state_dict(),
            "average": self.average.values,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
        }
        save_checkpoint(self.recipe.checkpoint, state)

    def _psnr(self, count: int) -> float:
        judged = build_vae(self.recipe.widths)
        judged.load_state_dict(self.average.values)
        rng = Random(12345)
        pictures = [render(sample_scene(rng)) for _ in range(count)]
        decoded = round_trip(judged, pictures)
        paired = [p for pair in zip(pictures[:16], decoded[:16], strict=True) for p in pair]
        write_sheet(self.recipe.folder / "vae.png", paired, [""] * len(paired))
        return float(np.mean([psnr(a, b) for a, b in zip(pictures, decoded, strict=True)]))


def vae_loss(
    vae: AutoencoderKL, pictures: Tensor, generator: torch.Generator, kl_weight: float
) -> Tensor:
    """How far the decoded pictures are from ``pictures``, float32 ``(batch, 3, h, w)``, -1 to 1.

    L1 and squares for colour, gradients for edges, 4 x pooled residuals against colour drift.
    """
    encoded = vae.encode(pictures).latent_dist
    mean, log_variance = encoded.mean, encoded.logvar.clamp(-30, 10)
    noise = torch.randn(mean.shape, generator=generator)
    residual = vae.decode(mean + torch.exp(0.5 * log_variance) * noise).sample - pictures
    across = (residual[..., :, 1:] - residual[..., :, :-1]).abs().mean()
    down = (residual[..., 1:, :] - residual[..., :-1, :]).abs().mean()
    pooled = avg_pool2d(residual, 4).abs().mean()
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).mean()
    colour = residual.abs().mean() + 2 * residual.square().mean()
    total: Tensor = colour + 0.5 * (across + down) + 0.5 * pooled + kl_weight * kl
    return total


def to_tensor(pictures: list[Bytes]) -> Tensor:
    """Pictures, uint8 ``(height, width, 3)``, as one float32 batch, -1 to 1, channels first."""
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return (stacked.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def to_pictures(batch: Tensor) -> list[Bytes]:
    """The inverse of :func:`to_tensor`, clamped."""
    scaled = ((batch.clamp(-1, 1) + 1) * 127.5 + 0.5).permute(0, 2, 3, 1)
    return list(scaled.numpy().astype(np.uint8))


@torch.no_grad()
def round_trip(vae: AutoencoderKL, pictures: list[Bytes]) -> list[Bytes]:
    """Encode (the mean) and decode, eight at a time."""
    decoded: list[Bytes] = []
    for start in range(0, len(pictures), 8):
        latents = vae.encode(to_tensor(pictures[start : start + 8])).latent_dist.mode()
        decoded += to_pictures(vae.decode(latents).sample)
    return decoded


def psnr(a: Bytes, b: Bytes) -> float:
    """Peak signal to noise ratio of two pictures, in dB."""
    error = float(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2))
    return 10 * math.log10(255**2 / max(error, 1e-9))


def _full_batch(rng: Random, pictures: int) -> Tensor:
    return to_tensor([render(sample_scene(rng)) for _ in range(max(1, pictures // 2))])


def _crops(rng: Random, pictures: int) -> Tensor:
    """Two crops a picture, at multiples of 8, each the more detailed of two tries."""
    crops: list[Bytes] = []
    for _ in range(pictures):
        picture = render(sample_scene(rng))
        for _ in range(2):
            tries = []
            for _ in range(2):
                y, x = 8 * rng.randint(0, 8), 8 * rng.randint(0, 8)
                tries.append(picture[y : y + _CROP, x : x + _CROP])
            crops.append(max(tries, key=lambda crop: float(crop.std())))
    return to_tensor(crops)
