"""The skeleton of OpenPose: which points are joined, in which colours, and one who stands.

Source:
    Cao et al. 2019, OpenPose, arXiv:1812.08008.
"""

from __future__ import annotations

from studio.core.values import PosePoint

Colour = tuple[int, int, int]

COLOURS: tuple[Colour, ...] = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0),
    (0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255),
    (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
"""Of the 18 points of a body; the 17 limbs take the first ones."""
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12),
    (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
"""Pairs of points of a body, in the order of their colours."""
_STANDING = (
    (0.50, 0.14), (0.50, 0.25), (0.43, 0.26), (0.40, 0.40), (0.38, 0.53), (0.57, 0.26),
    (0.60, 0.40), (0.62, 0.53), (0.46, 0.53), (0.455, 0.72), (0.45, 0.91), (0.54, 0.53),
    (0.545, 0.72), (0.55, 0.91), (0.485, 0.12), (0.515, 0.12), (0.465, 0.13), (0.535, 0.13),
)  # fmt: skip
"""A person who stands and looks at us, as shares of the height, about a middle of one half."""


def standing(width: float, height: float) -> tuple[PosePoint, ...]:
    """Return the points of one person in the middle of a picture, as large as fits.

    Args:
        width: Of the picture; 1 and a `height` of 1 give shares, as edits of poses hold them, for a
            square picture.
        height: Of the picture.
    """
    edge = min(height, width * 2)
    left, top = (width - edge) / 2, (height - edge) / 2
    return tuple((left + x * edge, top + y * edge, 1.0) for x, y in _STANDING)
