"""What kind of hint a picture is, told by its colours alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.core.values import HintKind
from studio.diffusion.control.settings import UnionKind

Pixels = NDArray[np.float32]

PHOTO_KINDS: frozenset[UnionKind] = frozenset({"tile", "inpaint"})
"""Kinds whose hints are photographs."""

_EMPTY = 1.5 / 255
_GREY = 0.02
_BLACK = 0.04
_SMALL_SIDE = 256
_FLAT_COLOURS = 64
_NORMAL_ERROR = 0.15


def is_empty(hint: Pixels) -> bool:
    """Return whether a hint ``(height, width, 3)`` is one flat colour."""
    return bool((hint.max((0, 1)) - hint.min((0, 1)) < _EMPTY).all())


def hint_kind(hint: Pixels) -> HintKind:
    """Return what kind of hint a picture is.

    Lines are mostly black: in colours they are a pose, in pure white hard edges, in greys soft
    ones. What is grey and smooth is depth. Colours that are directions are normals, a few flat
    colours are segments, and everything else is a photograph.

    Args:
        hint: float32 ``(height, width, 3)``, 0 to 1; -1 where a hint for inpainting has nothing.
    """
    if (hint < -0.5).any():
        return "inpaint"
    small = _small(np.clip(hint, 0, 1))
    is_grey = float((small.max(-1) - small.min(-1)).mean()) < _GREY
    black = float((small.max(-1) < _BLACK).mean())
    if is_grey:
        return _grey_kind(small, black)
    if _are_normals(small):
        return "normal"
    colours = len(np.unique((small * 31).astype(np.int32).reshape(-1, 3), axis=0))
    if black > 0.7 and colours < 8 * _FLAT_COLOURS:
        return "openpose"
    return "segment" if colours <= _FLAT_COLOURS else "tile"


def _grey_kind(small: Pixels, black: float) -> HintKind:
    """Return whether a grey hint is depth, hard edges or soft ones."""
    middle = float(((small > 0.1) & (small < 0.9)).mean())
    if middle < 0.02:
        return "hard_edge"
    return "soft_edge" if black > 0.25 and _steepness(small) > 0.025 else "depth"


def _steepness(small: Pixels) -> float:
    """Return the mean step between neighbouring pixels."""
    return float(np.abs(np.diff(small[..., 0], axis=1)).mean())


def _are_normals(small: Pixels) -> bool:
    """Return whether colours are directions: vectors of length 1, most of them towards us."""
    vectors = small * 2 - 1
    lengths = np.sqrt((vectors**2).sum(-1))
    error = float(np.abs(lengths - 1).mean())
    return error < _NORMAL_ERROR and float((vectors[..., 2] > 0).mean()) > 0.8


def _small(hint: Pixels) -> Pixels:
    """Return a hint at a size that is quick to look at, without mixing its colours."""
    height, width = hint.shape[:2]
    factor = _SMALL_SIDE / max(height, width)
    if factor >= 1:
        return hint
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(hint, size, interpolation=cv2.INTER_NEAREST), np.float32)
