"""A small registry of cheap node types for tests: numbers, texts, lists, and things like models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from studio.core.context import Context, EffectContext, Progress, Steps
from studio.core.define import migrates, node
from studio.core.registry import Registry
from studio.core.values import (
    Conditioning,
    DiffusionModel,
    Image,
    Latent,
    Mask,
    Sequence,
    TextEncoder,
    Vae,
)
from studio.core.widgets import (
    FilePath,
    ModelFile,
    Range,
    Seed,
    Text,
    When,
)

T = TypeVar("T")


class Loaded(NamedTuple):
    """What one checkpoint holds.

    Attributes:
        model: The denoiser.
        text_encoder: Reads prompts.
        vae: Leads into latent space.
    """

    model: DiffusionModel
    text_encoder: TextEncoder
    vae: Vae


@node("toy.number", category="Toy", folds=True)
def number(value: float = 0.0) -> float:
    """Give a number.

    Args:
        value: The number.
    """
    return value


@node("toy.text", category="Toy", folds=True)
def text(value: Annotated[str, Text(3)] = "") -> str:
    """Give a text.

    Args:
        value: The text.
    """
    return value


@node("toy.add", category="Toy", version=2, replaces=("toy.plus",))
def add(
    a: Annotated[float, Range(-1e6, 1e6)] = 0.0, b: Annotated[float, Range(-1e6, 1e6)] = 0.0
) -> float:
    """Add two numbers.

    Args:
        a: One of them.
        b: The other one.
    """
    return a + b


@migrates("toy.add", 1)
def _add_1(params: dict[str, Any]) -> dict[str, Any]:
    """Rename what version 1 called x and y."""
    names = {"x": "a", "y": "b"}
    return {names.get(name, name): value for name, value in params.items()}


@node("toy.sum", category="Toy")
def total(items: tuple[float, ...] = ()) -> float:
    """Add many numbers.

    Args:
        items: The numbers, in order.
    """
    return sum(items)


@node("toy.switch", category="Toy", folds=True)
def switch(first: T, second: T, choose: Literal["first", "second"] = "first") -> T:
    """Pass on one of two values.

    Args:
        first: One of them.
        second: The other one.
        choose: Which of them.
    """
    return first if choose == "first" else second


@node("toy.count", category="Toy")
def counted(
    stop: Annotated[int, Range(0, 1000)] = 3,
) -> Sequence[int]:
    """List the whole numbers from 0.

    Args:
        stop: Number after the last one.
    """
    return Sequence(tuple(range(stop)))


@node("toy.collect", category="Toy")
def collect(values: Sequence[int]) -> int:
    """Add the numbers of a list.

    Args:
        values: The list.
    """
    return sum(values.items)


@node("toy.load", category="Toy")
def load(file: Annotated[Path, ModelFile("checkpoints")]) -> Loaded:
    """Open a checkpoint.

    Args:
        file: The weights.
    """
    name = str(file)
    return Loaded(DiffusionModel(name), TextEncoder(name), Vae(name))


@node("toy.encode", category="Toy")
def encode(text_encoder: TextEncoder, text: Annotated[str, Text(5)] = "") -> Conditioning:
    """Encode a prompt.

    Args:
        text_encoder: Reads it.
        text: The prompt.
    """
    return Conditioning((), text_encoder.family)


@node("toy.sample", category="Toy")
def sample(
    model: DiffusionModel,
    positive: Conditioning,
    negative: Conditioning | None = None,
    latent: Latent | None = None,
    seed: Annotated[int, Seed()] = 0,
    steps: Annotated[int, Range(1, 150)] = 20,
    method: Literal["euler", "heun", "custom"] = "euler",
    order: Annotated[int, Range(1, 4), When.equal("method", "custom")] = 2,
    *,
    ctx: Context,
) -> Steps[Latent]:
    """Walk some steps.

    Args:
        model: The denoiser.
        positive: What to draw.
        negative: What to steer away from.
        latent: Where to start.
        seed: Fixes the noise.
        steps: Length of the schedule.
        method: Update rule.
        order: Of the custom rule.
    """
    for step in range(steps):
        yield Progress(step + 1, steps)
    return latent or Latent(ctx.device, model.family)  # type: ignore[arg-type]  # no tensors here


@node("toy.image", category="Toy")
def image(seed: Annotated[int, Seed()] = 0, width: Annotated[int, Range(8, 64)] = 8) -> Image:
    """Make an image out of nothing.

    Args:
        seed: Its content.
        width: Its width.
    """
    import numpy as np

    return Image(np.full((1, 8, width, 3), seed % 256 / 255, np.float32))


@node("toy.blur", category="Toy")
def blur(
    image: Image, mask: Mask | None = None, radius: Annotated[float, Range(0, 64)] = 1.0
) -> Image:
    """Blur an image.

    Args:
        image: Any.
        mask: Where.
        radius: How much.
    """
    return image


@node("toy.show", category="Toy")
def show(value: T) -> None:
    """Show a value.

    Args:
        value: Any.
    """


@node("toy.save", category="Toy")
def save(
    image: Image,
    folder: Annotated[Path, FilePath(folder=True, output=True)] = Path("out"),
    *,
    ctx: EffectContext,
) -> None:
    """Save an image.

    Args:
        image: What to save.
        folder: Where.
    """
    ctx.output.wrote(ctx.output.folder / folder)


def toy_registry() -> Registry:
    """Return a registry of these node types."""
    registry = Registry()
    registry.collect(sys.modules[__name__])
    return registry
