"""Hints of lines, without a network: white lines on black.

The differences of Gaussians are those of XDoG with a hard threshold: a pixel is a line where its
surroundings are lighter than itself by more than a threshold.
"""

from __future__ import annotations

import cv2
import numpy as np

from studio.diffusion.hints.pictures import Pixels, Plane, as_bytes, blurred, each, grey

_SCRIBBLE = 0.5, 5.0
"""Standard deviations of the fine and the wide Gaussian, in pixels."""
_FLAT = 16 / 255
"""Contrast below which the strongest lines of a picture are not lifted."""
_USUAL = np.float32(127 / 255)
"""Brightness that lines of the usual contrast get."""
_SCALES = 1.0, 2.0, 4.0
_FAINT = 0.02
"""Edges of pictures fainter than this are not lifted: they are noise."""
_STRONG = 99.0


def canny(pixels: Pixels, low: int, high: int, aperture: int, l2: bool) -> Pixels:
    """Find edges where the brightness changes most, one pixel wide.

    Args:
        pixels: Pictures with three channels, 0 to 1. The strongest channel counts.
        low: Gradient, of 8-bit values, from which on an edge goes on.
        high: Gradient at which an edge begins.
        aperture: Width of the Sobel filter: 3, 5 or 7.
        l2: Whether the length of the gradient counts instead of the sum of its parts.

    Source:
        Canny 1986, "A computational approach to edge detection", IEEE PAMI 8(6).
    """

    def work(item: Pixels) -> Plane:
        found = cv2.Canny(as_bytes(item), low, high, apertureSize=aperture, L2gradient=l2)
        return np.asarray(found, np.float32) / np.float32(255)

    return each(pixels, work)


def scribble(pixels: Pixels, threshold: float) -> Pixels:
    """Draw the dark strokes of a picture as if by hand.

    Args:
        pixels: Pictures with three channels, 0 to 1. Dark lines on paper become white ones.
        threshold: Contrast of twice 8-bit values above which a stroke is drawn.

    Source:
        Winnemoeller, Kyprianidis and Olsen 2012, "XDoG: An eXtended difference-of-Gaussians
        compendium", equations 1 and 2 with a hard threshold.
    """

    def work(item: Pixels) -> Plane:
        fine, wide = (blurred(item, sigma) for sigma in _SCRIBBLE)
        contrast = (wide - fine).min(-1)
        return np.asarray(2 * contrast > threshold / 255, np.float32)

    return each(pixels, work)


def line_art(pixels: Pixels, sigma: float, intensity: float) -> Pixels:
    """Draw the lines of a picture with their weights.

    Args:
        pixels: Pictures with three channels, 0 to 1. Dark lines on paper become white ones.
        sigma: Standard deviation of the Gaussian that tells a line from its paper.
        intensity: 8-bit contrast from which on a pixel counts when the lines are brought to the
            same strength.

    Source:
        Winnemoeller, Kyprianidis and Olsen 2012, as for `scribble`.
    """

    def work(item: Pixels) -> Plane:
        contrast = np.clip((blurred(item, sigma) - item).min(-1), 0, 1)
        counted = contrast[contrast > intensity / 255]
        usual = float(np.median(counted)) if counted.size else 0.0
        return np.asarray(np.clip(contrast / max(_FLAT, usual) * _USUAL, 0, 1), np.float32)

    return each(pixels, work)


def soft_edge(pixels: Pixels) -> Pixels:
    """Find edges at several widths at once, soft as networks draw them.

    Args:
        pixels: Pictures with three channels, 0 to 1.

    Source:
        Sobel's filter on the scale space of Lindeberg 1998, "Edge detection and ridge detection
        with automatic scale selection", IJCV 30(2): gradients times their scale.
    """

    def work(item: Pixels) -> Plane:
        plane = grey(item)
        found = sum(_gradient(blurred(plane, sigma)) * np.float32(sigma) for sigma in _SCALES)
        strongest = max(_FAINT, float(np.percentile(found, _STRONG)))
        return np.asarray(np.clip(found / strongest, 0, 1), np.float32)

    return each(pixels, work)


def _gradient(plane: Plane) -> Plane:
    """Return how fast a plane changes, per pixel."""
    across, down = (
        cv2.Sobel(plane, cv2.CV_32F, *order, scale=0.125, borderType=cv2.BORDER_REFLECT)
        for order in ((1, 0), (0, 1))
    )
    return np.asarray(np.hypot(across, down), np.float32)


def threshold(pixels: Pixels, level: float | None) -> Pixels:
    """Make every pixel black or white.

    Args:
        pixels: Pictures with three channels, 0 to 1.
        level: Brightness above which it is white; ``None`` parts each picture where its dark and
            light pixels differ most.

    Source:
        Otsu 1979, "A threshold selection method from gray-level histograms".
    """

    def work(item: Pixels) -> Plane:
        plane = grey(item)
        return np.asarray(plane > (_otsu(plane) if level is None else level), np.float32)

    return each(pixels, work)


def _otsu(plane: Plane) -> float:
    found, _ = cv2.threshold(as_bytes(plane), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return (found + 0.5) / 255
