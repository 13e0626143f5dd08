"""Apply ControlNet: one more patch, and warnings of hints that cannot steer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from nodes.control.apply import apply
from studio.core.errors import FamilyMismatchError, RangeError, ShapeError, UnsupportedError
from studio.core.values import ControlNet, DiffusionModel, Image, Mask, Patch, Ref
from studio.diffusion.control.settings import ControlSettings, settings_of

MODEL = DiffusionModel("model.safetensors", "sd15", (Patch("lora", "first"),))
NET = ControlNet("canny.safetensors", "sd15", blocks=13)


@dataclass
class Told:
    """A context that notes its warnings."""

    codes: list[str] = field(default_factory=list)

    def warn(self, code: str, text: str) -> None:
        self.codes.append(code)


def edges(items: int = 1) -> Image:
    pixels = np.zeros((items, 64, 64, 3), np.float32)
    pixels[:, ::16] = 1
    return Image(pixels, key="hint")


def photo() -> Image:
    noise = np.random.default_rng(1).random((1, 64, 64, 3), np.float32)
    return Image(noise, key="photo")


def put(*inputs: Any, **params: Any) -> tuple[DiffusionModel, list[str]]:
    """Apply a network, and return what was warned of beside the model."""
    ctx: Any = Told()
    return apply(MODEL, *(inputs or (NET, edges())), **params, ctx=ctx), ctx.codes


def test_a_control_is_one_more_patch_of_a_few_strings() -> None:
    model, warned = put(NET, edges(), Mask(np.ones((1, 8, 8), np.float32), key="mask"))
    assert model.patches[0] == MODEL.patches[0]
    patch = model.patches[1]
    assert (patch.kind, patch.file, patch.side) == ("controlnet", NET.file, "both")
    assert patch.refs == (("hint", Ref("hint")), ("mask", Ref("mask")))
    assert warned == []


def test_everything_that_is_set_is_in_the_patch() -> None:
    model, _ = put(
        NET, edges(), strength=0.7, curve=((0.0, 1.0), (1.0, 0.5)), start=0.1, end=0.8,
        basis="noise", mode="prompt", side="positive", resize="pad", union_type="depth",
        block_weights=", ".join(["0.5"] * 13),
    )  # fmt: skip
    patch = model.patches[1]
    assert settings_of(patch.settings, patch.side) == ControlSettings(
        0.7, ((0.0, 1.0), (1.0, 0.5)), 0.1, 0.8, "prompt", (0.5,) * 13, "pad", "positive", "depth",
        "noise",
    )  # fmt: skip


def test_an_adapter_is_a_patch_of_its_own_kind() -> None:
    model, _ = put(ControlNet("a", "sd15", architecture="t2i_adapter"), edges())
    assert model.patches[1].kind == "t2i_adapter"


def test_another_family_is_refused_and_both_are_named() -> None:
    with pytest.raises(FamilyMismatchError, match=r"1\.x, the control net of Stable Diffusion XL"):
        put(ControlNet("xl", "sdxl"), edges())


def test_a_start_behind_the_end_is_refused() -> None:
    with pytest.raises(RangeError, match=r"starts at 0\.8 and ends at 0\.2"):
        put(start=0.8, end=0.2)


@pytest.mark.parametrize(
    ("text", "error"), [("1, 1", ShapeError), ("1, 2, many", RangeError), ("3", RangeError)]
)
def test_block_weights_are_read_strictly(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        put(block_weights=text)


def test_a_flat_hint_is_warned_of() -> None:
    flat = Image(np.full((1, 16, 16, 3), 0.5, np.float32))
    assert put(NET, flat)[1] == ["W_EMPTY_HINT"]


def test_a_hint_that_is_transparent_everywhere_is_flat() -> None:
    clear = np.concatenate([photo().pixels, np.zeros((1, 64, 64, 1), np.float32)], -1)
    assert put(NET, Image(clear))[1] == ["W_EMPTY_HINT"]


def test_a_photograph_is_warned_of_where_a_map_is_wanted() -> None:
    assert put(NET, photo())[1] == ["W_HINT"]


@pytest.mark.parametrize(
    ("net", "params"),
    [
        (ControlNet("control_v11f1e_sd15_tile.pth", "sd15"), {}),
        (ControlNet("union", "sd15", architecture="union"), {"union_type": "tile"}),
        (ControlNet("union", "sd15", architecture="union"), {}),
    ],
)
def test_a_network_that_takes_photographs_is_given_one_in_silence(
    net: ControlNet, params: dict[str, Any]
) -> None:
    assert put(net, photo(), **params)[1] == []


def test_a_union_network_that_does_not_know_the_kind_is_refused_at_once() -> None:
    net = ControlNet("union", "sd15", architecture="union", kinds=6)
    with pytest.raises(UnsupportedError, match=r"kind tile.*openpose"):
        put(net, photo(), union_type="tile")
    assert put(net, photo(), union_type="tile", strength=0.0)
    assert put(net, edges(), union_type="hard_edge")


def test_a_union_network_that_is_told_edges_is_not() -> None:
    net = ControlNet("union", "sd15", architecture="union")
    assert put(net, photo(), union_type="hard_edge")[1] == ["W_HINT"]
