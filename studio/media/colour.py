"""Bring colours that an ICC profile describes to sRGB, without losing depth.

Profiles of cameras and screens are a matrix and a curve for each channel: these are worked out here
in float32, because Pillow's colour management has 8 bits a channel. Other kinds are left to it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
Numbers = NDArray[np.float64]

_XYZ_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
"""From XYZ under D50, the profile connection space; Lindbloom, Bradford-adapted."""

_LIMIT = 4 << 20
_PARAMETERS = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}
"""How many numbers each kind of parametric curve has."""


def is_srgb(profile: bytes) -> bool:
    """Tell whether a profile says that it is sRGB."""
    words = profile[:_LIMIT]
    return b"sRGB" in words or "sRGB".encode("utf-16-be") in words


def to_srgb(colours: Pixels, profile: bytes) -> Pixels | None:
    """Convert by a matrix profile.

    Args:
        colours: float32 ``(..., 3)``, 0 to 1, in the profile's encoding.
        profile: Content of the ICC profile.

    Returns:
        float32 ``(..., 3)``, sRGB-encoded, 0 to 1, or ``None`` for a damaged profile or another
        kind of one.

    Source:
        ICC.1:2022 sections 7 to 10; IEC 61966-2-1.
    """
    try:
        tags = _tags(profile)
        curves = [_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC")]
        matrix = np.array([_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]).T
    except (KeyError, ValueError, struct.error):
        return None
    table = np.linspace(0, 1, 65536)
    linear = np.stack(
        [np.interp(colours[..., axis], table, curve(table)) for axis, curve in enumerate(curves)],
        -1,
    )
    return encode(np.asarray(linear @ (_XYZ_TO_SRGB @ matrix).T, np.float32))


def encode(linear: Pixels) -> Pixels:
    """Encode linear light as sRGB; both 0 to 1."""
    light = np.clip(linear, 0, 1)
    made = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(made, np.float32)


def decode(encoded: Pixels) -> Pixels:
    """Return the linear light of sRGB values; both 0 to 1."""
    values = np.clip(encoded, 0, 1)
    made = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.asarray(made, np.float32)


def _tags(profile: bytes) -> dict[bytes, bytes]:
    """Return the content of each tag of an RGB profile over XYZ."""
    if len(profile) > _LIMIT or profile[16:24] != b"RGB XYZ " or b"A2B0" in profile[128:2048]:
        raise ValueError("not a matrix profile")
    (count,) = struct.unpack_from(">I", profile, 128)
    found = {}
    for index in range(min(count, 100)):
        name, start, size = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        found[name] = profile[start : start + size]
    return found


def _xyz(tag: bytes) -> list[float]:
    return [value / 65536 for value in struct.unpack_from(">3i", tag, 8)]


def _curve(tag: bytes) -> Callable[[Numbers], Numbers]:
    """Return one channel's curve from encoded to linear: a table, a power, a parametric form."""
    if tag[:4] == b"para":
        return _parametric(tag)
    if tag[:4] != b"curv":
        raise ValueError("no curve")
    (count,) = struct.unpack_from(">I", tag, 8)
    values = struct.unpack_from(f">{count}H", tag, 12)
    if count < 2:
        power = values[0] / 256 if count else 1.0
        return lambda x: x**power
    table = np.array(values) / 65535
    return lambda x: np.interp(x, np.linspace(0, 1, count), table)


def _parametric(tag: bytes) -> Callable[[Numbers], Numbers]:
    (kind,) = struct.unpack_from(">H", tag, 8)
    if kind not in _PARAMETERS:
        raise ValueError("unknown kind of curve")
    given = [value / 65536 for value in struct.unpack_from(f">{_PARAMETERS[kind]}i", tag, 12)]
    g, a, b, c, d, e, f = given + [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0][len(given) :]
    if kind in (1, 2):
        return lambda x: np.maximum(a * x + b, 0) ** g + c
    if kind == 0:
        return lambda x: x**g
    return lambda x: np.where(x >= d, np.maximum(a * x + b, 0) ** g + e, c * x + f)
