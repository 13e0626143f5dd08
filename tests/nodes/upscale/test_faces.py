"""Restore faces: cut out, restored, laid back; nothing else changes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from nodes.load.upscaler import load_upscaler
from nodes.upscale.faces import restore_face_details
from studio.core.context import Progress, result_of
from studio.core.errors import FamilyMismatchError, ShapeError
from studio.core.values import Detection, Detections, Handle, Image, Upscaler
from studio.diffusion.loading import load
from studio.diffusion.upscale.networks import FACE_SIDE, UpscalerNetwork
from tests.diffusion.upscale.test_networks import described
from tests.nodes.fakes import image
from tests.tiny_upscalers import save

pytestmark = pytest.mark.torch

HANDLE = Upscaler("faces.pth", scale=1, architecture="Test", key="faces")
PICTURE = image(1, 90, 120)
FACE = Detection((40.0, 30.0, 60.0, 54.0), "face", 0.9)


def found(*faces: Detection, size: tuple[int, int] = (120, 90)) -> Detections:
    return Detections((faces,), size)


@dataclass
class Lender:
    """A context that lends one network and keeps parts by their pixels.

    Attributes:
        seen: What the network was shown.
    """

    call: Callable[[Tensor], Tensor] = lambda values: 1 - values
    purpose: str = "FaceSR"
    seen: list[Tensor] = field(default_factory=list)
    kept: dict[bytes, Any] = field(default_factory=dict)
    warned: list[str] = field(default_factory=list)

    @contextmanager
    def on_device(self, handle: Handle) -> Iterator[UpscalerNetwork]:
        yield UpscalerNetwork(described(torch.nn.Conv2d(3, 3, 1), self.purpose, call=self._call))

    def _call(self, model: torch.nn.Module, values: Tensor) -> Tensor:
        self.seen.append(values)
        return self.call(values)

    def part(
        self, name: str, parameters: Any, values: Any, make: Callable[[], Any]
    ) -> Generator[Progress, None, Any]:
        key = values[0].pixels.tobytes()
        if key not in self.kept:
            self.kept[key] = yield from make()
        return self.kept[key]

    def warn(self, code: str, text: str) -> None:
        self.warned.append(code)


def restored(ctx: Any, given: Image, faces: Detections, **parameters: Any) -> Image:
    parameters = {"strength": 1.0, "color_match": "off", **parameters}
    return result_of(restore_face_details(given, faces, HANDLE, **parameters, ctx=ctx))


def test_a_face_is_restored_at_its_size_and_all_else_keeps_its_bits() -> None:
    ctx = Lender()
    made = restored(ctx, PICTURE, found(FACE))
    assert [tuple(values.shape) for values in ctx.seen] == [(1, 3, FACE_SIDE, FACE_SIDE)]
    same = (made.pixels == PICTURE.pixels).all(-1)[0]
    rows, columns = np.flatnonzero(~same.all(1)), np.flatnonzero(~same.all(0))
    assert 40 - 9 <= columns[0] < columns[-1] < 60 + 9
    assert 30 - 9 <= rows[0] < rows[-1] < 54 + 9
    inside = made.pixels[0, 38:46, 46:54]
    assert np.abs(inside - (1 - PICTURE.pixels[0, 38:46, 46:54])).max() < 0.35


def test_the_side_of_a_face_is_soft_except_at_the_border_of_the_picture() -> None:
    white = Lender(torch.ones_like)
    black = Image(np.zeros((1, 90, 120, 3), np.float32))
    made = restored(white, black, found(FACE)).pixels[0, :, :, 0]
    assert made.max() == 1
    assert np.abs(np.diff(made, axis=0)).max() < 0.4
    corner = Detection((0.0, 0.0, 20.0, 20.0), "face", 0.9)
    assert restored(Lender(torch.ones_like), black, found(corner)).pixels[0, 0, 0, 0] > 0.999


def test_half_the_strength_is_half_way_and_computes_nothing_again() -> None:
    ctx = Lender()
    full = restored(ctx, PICTURE, found(FACE)).pixels
    half = restored(ctx, PICTURE, found(FACE), strength=0.5).pixels
    assert len(ctx.seen) == 1
    assert np.allclose(half, (full + PICTURE.pixels) / 2, atol=1e-6)
    none = restored(ctx, PICTURE, found(FACE), strength=0.0).pixels
    assert np.array_equal(none, PICTURE.pixels)


def test_another_face_leaves_the_first_one_as_it_was() -> None:
    ctx = Lender()
    restored(ctx, PICTURE, found(FACE))
    other = replace(FACE, box=(80.0, 30.0, 100.0, 54.0), id=1)
    restored(ctx, PICTURE, found(FACE, other))
    assert len(ctx.seen) == 2


def test_boxes_of_a_smaller_picture_grow_with_it() -> None:
    small = Detection((20.0, 15.0, 30.0, 27.0), "face", 0.9)
    made = restored(Lender(), PICTURE, found(small, size=(60, 45)))
    assert np.array_equal(made.pixels, restored(Lender(), PICTURE, found(FACE)).pixels)


def test_faces_at_the_border_and_larger_than_the_picture_are_restored() -> None:
    for box in ((-9.0, -9.0, 30.0, 30.0), (0.0, 0.0, 120.0, 90.0), (100.0, 60.0, 140.0, 99.0)):
        made = restored(Lender(), PICTURE, found(replace(FACE, box=box)))
        assert made.pixels.shape == PICTURE.pixels.shape
        assert not np.array_equal(made.pixels, PICTURE.pixels)


def test_specks_are_left_as_they_are_and_told() -> None:
    ctx = Lender()
    made = restored(ctx, PICTURE, found(replace(FACE, box=(40.0, 30.0, 44.0, 54.0))))
    assert np.array_equal(made.pixels, PICTURE.pixels)
    assert ctx.warned == ["W_TOO_SMALL"]


def test_no_face_is_no_change() -> None:
    assert np.array_equal(restored(Lender(), PICTURE, found()).pixels, PICTURE.pixels)


@pytest.mark.parametrize("channels", [1, 4])
def test_grey_and_alpha_stay(channels: int) -> None:
    given = image(1, 90, 120, channels)
    made = restored(Lender(), given, found(FACE))
    assert made.pixels.shape == given.pixels.shape
    assert not np.array_equal(made.pixels[..., :1], given.pixels[..., :1])
    if channels == 4:
        assert np.array_equal(made.pixels[..., 3], given.pixels[..., 3])


def test_colours_come_from_the_original() -> None:
    given = Image(np.full((1, 90, 120, 3), (0.7, 0.5, 0.3), np.float32))
    made = restored(Lender(), given, found(FACE), color_match="mean")
    assert np.allclose(made.pixels, given.pixels, atol=1e-4)


def test_networks_that_know_no_faces_are_refused() -> None:
    with pytest.raises(FamilyMismatchError, match="knows nothing of faces"):
        restored(Lender(purpose="SR"), PICTURE, found(FACE))


def test_detections_of_another_batch_are_refused() -> None:
    with pytest.raises(ShapeError, match="of 1 pictures, the batch has 2"):
        restored(Lender(), image(2, 90, 120), found(FACE))


def test_the_input_stays_as_it_is() -> None:
    before = PICTURE.pixels.copy()
    restored(Lender(), PICTURE, found(FACE))
    assert np.array_equal(PICTURE.pixels, before)


def test_a_face_network_from_a_file_restores(tmp_path: Path) -> None:
    from spandrel.architectures.RestoreFormer import RestoreFormer

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        tiny = RestoreFormer(
            n_embed=16, embed_dim=32, ch=32, ch_mult=(1, 1, 1, 1, 1, 1), num_res_blocks=1,
            z_channels=32,
        )  # fmt: skip
    handle = load_upscaler(save(tiny.eval().requires_grad_(False), tmp_path / "faces.safetensors"))
    assert (handle.architecture, handle.scale) == ("RestoreFormer", 1)
    network = load(handle, torch.float32)
    assert isinstance(network, UpscalerNetwork)
    assert network.is_face
    ctx = Lender(lambda values: network(values))
    made = restored(ctx, PICTURE, found(FACE))
    assert not np.array_equal(made.pixels, PICTURE.pixels)
