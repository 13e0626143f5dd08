"""Profiles, against the colour management of Pillow and against themselves."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms

from studio.media import colour
from tests.counts import count

PRIMARIES = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}
"""Of Display P3, adapted to D50."""
HEAD = 128

GAMMA = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(1.8 * 256)) + b"\0\0"
LINEAR = b"curv\0\0\0\0" + struct.pack(">I", 0)
TABLE = b"curv\0\0\0\0" + struct.pack(
    ">I1024H", 1024, *(round(65535 * (i / 1023) ** 2.4) for i in range(1024))
)


def parametric(kind: int, *numbers: float) -> bytes:
    fixed = [round(number * 65536) for number in numbers]
    return b"para\0\0\0\0" + struct.pack(f">HH{len(fixed)}i", kind, 0, *fixed)


CURVES = {
    "gamma": GAMMA,
    "linear": LINEAR,
    "table": TABLE,
    "power": parametric(0, 2.2),
    "cut": parametric(1, 2.2, 1.1, -0.1),
    "lifted": parametric(2, 2.0, 0.904988, 0.1, -0.01),
    "srgb": parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    "seven": parametric(4, 2.4, 0.948283, 0.0521327, 0.0774, 0.04045, -0.001, 0.0),
}


def profile(curve: bytes, more: Mapping[bytes, bytes] | None = None) -> bytes:
    """Return a display profile with the primaries of Display P3."""
    text = b"mluc\0\0\0\0" + struct.pack(">IIHHII", 1, 12, 0x656E, 0x5553, 8, 28)
    text += "wide".encode("utf-16-be")
    tags = {
        name: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in xyz))
        for name, xyz in PRIMARIES.items()
    }
    tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve, b"desc": text, b"cprt": text}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    tags |= more or {}
    table, body = struct.pack(">I", len(tags)), b""
    start = HEAD + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s", 0, b"\0\0\0\0", 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28
    head += struct.pack(">3i", 63190, 65536, 54061) + b"\0" * 48
    data = head + table + body
    return struct.pack(">I", len(data)) + data[4:]


def colours() -> NDArray[np.uint8]:
    steps = np.linspace(0, 255, 18).astype(np.uint8)
    return np.stack(np.meshgrid(steps, steps, steps), -1).reshape(18, -1, 3)


@pytest.mark.parametrize("name", sorted(CURVES))
def test_it_agrees_with_another_colour_management(name: str) -> None:
    data = profile(CURVES[name])
    made = colour.to_srgb((colours() / 255).astype(np.float32), data)
    source = ImageCms.ImageCmsProfile(io.BytesIO(data))
    target = ImageCms.createProfile("sRGB")
    expected = ImageCms.profileToProfile(Pillow.fromarray(colours()), source, target)
    assert made is not None
    assert expected is not None
    assert abs(made * 255 - np.asarray(expected, np.float32)).max() < 2.1


def test_srgb_by_its_own_curve_and_matrix_is_itself() -> None:
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert colour.is_srgb(data)
    values = (colours() / 255).astype(np.float32)
    made = colour.to_srgb(values, data)
    assert made is not None
    assert abs(made - values).max() < 0.004


def test_another_kind_of_profile_is_left_to_others() -> None:
    values = np.zeros((1, 3), np.float32)
    assert colour.to_srgb(values, profile(GAMMA, {b"A2B0": b"mft2"})) is None
    assert colour.to_srgb(values, profile(GAMMA).replace(b"RGB XYZ ", b"CMYKLab ")) is None
    assert colour.to_srgb(values, profile(parametric(9, 1.0))) is None
    assert colour.to_srgb(values, b"") is None


def test_a_mutated_profile_is_converted_or_left() -> None:
    rng = np.random.default_rng(4)
    values = np.full((4, 3), 0.5, np.float32)
    with np.errstate(all="ignore"):
        for curve in (TABLE, CURVES["seven"], GAMMA):
            data = np.frombuffer(profile(curve), np.uint8)
            for _ in range(count(30, 2000)):
                damaged = data.copy()
                damaged[rng.integers(0, 400, 3)] = rng.integers(0, 256, 3)
                made = colour.to_srgb(values, damaged.tobytes())
                assert made is None or made.shape == (4, 3)


def test_decoding_undoes_encoding() -> None:
    values = np.linspace(0, 1, 1001, dtype=np.float32)
    assert np.allclose(colour.encode(colour.decode(values)), values, atol=2e-6)
    assert np.allclose(colour.decode(colour.encode(values)), values, atol=2e-6)
