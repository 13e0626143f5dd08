"""The loop of a training run: rate, average, checkpoints, and a line a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from torch import Tensor

from training.checkpoints import Average, Every, load_checkpoint, save_checkpoint
from training.muon import Muon
from training.workers import Workers

_CLIP = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to train one network.

    Attributes:
        checkpoint: where the run's state is kept.
        rate: learning rate of the matrices, reached after ``warm_up`` steps.
        average: share of the averaged weights that one step keeps.
        decay_from: from this part of the run the rate falls, to almost nothing at the end.
    """

    checkpoint: Path
    steps: int
    rate: float
    average: float = 0.995
    warm_up: int = 30
    decay_from: float = 0.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Chance:
    """All chance of one step; ``done`` is how far the run is, 0 to 1."""

    rng: Random
    generator: torch.Generator
    done: float


class Loop:
    """A training run that goes on from its checkpoint; :meth:`advance` until it is long enough.

    Args:
        plan: how long and how fast.
        network: those of its weights that require gradients are trained.
        loss: makes a batch and returns its loss.
        plain: parts of the names of weights that AdamW handles (first and last layers).
        workers: the processes that train together.
    """

    def __init__(
        self,
        plan: Plan,
        network: torch.nn.Module,
        loss: Callable[[Chance], Tensor],
        plain: tuple[str, ...],
        workers: Workers,
    ) -> None:
        self.plan, self.network, self.workers = plan, network, workers
        named = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
        self._parameters = [parameter for _, parameter in named]
        self._loss = loss
        self._optimizer = Muon(named, plain, workers)
        self.average = Average(dict(named), plan.average, warm_up=10)
        self.step, self.mean_loss = 0, 0.0
        self._resume()
        self._started, self._first_step = time.monotonic(), self.step
        self._minute, self._saving = Every(60), Every(120)

    def _resume(self) -> None:
        saved = load_checkpoint(self.plan.checkpoint)
        if saved is not None:
            self.network.load_state_dict(saved["weights"])
            self.average.load(saved["average"])
            self._optimizer.load_state_dict(saved["optimizer"])
            self.step = saved["step"]

    def run(self) -> None:
        """Train until all steps are done; leave the averaged weights in the network."""
        while self.step < self.plan.steps:
            self.advance()
        if self.workers.leads:
            self.save()
        self.network.load_state_dict(self.average.values, strict=False)

    def advance(self) -> None:
        """One step; all chance comes from seed, worker and step, so that a resumed run agrees."""
        seed = (self.plan.seed * 1_000_003 + self.step) * 64 + self.workers.rank
        done = self.step / self.plan.steps
        loss = self._loss(Chance(Random(seed), torch.Generator().manual_seed(seed), done))
        torch.autograd.backward(loss)
        self.workers.average([p.grad for p in self._parameters if p.grad is not None])
        torch.nn.utils.clip_grad_norm_(self._parameters, _CLIP)
        self._optimizer.step(self._rate(done))
        self._optimizer.zero_grad()
        value = float(loss.detach())
        self.mean_loss += (0.02 if self.mean_loss else 1.0) * (value - self.mean_loss)
        self.step += 1
        self.average.update(self.step)
        if self.workers.leads:
            self._report()

    def _rate(self, done: float) -> float:
        falling = (1 - done) / (1 - self.plan.decay_from) + 0.01
        return self.plan.rate * min(1, (self.step + 1) / self.plan.warm_up) * min(1, falling)

    def _report(self) -> None:
        if self._minute.due():
            seconds = (time.monotonic() - self._started) / max(1, self.step - self._first_step)
            left = (self.plan.steps - self.step) * seconds / 60
            print(
                f"{self.plan.checkpoint.stem} step {self.step} of {self.plan.steps}"
                f" loss {self.mean_loss:.4f} {seconds:.2f} s a step, {left:.0f} min left",
                flush=True,
            )
        if self._saving.due():
            self.save()

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "weights": self.network.state_dict(),
            "average": self.average.values,
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
        }
        save_checkpoint(self.plan.checkpoint, state)
