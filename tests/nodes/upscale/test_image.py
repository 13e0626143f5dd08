"""Upscale image: on a real pool and real parts, with and without enough memory."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
import torch

from nodes.load.upscaler import load_upscaler
from nodes.upscale.image import upscale_image
from studio.compute.codec import torch_codec
from studio.compute.context import DeviceRuntime
from studio.compute.device import Device
from studio.compute.pool import Pool, load_network
from studio.core.context import result_of
from studio.core.errors import OutOfMemoryError, RangeError
from studio.core.values import Handle, Image, Upscaler
from studio.engine.cache import Cache
from studio.engine.events import Event, NodeWarned
from studio.engine.parts import StoredParts
from studio.engine.runtime import Call, Token
from tests.compute.test_memory import nothing
from tests.counts import count
from tests.nodes.fakes import image
from tests.tiny_upscalers import lively, save

pytestmark = pytest.mark.torch

CPU = Device("cpu", threads=1)
EDGE = 128
TILES = 30
SHORT = "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 7.79 GiB"


@dataclass
class Machine:
    """A device with a pool, a cache of parts and a network that can run out of memory.

    Attributes:
        budget: Bytes for activations.
        fails_at: Call of the network from which on memory is short.
        fits: Pixels that fit even then.
        sizes: Sizes that the network was called with, in order, where memory was enough.
    """

    budget: int = 2**40
    fails_at: int = 10**9
    fits: int = 10**9
    sizes: list[tuple[int, int]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cache: Cache = field(default_factory=Cache)

    def __post_init__(self) -> None:
        self.pool = Pool(CPU, 2**30, self._load)
        self.runtime = DeviceRuntime(self.pool, self.budget)

    def _load(self, handle: Handle, device: Device) -> Generator[Any, None, Any]:
        network = yield from load_network(handle, device)
        network.model.register_forward_pre_hook(self._look)
        return network

    def _look(self, model: torch.nn.Module, arguments: tuple[torch.Tensor, ...]) -> None:
        height, width = arguments[0].shape[2:]
        if len(self.sizes) >= self.fails_at and height * width > self.fits:
            raise RuntimeError(SHORT)
        self.sizes.append((height, width))

    def call(self) -> Call:
        parts = StoredParts(self.cache, torch_codec(), "policy")
        where = ("run", "node", "Upscale image", "upscale.image", 1, "key")
        return Call(*where, Token(), self.events.append, nothing, parts)

    def run(self, given: Image, upscaler: Upscaler, **parameters: Any) -> Image:
        """Call the node until it has what it needs, as the engine does."""
        call = self.call()
        while True:
            ctx = self.runtime.context(call)
            try:
                return result_of(upscale_image(given, upscaler, **parameters, ctx=ctx))
            except Exception as error:
                if not self.runtime.relieve(call, error):
                    raise

    @property
    def warned(self) -> list[str]:
        return [event.code for event in self.events if isinstance(event, NodeWarned)]


@pytest.fixture(scope="module")
def upscaler(tmp_path_factory: pytest.TempPathFactory) -> Upscaler:
    folder = tmp_path_factory.mktemp("upscalers")
    return load_upscaler(save(lively(), folder / "2x_lively.pth", "params_ema"))


@pytest.fixture(scope="module")
def picture() -> Image:
    """Return a picture of 5 rows of 6 tiles, which are not square."""
    return image(1, 5 * EDGE - 75, 6 * EDGE - 10)


@pytest.fixture(scope="module")
def whole(picture: Image, upscaler: Upscaler) -> Image:
    return Machine().run(picture, upscaler, tiling="whole")


def tiled(machine: Machine, given: Image, upscaler: Upscaler) -> Image:
    return machine.run(given, upscaler, tiling="tiles", tile=EDGE)


def furthest(one: Image, other: Image) -> float:
    return float(np.abs(one.pixels - other.pixels).max())


@pytest.fixture(scope="module")
def from_small_tiles(picture: Image, upscaler: Upscaler) -> Image:
    return Machine().run(picture, upscaler, tiling="tiles", tile=EDGE // 2)


@pytest.mark.soak
@pytest.mark.parametrize("tile", range(TILES)[:: count(15, 1)])
def test_short_memory_at_any_tile_keeps_what_is_finished(
    tile: int, picture: Image, upscaler: Upscaler, whole: Image, from_small_tiles: Image
) -> None:
    machine = Machine(fails_at=tile, fits=100 * 100)
    made = tiled(machine, picture, upscaler)
    assert furthest(made, whole) <= 4 / 255
    assert furthest(made, from_small_tiles) <= 4 / 255
    large = [size for size in machine.sizes if size[0] * size[1] > 100 * 100]
    assert len(large) == tile
    assert len(machine.sizes) == tile + 4 * (TILES - tile)
    assert machine.warned == ["W_LADDER"] * 2


def test_a_network_that_is_in_the_way_leaves_and_no_tile_changes(
    picture: Image, upscaler: Upscaler, whole: Image
) -> None:
    machine = Machine(fails_at=7, fits=0)
    frees = machine.pool.free

    def free(*, keep: int = 0) -> int:
        machine.fails_at = 10**9
        return frees(keep=keep)

    machine.pool.free = free  # type: ignore[method-assign]  # room is made, and memory is enough
    made = tiled(machine, picture, upscaler)
    assert np.array_equal(made.pixels, tiled(Machine(), picture, upscaler).pixels)
    assert len(machine.sizes) == TILES
    assert machine.warned == ["W_LADDER"]


def test_a_whole_picture_is_cut_when_memory_runs_short(
    picture: Image, upscaler: Upscaler, whole: Image
) -> None:
    machine = Machine(fails_at=0, fits=500 * 500)
    made = machine.run(picture, upscaler, tiling="whole")
    assert furthest(made, whole) <= 4 / 255
    assert len(machine.sizes) == 4


def test_without_any_memory_the_error_says_so(picture: Image, upscaler: Upscaler) -> None:
    machine = Machine(fails_at=0, fits=0)
    with pytest.raises(OutOfMemoryError, match="too little memory"):
        tiled(machine, picture, upscaler)


def test_a_second_run_computes_no_tile_again(picture: Image, upscaler: Upscaler) -> None:
    machine = Machine()
    first = tiled(machine, picture, upscaler)
    done = len(machine.sizes)
    assert np.array_equal(tiled(machine, picture, upscaler).pixels, first.pixels)
    assert len(machine.sizes) == done == TILES


def test_only_tiles_that_see_a_change_are_done_again(picture: Image, upscaler: Upscaler) -> None:
    machine = Machine()
    tiled(machine, picture, upscaler)
    changed = picture.pixels.copy()
    changed[0, :40, :40] = 0
    tiled(machine, Image(changed), upscaler)
    assert len(machine.sizes) == TILES + 1


def test_tiles_of_another_upscaler_are_not_taken(picture: Image, upscaler: Upscaler) -> None:
    machine = Machine()
    tiled(machine, picture, replace(upscaler, key="one"))
    tiled(machine, picture, replace(upscaler, key="other"))
    assert len(machine.sizes) == 2 * TILES


def test_auto_cuts_what_the_memory_setting_is_too_small_for(
    picture: Image, upscaler: Upscaler, whole: Image
) -> None:
    """T15: tiles follow the memory, and one tile at a time is held."""
    roomy, narrow = Machine(), Machine(budget=2**22)
    assert np.array_equal(roomy.run(picture, upscaler).pixels, whole.pixels)
    assert furthest(narrow.run(picture, upscaler), whole) <= 4 / 255
    probed = 1
    assert len(roomy.sizes) == 1 + probed
    assert len(narrow.sizes) > 4 + probed
    assert narrow.warned == []


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ({}, (32, 24)),
        ({"by": "scale", "scale": 3.0}, (48, 36)),
        ({"by": "size", "width": 100, "height": 50}, (67, 50)),
        ({"by": "size", "width": 100, "height": 50, "aspect": "fill"}, (100, 50)),
        ({"by": "size", "width": 9, "height": 50, "aspect": "stretch"}, (9, 50)),
    ],
)
def test_the_size_is_the_one_asked_for(
    parameters: dict[str, Any], size: tuple[int, int], upscaler: Upscaler
) -> None:
    made = Machine().run(image(2, 12, 16, 4), upscaler, **parameters)
    assert made.pixels.shape == (2, size[1], size[0], 4)
    assert made.pixels.flags.c_contiguous
    assert made.pixels.dtype == np.float32


def test_leaving_at_any_tile_gives_the_network_back(picture: Image, upscaler: Upscaler) -> None:
    machine = Machine()
    ctx = machine.runtime.context(machine.call())
    walk = upscale_image(picture, upscaler, tiling="tiles", tile=EDGE, ctx=ctx)
    steps = [next(walk) for _ in range(5)]
    assert [(step.done, step.total) for step in steps] == [(done, TILES) for done in range(1, 6)]
    assert steps[0].preview is not None
    assert steps[0].preview().shape[2] == 3
    walk.close()
    assert len(machine.sizes) == 5
    machine.pool.free()
    assert machine.pool.networks == ()


def test_what_would_grow_too_large_is_refused_before_work(upscaler: Upscaler) -> None:
    machine = Machine()
    with pytest.raises(RangeError, match="40000"):
        machine.run(image(1, 4, 20000), upscaler)
    assert machine.sizes == []
