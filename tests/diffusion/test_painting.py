"""The door for everything that samples: what patches ask for, lent only when it acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio.compute.device import Device
from studio.compute.pool import Pool, load_network
from studio.core.context import result_of
from studio.core.errors import ShapeError
from studio.core.values import (
    ControlNet,
    DiffusionModel,
    Handle,
    Image,
    Latent,
    Mask,
    Patch,
    Ref,
    Value,
)
from studio.diffusion import weights
from studio.diffusion.control.applied import applied
from studio.diffusion.control.settings import ControlSettings
from studio.diffusion.painting import controls, painter
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.saving import save_checkpoint
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families import family
from tests import tiny, tiny_control
from tests.diffusion.control.setting import picture
from tests.diffusion.setting import latent, prompt

pytestmark = pytest.mark.torch

SETTINGS = Settings(3, 3, 5.0, sampler="euler", schedule="normal")


@dataclass
class Studio:
    """A context on a real pool, which notes what is lent and said."""

    values: dict[str, Value]
    pool: Pool = field(default_factory=lambda: Pool(Device("cpu"), 2**30, load_network))
    lent: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    networks: list[int] = field(default_factory=list)

    @contextmanager
    def on_device(self, handle: Handle) -> Iterator[Any]:
        self.lent.append(type(handle).__name__)
        try:
            with self.pool.lend(handle, lambda done, total: None) as network:
                self.networks.append(id(network))
                yield network
        finally:
            self.lent.append("back")

    def fetch(self, ref: Ref) -> Value:
        return self.values[ref.key]

    def warn(self, code: str, text: str) -> None:
        self.warned.append(f"{code} {text}")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> DiffusionModel:
    path = tmp_path_factory.mktemp("paint") / "tiny.safetensors"
    towers = TextTowers((Tower(family("sd15").encoders[0], tiny.clip_l()),))
    save_checkpoint(path, tiny.sd15_unet(), tiny.vae(), towers, "sd15")
    return DiffusionModel(str(path), "sd15")


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> ControlNet:
    path = tmp_path_factory.mktemp("nets") / "canny.safetensors"
    tiny_control.write(path, tiny_control.published(tiny_control.controlnet()))
    return ControlNet(str(path), "sd15", blocks=tiny_control.BLOCKS)


@pytest.fixture
def studio() -> Any:
    hint = Image(picture(), key="hint")
    many = Image(picture(items=2), key="many")
    return Studio({value.key: value for value in (hint, many)})


def put(
    studio: Any, model: DiffusionModel, net: ControlNet, key: str = "hint", **settings: Any
) -> DiffusionModel:
    """Put a control on a model."""
    chosen = ControlSettings(**settings)
    patch = applied(model, net, studio.values[key], None, chosen, lambda *said: None)
    return replace(model, patches=(*model.patches, patch))


def painted(ctx: Any, model: DiffusionModel, start: Latent | None = None) -> torch.Tensor:
    """Return what a model draws."""
    with painter(ctx, model) as paint:
        walk = paint.walk((prompt(1),), prompt(2), start or latent(), SETTINGS)
        return result_of(walk).samples


def test_a_control_steers(studio: Any, model: DiffusionModel, net: ControlNet) -> None:
    steered = painted(studio, put(studio, model, net))
    assert not torch.allclose(steered, painted(studio, model), atol=0.1)
    assert studio.lent == [
        "DiffusionModel", "ControlNet", "back", "back", "DiffusionModel", "back",
    ]  # fmt: skip


@pytest.mark.parametrize("settings", [{"strength": 0.0}, {"start": 0.4, "end": 0.5}], ids=str)
def test_what_never_acts_is_never_opened_and_changes_no_bit(
    studio: Any, model: DiffusionModel, net: ControlNet, settings: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    opened: list[str] = []
    original = weights.open_weights

    def spy(path: str) -> weights.Weights:
        opened.append(str(path))
        return original(path)

    monkeypatch.setattr("studio.diffusion.loading.open_weights", spy)
    idle = painted(studio, put(studio, model, net, **settings))
    assert opened == [model.file]
    assert studio.lent == ["DiffusionModel", "back"]
    assert studio.warned == ["W_UNUSED the control canny.safetensors acts at none of the 3 steps"]
    assert torch.equal(idle, painted(studio, model))


def test_a_file_used_twice_is_one_network(
    studio: Any, model: DiffusionModel, net: ControlNet
) -> None:
    twice = put(studio, put(studio, model, net, end=0.5), net, strength=0.5)
    painted(studio, twice)
    assert studio.lent.count("ControlNet") == 2
    assert len(set(studio.networks)) == 2
    assert len(studio.pool.networks) == 2


def test_a_denoiser_is_the_same_with_and_without_controls(
    studio: Any, model: DiffusionModel, net: ControlNet
) -> None:
    before = painted(studio, model)
    painted(studio, put(studio, model, net))
    assert torch.equal(painted(studio, model), before)
    assert len(studio.pool.networks) == 2


def test_a_denoiser_is_left_without_a_trace_when_a_walk_is_closed_or_fails(
    studio: Any, model: DiffusionModel, net: ControlNet
) -> None:
    """T27: nothing is patched that a crash could leave behind."""
    with studio.pool.lend(model, lambda done, total: None) as unet:
        before = {name: id(type(part).forward) for name, part in unet.named_modules()}
        with painter(studio, put(studio, model, net)) as paint:
            walk = paint.walk((prompt(1),), prompt(2), latent(), SETTINGS)
            next(walk)
            walk.close()
        with pytest.raises(ShapeError):
            painted(studio, put(studio, model, net, "many"), latent(3))
        after = {name: id(type(part).forward) for name, part in unet.named_modules()}
        assert after == before
        assert not any("forward" in vars(part) for part in unet.modules())
        assert not any(part._forward_hooks or part._forward_pre_hooks for part in unet.modules())
    assert studio.lent.count("back") == len(studio.lent) - studio.lent.count("back")


@pytest.mark.parametrize("build", ["difference", "lora"])
def test_a_file_that_only_adds_is_another_network_on_each_checkpoint(
    studio: Any, model: DiffusionModel, build: str, tmp_path: Path
) -> None:
    unet, plain = tiny.sd15_unet(), tiny_control.controlnet()
    file, whole = (
        tiny_control.lora(unet, plain)
        if build == "lora"
        else (tiny_control.difference(plain, unet), plain)
    )
    adds = ControlNet(str(tiny_control.write(tmp_path / "adds.safetensors", file)), "sd15")
    full = tiny_control.write(tmp_path / "full.safetensors", tiny_control.published(whole))
    expected = painted(studio, put(studio, model, ControlNet(str(full), "sd15")))
    assert torch.allclose(painted(studio, put(studio, model, adds)), expected, atol=1e-3)
    assert len(studio.pool.networks) == 3


def test_a_crop_and_an_item_take_their_own_part(
    studio: Any, model: DiffusionModel, net: ControlNet
) -> None:
    with painter(studio, put(studio, model, net, "many")) as paint:
        cut: Any = paint.item(1, 2).cropped((16, 8, 56, 40), (80, 48))
        assert np.array_equal(cut.controls[0].hint, picture(items=2)[1:, 8:40, 16:56])


def test_a_mask_is_fetched_when_the_network_runs(
    studio: Any, model: DiffusionModel, net: ControlNet
) -> None:
    studio.values["mask"] = Mask(np.zeros((1, 48, 80), np.float32), key="mask")
    patch = put(studio, model, net).patches[0]
    patch = replace(patch, refs=(*patch.refs, ("mask", Ref("mask"))))
    masked = painted(studio, replace(model, patches=(patch,)))
    assert torch.equal(masked, painted(studio, model))


def test_patches_of_other_kinds_are_no_controls(studio: Any, model: DiffusionModel) -> None:
    with controls(studio, replace(model, patches=(Patch("lora", "x"),))) as found:
        assert found == ()
