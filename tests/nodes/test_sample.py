"""The sample node on a tiny checkpoint in the published layout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from nodes.sample.sample import sample
from studio.core.context import Progress, result_of
from studio.core.errors import FamilyMismatchError, MissingInputError
from studio.core.values import DiffusionModel, Handle, Latent, PatchRequest
from studio.diffusion.loading import load
from studio.diffusion.preview import METADATA_KEY, Projection, approximate
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.walk import walk
from studio.diffusion.saving import save_checkpoint, save_tensors
from studio.diffusion.text import encode, read
from studio.diffusion.towers import TextTowers, Tower
from studio.diffusion.weights import open_weights
from studio.facts.families import family
from tests import tiny

pytestmark = pytest.mark.torch

SD15 = family("sd15")
GREEN = Projection(((0.0, 0.0, 0.0),) * 4, (0.0, 1.0, 0.0))
EMPTY = Latent(torch.zeros(1, 4, 6, 10), "sd15")


@dataclass
class Lender:
    """A context that loads what is asked for, and notes what was lent and said."""

    lent: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    @contextmanager
    def on_device(self, handle: Handle) -> Iterator[Any]:
        self.lent.append(type(handle).__name__)
        try:
            yield load(handle)
        finally:
            self.lent.append("back")

    def warn(self, code: str, text: str) -> None:
        self.warned.append(code)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> DiffusionModel:
    path = tmp_path_factory.mktemp("sample") / "tiny.safetensors"
    towers = TextTowers((Tower(SD15.encoders[0], tiny.clip_l()),))
    texts = {METADATA_KEY: GREEN.as_text()}
    save_checkpoint(path, tiny.sd15_unet(), tiny.vae(), towers, "sd15", texts)
    return DiffusionModel(str(path), "sd15")


@pytest.fixture(scope="module")
def red() -> Any:
    towers = TextTowers((Tower(SD15.encoders[0], tiny.clip_l()),))
    return result_of(encode(towers, SD15, read("a red ball")))


@pytest.fixture(scope="module")
def empty() -> Any:
    towers = TextTowers((Tower(SD15.encoders[0], tiny.clip_l()),))
    return result_of(encode(towers, SD15, read("")))


def run(ctx: Any, *inputs: Any, **params: Any) -> Latent:
    return result_of(sample(*inputs, **{"steps": 3, **params}, ctx=ctx))


def test_the_node_does_what_the_library_does(model: DiffusionModel, red: Any, empty: Any) -> None:
    chosen = Settings(7, 3, 4.0, 0.6, "proportional", "euler_ancestral", "beta", eta=0.5)
    settings = {
        name: getattr(chosen, name)
        for name in ("seed", "guidance", "denoise", "denoise_mode", "sampler", "schedule", "eta")
    }
    expected = result_of(walk(tiny.sd15_unet(), SD15, (red,), empty, EMPTY, chosen))
    found = run(Lender(), model, red, empty, EMPTY, **settings)
    assert torch.allclose(found.samples, expected.samples, atol=1e-5)


def test_progress_counts_steps_and_draws_with_the_checkpoints_matrix(
    model: DiffusionModel, red: Any, empty: Any
) -> None:
    ctx: Any = Lender()
    told: list[Progress] = list(sample(model, red, empty, EMPTY, steps=3, ctx=ctx))
    assert [(progress.done, progress.total) for progress in told] == [(1, 3), (2, 3), (3, 3)]
    assert told[0].preview is not None
    assert (told[0].preview() == approximate(EMPTY.samples, GREEN)).all()


def test_without_a_negative_the_empty_prompt_is_encoded(
    model: DiffusionModel, red: Any, empty: Any
) -> None:
    ctx = Lender()
    alone = run(ctx, model, red, None, EMPTY)
    assert torch.allclose(alone.samples, run(Lender(), model, red, empty, EMPTY).samples, atol=1e-5)
    assert ctx.lent == ["TextEncoder", "back", "DiffusionModel", "back"]


def test_without_guidance_nothing_else_is_lent(model: DiffusionModel, red: Any) -> None:
    ctx = Lender()
    run(ctx, model, red, None, EMPTY, guidance=1.0)
    assert ctx.lent == ["DiffusionModel", "back"]


def test_a_checkpoint_without_a_text_encoder_needs_a_negative(
    model: DiffusionModel, red: Any, tmp_path: Path
) -> None:
    alone = tmp_path / "unet.safetensors"
    weights = open_weights(model.file)
    names = [name for name in weights if name.startswith(SD15.unet_prefix)]
    save_tensors(alone, {name: weights[name] for name in names})
    with pytest.raises(MissingInputError, match="no text encoder"):
        run(Lender(), replace(model, file=str(alone)), red, None, EMPTY)


def test_cancelling_gives_the_device_back(model: DiffusionModel, red: Any, empty: Any) -> None:
    ctx: Any = Lender()
    going = sample(model, red, empty, EMPTY, steps=3, ctx=ctx)
    next(going)
    going.close()
    assert ctx.lent == ["DiffusionModel", "back"]


def test_another_family_is_refused_before_anything_is_lent(
    model: DiffusionModel, red: Any, empty: Any
) -> None:
    ctx = Lender()
    with pytest.raises(FamilyMismatchError):
        run(ctx, model, red, empty, replace(EMPTY, family="sdxl"))
    assert ctx.lent == []


def test_a_patch_that_a_prompt_asks_for_is_told(
    model: DiffusionModel, red: Any, empty: Any
) -> None:
    ctx = Lender()
    asked = replace(red, requests=(PatchRequest("lora", "ink"),))
    run(ctx, model, asked, empty, EMPTY)
    assert ctx.warned == ["W_UNUSED"]
