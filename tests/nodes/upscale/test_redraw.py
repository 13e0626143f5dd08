"""Redraw in tiles: on a tiny checkpoint, a real pool and real parts."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from nodes.load.controlnet import load_controlnet
from nodes.upscale.redraw import redraw_upscaled
from studio.compute.codec import torch_codec
from studio.compute.context import DeviceRuntime
from studio.compute.device import Device
from studio.compute.pool import Pool, load_network
from studio.core.context import Progress, result_of
from studio.core.errors import (
    FamilyMismatchError,
    NotFiniteError,
    RangeError,
    ShapeError,
    UnsupportedError,
)
from studio.core.values import (
    ControlNet,
    DiffusionModel,
    Handle,
    Image,
    Mask,
    Ref,
    TextEncoder,
    Vae,
    Value,
)
from studio.diffusion.control.applied import applied
from studio.diffusion.control.settings import ControlSettings
from studio.diffusion.loading import load
from studio.diffusion.pixels.filters import gaussian
from studio.diffusion.saving import save_checkpoint
from studio.diffusion.text import encode, read
from studio.diffusion.towers import TextTowers, Tower
from studio.engine.cache import Cache
from studio.engine.events import Event
from studio.engine.parts import StoredParts
from studio.engine.runtime import Call, Token
from studio.facts.families import family
from studio.paths import resources
from tests import tiny, tiny_control
from tests.nodes.fakes import image

pytestmark = pytest.mark.torch

SD15 = family("sd15")
CPU = Device("cpu", threads=1)
HOW: dict[str, Any] = {"steps": 2, "guidance": 1.0, "tile": 64, "padding": 16, "denoise": 0.3}


@dataclass
class Machine:
    """A device with a pool and a cache of parts, which counts the pieces that are drawn.

    Attributes:
        drawn: Height and width in latents of each piece that was encoded.
        calls: One for each call of the denoiser.
        loaded: Handles whose networks were loaded.
        budget: Bytes for activations.
        values: What patches refer to, by key.
    """

    drawn: list[tuple[int, int]] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    loaded: list[Handle] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cache: Cache = field(default_factory=Cache)
    budget: int = 2**40
    values: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pool = Pool(CPU, 2**30, self._load)

    def _load(self, handle: Handle, device: Device) -> Generator[Any, None, Any]:
        network = yield from load_network(handle, device)
        self.loaded.append(handle)
        if isinstance(handle, Vae):
            network.quant_conv.register_forward_hook(
                lambda module, given, made: self.drawn.append(tuple(made.shape[2:]))
            )
        if isinstance(handle, DiffusionModel):
            network.register_forward_pre_hook(lambda module, given: self.calls.append(1))
        return network

    def _fetch(self, ref: Ref) -> Value:
        return self.values[ref.key]

    def walk(self, *inputs: Any, **parameters: Any) -> Generator[Progress, None, Image]:
        parts = StoredParts(self.cache, torch_codec(), "policy")
        where = ("run", "node", "Redraw", "upscale.redraw", 1, "key")
        call = Call(*where, Token(), self.events.append, self._fetch, parts)
        ctx = DeviceRuntime(self.pool, self.budget).context(call)
        return redraw_upscaled(*inputs, **{**HOW, **parameters}, ctx=ctx)

    def run(self, *inputs: Any, **parameters: Any) -> Image:
        return result_of(self.walk(*inputs, **parameters))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("redraw") / "tiny.safetensors"
    towers = TextTowers((Tower(SD15.encoders[0], tiny.clip_l()),))
    facts = {"modelspec.resolution": "96x96"}
    save_checkpoint(path, tiny.sd15_unet(), tiny.vae(), towers, "sd15", facts)
    return path


@pytest.fixture(scope="module")
def given(checkpoint: Path) -> list[Any]:
    """Return everything that is linked but the image and a ControlNet."""
    towers = TextTowers((Tower(SD15.encoders[0], tiny.clip_l()),))
    red = result_of(encode(towers, SD15, read("a red ball")))
    model = DiffusionModel(str(checkpoint), "sd15", key="model")
    return [model, Vae(str(checkpoint), "sd15", key="vae"), red, None, None]


PICTURE = image(1, 56, 56)
TILES = 2 * 2
"""Of at most 32 pixels, which see 16 more on each side."""


def test_every_tile_is_drawn_once_with_its_surroundings(given: list[Any]) -> None:
    machine = Machine()
    made = machine.run(PICTURE, *given)
    assert made.pixels.shape == PICTURE.pixels.shape
    assert made.pixels.dtype == np.float32
    assert len(machine.drawn) == TILES
    assert max(max(size) for size in machine.drawn) * 8 <= 64
    assert len(machine.calls) == TILES * 2


def test_a_second_run_draws_nothing(given: list[Any]) -> None:
    machine = Machine()
    first = machine.run(PICTURE, *given)
    assert np.array_equal(machine.run(PICTURE, *given).pixels, first.pixels)
    assert len(machine.drawn) == TILES


def test_a_changed_corner_redraws_the_tiles_that_see_it_alone(given: list[Any]) -> None:
    machine = Machine()
    machine.run(PICTURE, *given)
    changed = PICTURE.pixels.copy()
    changed[0, -10:, -10:] = 1
    made = machine.run(Image(changed), *given)
    assert len(machine.drawn) == TILES + 1
    assert np.array_equal(made.pixels, Machine().run(Image(changed), *given).pixels)
    changed[0, 20:28, 20:28] = 0
    machine.run(Image(changed), *given)
    assert len(machine.drawn) == TILES + 1 + 4


def test_in_the_order_of_a_chess_board_neighbours_see_the_change(given: list[Any]) -> None:
    machine = Machine()
    machine.run(PICTURE, *given, order="chess")
    changed = PICTURE.pixels.copy()
    changed[0, :8, :8] = 1
    machine.run(Image(changed), *given, order="chess")
    assert len(machine.drawn) == TILES + 1 + 2


OTHERS = {"seed": 1, "denoise": 0.5, "steps": 3, "color_match": "off", "sampler": "euler"}


def test_another_setting_redraws_all(given: list[Any]) -> None:
    machine, small = Machine(), image(1, 32, 32)
    machine.run(small, *given)
    for runs, (name, value) in enumerate(OTHERS.items(), 2):
        machine.run(small, *given, **{name: value})
        assert len(machine.drawn) == runs, name


def test_another_model_redraws_all(given: list[Any]) -> None:
    machine = Machine()
    machine.run(PICTURE, *given)
    machine.run(PICTURE, replace(given[0], key="other"), *given[1:])
    assert len(machine.drawn) == 2 * TILES


def test_tiles_that_show_the_same_are_drawn_once_with_one_seed(given: list[Any]) -> None:
    flat = Image(np.full((1, 32, 128, 3), 0.5, np.float32))
    same, own = Machine(), Machine()
    same.run(flat, *given)
    assert len(same.drawn) == 2  # two at the ends see less, the two between them the same
    own.run(flat, *given, seeds="next")
    assert len(own.drawn) == 4


def test_a_denoise_of_nothing_calls_no_denoiser_and_keeps_the_tones(given: list[Any]) -> None:
    machine = Machine()
    across = np.linspace(0.2, 0.8, 88, dtype=np.float32)
    slope = Image(np.broadcast_to(across[None, None, :, None], (1, 56, 88, 3)).copy())
    made = machine.run(slope, *given, denoise=0.0)
    assert machine.calls == []
    off = machine.run(slope, *given, denoise=0.0, color_match="off")
    kept, drifted = (np.abs(gaussian(each.pixels - slope.pixels, 13)).max() for each in (made, off))
    assert drifted > 2 * kept


def test_the_tile_is_what_the_file_says_it_was_trained_on(given: list[Any]) -> None:
    machine = Machine()
    machine.run(image(1, 32, 192), *given, tile=0)
    assert max(max(size) for size in machine.drawn) * 8 == 96


def test_any_size_grey_and_alpha_come_back(given: list[Any]) -> None:
    for channels in (1, 3, 4):
        odd = image(1, 35, 45, channels)
        made = Machine().run(odd, *given)
        assert made.pixels.shape == odd.pixels.shape
        assert 0 <= made.pixels.min() <= made.pixels.max() <= 1
        if channels == 4:
            assert np.array_equal(made.pixels[..., 3], odd.pixels[..., 3])


def test_a_picture_of_a_batch_is_what_it_would_be_alone(given: list[Any]) -> None:
    """T10: no generator is shared by a batch."""
    both = image(2, 64, 80)
    alone = Image(both.pixels[1:].copy())
    together = Machine().run(both, *given).pixels[1]
    assert np.array_equal(Machine().run(alone, *given).pixels[0], together)


def test_seams_are_drawn_over_with_a_denoise_of_their_own(given: list[Any]) -> None:
    machine, flat = Machine(), image(1, 64, 64)
    plain = Machine().run(flat, *given)
    made = machine.run(flat, *given, seam_fix="band", seam_width=16)
    assert len(machine.drawn) == 4 + 2 + 2
    apart = np.abs(made.pixels - plain.pixels).max((0, 3))
    assert apart[:, 28:36].max() > 0.001
    assert apart[:20, :20].max() == 0


def test_progress_rises_and_shows_the_picture(given: list[Any]) -> None:
    told = list(Machine().walk(PICTURE, *given))
    shares = [step.done / step.total for step in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert told[-1].preview is not None
    assert told[-1].preview().shape == (56, 56, 3)


def test_leaving_in_the_middle_gives_everything_back(given: list[Any]) -> None:
    machine = Machine()
    walk = machine.walk(PICTURE, *given)
    while len(machine.drawn) < 2:
        next(walk)
    walk.close()
    machine.pool.free()
    assert machine.pool.networks == ()
    assert len(machine.drawn) == 2


def test_what_cannot_be_is_refused_before_work(given: list[Any]) -> None:
    machine = Machine()
    with pytest.raises(RangeError, match="quarter"):
        machine.run(PICTURE, *given, padding=24)
    with pytest.raises(FamilyMismatchError):
        machine.run(PICTURE, given[0], replace(given[1], family="sdxl"), *given[2:])
    with pytest.raises(ShapeError, match="empty"):
        machine.run(Image(np.zeros((1, 0, 8, 3), np.float32)), *given)
    with pytest.raises(NotFiniteError, match="picture"):
        machine.run(Image(np.full((1, 8, 8, 3), np.nan, np.float32)), *given)
    assert machine.drawn == []


def test_the_input_stays_as_it_is(given: list[Any]) -> None:
    picture = image(1, 40, 48, 4)
    before = picture.pixels.copy()
    Machine().run(picture, *given, order="chess", seam_fix="half_and_corners")
    assert np.array_equal(picture.pixels, before)
    assert not torch.is_grad_enabled()


# --- A tile ControlNet ---


@pytest.fixture(scope="module")
def controlnet(tmp_path_factory: pytest.TempPathFactory) -> ControlNet:
    path = tmp_path_factory.mktemp("control") / "tile.safetensors"
    save_file(tiny_control.published(tiny_control.controlnet()), path)
    return ControlNet(str(path), "sd15", key="tile")


def test_a_union_without_tiles_is_refused_before_anything_is_loaded(
    given: list[Any], tmp_path: Path
) -> None:
    tensors = tiny_control.controlnet().state_dict() | {"task_embedding": torch.zeros(6, 32)}
    union = load_controlnet(tiny_control.write(tmp_path / "union.safetensors", tensors))
    machine = Machine()
    with pytest.raises(UnsupportedError, match="of the kind tile"):
        machine.run(PICTURE, *given[:-1], union)
    assert machine.loaded == []


def test_a_control_net_is_shown_each_tile(given: list[Any], controlnet: ControlNet) -> None:
    plain, steered = Machine(), Machine()
    alone = plain.run(PICTURE, *given)
    with_it = steered.run(PICTURE, *given[:-1], controlnet)
    assert not np.array_equal(with_it.pixels, alone.pixels)
    changed = PICTURE.pixels.copy()
    changed[0, -10:, -10:] = 1
    steered.run(Image(changed), *given[:-1], controlnet)
    assert len(steered.drawn) == TILES + 1


def test_a_control_net_of_another_family_is_refused(
    given: list[Any], controlnet: ControlNet
) -> None:
    machine = Machine()
    with pytest.raises(FamilyMismatchError):
        machine.run(PICTURE, *given[:-1], replace(controlnet, family="sdxl"))
    assert machine.loaded == []


def test_without_strength_a_control_net_is_never_loaded(
    given: list[Any], controlnet: ControlNet
) -> None:
    machine = Machine()
    made = machine.run(PICTURE, *given[:-1], controlnet, control_strength=0.0)
    assert np.array_equal(made.pixels, Machine().run(PICTURE, *given).pixels)
    assert not any(isinstance(handle, ControlNet) for handle in machine.loaded)


def steered(model: DiffusionModel, net: ControlNet, hint: Image, machine: Machine) -> Any:
    """Return a model with a control on it, whose hint the machine knows."""
    patch = applied(model, net, hint, None, ControlSettings(), lambda *said: None)
    machine.values[hint.key] = hint
    return replace(model, patches=(patch,))


FLAT = Image(np.full((2, 32, 32, 3), 0.5, np.float32))


def test_pictures_that_look_alike_follow_their_own_hints(
    given: list[Any], controlnet: ControlNet
) -> None:
    machine = Machine()
    model = steered(given[0], controlnet, replace(image(2, 32, 32), key="hint"), machine)
    first, second = machine.run(FLAT, model, *given[1:]).pixels
    assert len(machine.drawn) == 2
    assert not np.array_equal(first, second)


def test_the_same_corner_of_a_larger_picture_sees_another_part_of_its_hint(
    given: list[Any], controlnet: ControlNet
) -> None:
    machine = Machine()
    model = steered(given[0], controlnet, replace(image(1, 64, 64), key="hint"), machine)
    small, large = (Image(np.full((1, 64, side, 3), 0.5, np.float32)) for side in (64, 128))
    machine.run(small, model, *given[1:])
    kept = machine.run(large, model, *given[1:])
    fresh = Machine(values=machine.values).run(large, model, *given[1:])
    assert np.array_equal(kept.pixels, fresh.pixels)


def test_tiles_that_look_alike_follow_the_prompt_of_their_region(given: list[Any]) -> None:
    machine, right = Machine(), np.zeros((1, 32, 128), np.float32)
    right[..., 64:] = 1
    prompt = replace(given[2], mask=Mask(right))
    machine.run(Image(np.full((1, 32, 128, 3), 0.5, np.float32)), *given[:2], prompt, *given[3:])
    assert len(machine.drawn) == 4


def test_tiles_of_a_vae_that_was_cut_are_not_those_of_a_whole_one(given: list[Any]) -> None:
    machine = Machine()
    machine.run(PICTURE, *given)
    machine.budget = 1
    cut = machine.run(PICTURE, *given)
    assert np.array_equal(cut.pixels, Machine(budget=1).run(PICTURE, *given).pixels)


# --- Seams, with the networks that come with the program ---


@pytest.fixture(scope="module")
def starter() -> list[Any]:
    path = str(resources() / "starter" / "toyworld.safetensors")
    towers: Any = load(TextEncoder(path, "sd15"))
    sky, empty = (result_of(encode(towers, SD15, read(text))) for text in ("a sky", ""))
    model, vae = DiffusionModel(path, "sd15", key="model"), Vae(path, "sd15", key="vae")
    return [model, vae, sky, empty, None]


@pytest.mark.parametrize("denoise", [0.0, 0.2])
def test_a_gradient_has_no_step_at_the_cuts(denoise: float, starter: list[Any]) -> None:
    across = np.linspace(0.15, 0.85, 192, dtype=np.float32)
    slope = np.broadcast_to(across[None, None, :, None], (1, 96, 192, 3)).copy()
    how = {"tile": 128, "padding": 32, "steps": 2, "guidance": 2.5, "denoise": denoise}
    made = Machine().run(Image(slope), *starter, **how).pixels
    profile = (made - slope)[0].mean((0, 2))
    steps = np.abs(np.diff(profile))
    at_cuts = [steps[cut - 9 : cut + 9].max() for cut in (64, 128)]
    assert max(at_cuts) <= 2 / 255
    assert max(at_cuts) <= steps.max()
