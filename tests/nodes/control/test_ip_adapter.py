"""Follow picture: a patch of a few strings, refused where families or times do not go together."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.control.ip_adapter import ip_adapter
from studio.core.errors import FamilyMismatchError, RangeError
from studio.core.values import DiffusionModel, Image, ImageEncoder, IpAdapter, Mask, Ref

MODEL = DiffusionModel("model.safetensors", "sd15")
ADAPTER = IpAdapter("ip-adapter.safetensors", "sd15")
ENCODER = ImageEncoder("eye.safetensors", key="abc")
PICTURE = Image(np.zeros((1, 8, 8, 3), np.float32), key="picture")
MASK = Mask(np.ones((1, 8, 8), np.float32), key="mask")


def test_a_model_keeps_what_it_follows_as_a_few_strings() -> None:
    model = ip_adapter(MODEL, ADAPTER, ENCODER, PICTURE, MASK, strength=0.5, start=0.1, end=0.9)
    [patch] = model.patches
    assert (patch.kind, patch.file) == ("ip_adapter", "ip-adapter.safetensors")
    assert patch.others == ("eye.safetensors",)
    assert patch.refs == (("image", Ref("picture")), ("mask", Ref("mask")))
    assert dict(patch.settings) == {
        "encoder": "abc", "strength": 0.5, "start": 0.1, "end": 0.9,
        "blocks": "all", "pictures": "together",
    }  # fmt: skip
    assert MODEL.patches == ()


def test_several_stand_beside_each_other() -> None:
    model = ip_adapter(MODEL, ADAPTER, ENCODER, PICTURE)
    model = ip_adapter(model, ADAPTER, ENCODER, PICTURE, strength=0.3)
    assert [dict(patch.settings)["strength"] for patch in model.patches] == [0.8, 0.3]


def test_an_adapter_of_another_family_is_refused() -> None:
    with pytest.raises(FamilyMismatchError, match=r"Stable Diffusion XL"):
        ip_adapter(MODEL, IpAdapter("xl.safetensors", "sdxl"), ENCODER, PICTURE)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(RangeError, match=r"starts at 0\.6 and ends at 0\.4"):
        ip_adapter(MODEL, ADAPTER, ENCODER, PICTURE, start=0.6, end=0.4)
