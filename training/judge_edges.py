"""Says how far a picture follows an edge map, without any model."""

import cv2
import numpy as np

from training.toyworld.canvas import Bytes

LOW, HIGH = 100, 200
TOLERANCE = 2.0
"""Pixels that an edge may lie off."""


def edges(picture: Bytes, low: float = LOW, high: float = HIGH) -> Bytes:
    """The edges of a picture, uint8 ``(height, width)``, 0 or 255.

    Args:
        picture: uint8 ``(height, width, 3)``.
        low: gradient from which on an edge goes on.
        high: gradient at which an edge begins.
    """
    return np.asarray(cv2.Canny(picture, low, high), np.uint8)


def edge_f1(wanted: Bytes, seen: Bytes, tolerance: float = TOLERANCE) -> float:
    """Harmonic mean of which part of the seen edges was wanted, and of the wanted ones is seen.

    Args:
        wanted: an edge map, uint8 ``(height, width)``.
        seen: another one.
        tolerance: how far a pixel of an edge may lie from the nearest one of the other map.
    """
    if not wanted.any() or not seen.any():
        return float(wanted.any() == seen.any())
    precision = float((_distance(wanted)[seen > 0] <= tolerance).mean())
    recall = float((_distance(seen)[wanted > 0] <= tolerance).mean())
    return 2 * precision * recall / max(precision + recall, 1e-9)


def _distance(edge_map: Bytes) -> Bytes:
    """How far each pixel lies from the nearest edge."""
    apart = (edge_map == 0).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(apart, cv2.DIST_L2, cv2.DIST_MASK_PRECISE))
