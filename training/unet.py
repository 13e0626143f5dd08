"""Trains the starter model's UNet and text encoder together, from scratch, on cached latents.

Costs about two and a half hours on two CPU cores without bf16. What it reached: ``docs/starter-models.md``.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel

from training.checkpoints import Average, Every, load_checkpoint, save_checkpoint
from training.latents import Latents, LatentsRecipe, load_latents, training_scene
from training.muon import Muon
from training.toyworld import Scene, caption
from training.toyworld.scene import MODES
from training.words import END, LENGTH, START, Words
from training.workers import Workers

WIDTHS = (64, 128, 160)
TEXT_WIDTH = 64
PLAIN = ("conv_in", "conv_out", "_embedding.")
_TIMESTEPS = 1000

Mix = tuple[float, float, float, float]
"""Shares of one, two, three things and faces."""


@dataclass(frozen=True, slots=True)
class UNetRecipe:
    """How long and how to train; ``batch`` is counted per worker.

    Attributes:
        mixes: until which part of the run to draw with which shares of scenes.
        place_from: from here the loss weighs noisy steps most, which places things.
        place_until: from here it weighs clean steps more, which makes them crisp.
        decay_from: from here the rate falls, to almost nothing at the end.
    """

    folder: Path
    latents: LatentsRecipe
    steps: int = 1400
    batch: int = 32
    rate: float = 5e-3
    average: float = 0.995
    mixes: tuple[tuple[float, Mix], ...] = (
        (0.3, (0.57, 0.13, 0.02, 0.28)),
        (0.7, (0.44, 0.26, 0.04, 0.26)),
        (1.0, (0.40, 0.28, 0.05, 0.27)),
    )
    place_from: float = 0.1
    place_until: float = 0.68
    decay_from: float = 0.72
    dropped: float = 0.1
    seed: int = 0
    widths: tuple[int, ...] = WIDTHS

    @property
    def checkpoint(self) -> Path:
        """Where the run's state is kept."""
        return self.folder / "unet.pt"


def build_unet(widths: tuple[int, ...] = WIDTHS) -> UNet2DConditionModel:
    """The network with random weights; attention at 8 x 8 and below only."""
    deep = len(widths) - 1
    unet = UNet2DConditionModel(
        sample_size=16,
        block_out_channels=widths,
        layers_per_block=1,
        down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * deep,
        up_block_types=("CrossAttnUpBlock2D",) * deep + ("UpBlock2D",),
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=8,  # diffusers reads this as the number of heads
        norm_num_groups=32,
    )
    unet.set_attn_processor(AttnProcessor())  # three times as fast as SDPA at these head sizes
    return unet


def build_text_encoder(vocabulary: int, *, start: int, end: int) -> CLIPTextModel:
    """A CLIP text encoder with random weights; ``start`` and ``end`` are rows of its table."""
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        num_hidden_layers=4,
        num_attention_heads=1,
        max_position_embeddings=LENGTH,
        hidden_act="quick_gelu",
        bos_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
        projection_dim=TEXT_WIDTH,
    )
    return CLIPTextModel(config)


def alphas_cumprod() -> Tensor:
    """What part of the signal's power is left at each timestep of SD 1.x, ``(1000,)``."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, _TIMESTEPS, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


def loss_weights(alphas: Tensor) -> tuple[Tensor, Tensor]:
    """Weights a timestep, mean 1: one that places things, one (min-SNR 5) that makes them crisp.

    Source: Hang et al. 2023, "Efficient diffusion training via min-SNR weighting strategy".
    """
    snr = alphas / (1 - alphas)
    placing = (1 / snr).clamp(0.2, 20)
    crisp = snr.clamp(max=5) / snr
    return placing / placing.mean(), crisp / crisp.mean()


def train_unet(recipe: UNetRecipe, workers: Workers) -> None:
    """Train, or go on training, until ``recipe.steps`` are done."""
    run = UNetRun(recipe, workers)
    while run.step < recipe.steps:
        run.advance()
    run.finish()


@dataclass(frozen=True, slots=True)
class _Batch:
    latents: Tensor
    rows: Tensor
    noise: Tensor
    timesteps: Tensor


@dataclass(slots=True)
class _Scenes:
    """The training scenes by mode."""

    all: list[Scene]
    by_mode: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_mode = {mode: [] for mode in MODES}
        for index, scene in enumerate(self.all):
            self.by_mode[scene.mode].append(index)

    def draw(self, rng: Random, mix: Mix) -> int:
        return rng.choice(self.by_mode[rng.choices(MODES, mix)[0]])


class UNetRun:
    """A training run; :meth:`advance` until it is long enough."""

    def __init__(self, recipe: UNetRecipe, workers: Workers) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.workers = recipe, workers
        self.words = Words()
        self.unet = build_unet(recipe.widths)
        rows = {token: row for row, token in enumerate(self.words.ids)}
        self.text = build_text_encoder(len(rows), start=rows[START], end=rows[END])
        self.modules = torch.nn.ModuleDict({"unet": self.unet, "text": self.text}).train()
        self.parameters = list(self.modules.parameters())
        self.optimizer = Muon(self.modules.named_parameters(), PLAIN, workers)
        self.average = Average(self.modules.state_dict(), recipe.average, warm_up=20)
        self.latents: Latents = load_latents(recipe.latents)
        count = len(self.latents.values)
        self.scenes = _Scenes([training_scene(recipe.latents, i) for i in range(count)])
        self.alphas = alphas_cumprod()
        self.placing, self.crisp = loss_weights(self.alphas)
        self.step, self.loss = 0, 0.0
        self.minute, self.saving = Every(60), Every(180)
        self._resume()
        self.started, self.first_step = time.monotonic(), self.step

    def _resume(self) -> None:
        saved = load_checkpoint(self.recipe.checkpoint)
        if saved is not None:
            self.modules.load_state_dict(saved["weights"])
            self.average.load(saved["average"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.step = saved["step"]

    def advance(self) -> None:
        """One step; all chance comes from seed, worker and step, so that a resumed run agrees."""
        done = self.step / self.recipe.steps
        placing = self.recipe.place_from < done < self.recipe.place_until
        loss = self.batch_loss(self._batch(done), self.placing if placing else self.crisp)
        torch.autograd.backward(loss)
        self.workers.average([p.grad for p in self.parameters if p.grad is not None])
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step(self._rate(done))
        self.optimizer.zero_grad()
        value = float(loss.detach())
        self.loss += (0.02 if self.loss else 1.0) * (value - self.loss)
        self.step += 1
        self.average.update(self.step)
        if self.workers.leads:
            self._report(self._rate(done))

    def _rate(self, done: float) -> float:
        falling = (1 - done) / (1 - self.recipe.decay_from) + 0.01
        return self.recipe.rate * min(1, (self.step + 1) / 30) * min(1, falling)

    def batch_loss(self, batch: _Batch, weights: Tensor) -> Tensor:
        """The weighted squared error of the predicted noise."""
        alpha = self.alphas[batch.timesteps].view(-1, 1, 1, 1)
        noisy = alpha.sqrt() * batch.latents + (1 - alpha).sqrt() * batch.noise
        context = self.text(input_ids=batch.rows).last_hidden_state
        predicted = self.unet(noisy, batch.timesteps, encoder_hidden_states=context).sample
        errors = (predicted - batch.noise).square().mean((1, 2, 3))
        weighted: Tensor = (weights[batch.timesteps] * errors).mean()
        return weighted

    def _batch(self, done: float) -> _Batch:
        recipe = self.recipe
        seed = (recipe.seed * 1_000_003 + self.step) * 64 + self.workers.rank
        rng, generator = Random(seed), torch.Generator().manual_seed(seed)
        mix = next(mix for until, mix in recipe.mixes if done <= until)
        chosen = [self.scenes.draw(rng, mix) for _ in range(recipe.batch)]
        captions = [self._caption(rng, index) for index in chosen]
        latents = self.latents.values[chosen]
        # One timestep from each of ``batch`` equal ranges: the same mean, less chance.
        spread = torch.arange(recipe.batch) + torch.rand(recipe.batch, generator=generator)
        timesteps = (spread * (_TIMESTEPS / recipe.batch)).long().clamp(max=_TIMESTEPS - 1)
        noise = torch.randn(latents.shape, generator=generator)
        return _Batch(latents, self.words.rows(captions), noise, timesteps)

    def _caption(self, rng: Random, index: int) -> str:
        if rng.random() < self.recipe.dropped:
            return ""
        return caption(self.scenes.all[index], rng, full=rng.random() < 0.6)

    def _report(self, rate: float) -> None:
        if self.minute.due():
            seconds = (time.monotonic() - self.started) / max(1, self.step - self.first_step)
            left = (self.recipe.steps - self.step) * seconds / 60
            print(
                f"unet step {self.step} of {self.recipe.steps} loss {self.loss:.4f}"
                f" rate {rate:.1e} {seconds:.2f} s a step, {left:.0f} min left",
                flush=True,
            )
        if self.saving.due():
            self.save()

    def finish(self) -> None:
        """Save."""
        if self.workers.leads:
            self.save()
            print(f"unet done at step {self.step}: loss {self.loss:.4f}", flush=True)

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "weights": self.modules.state_dict(),
            "average": self.average.values,
            "optimizer": self.optimizer.state_dict(),
            "ids": self.words.ids,
            "step": self.step,
        }
        save_checkpoint(self.recipe.checkpoint, state)
