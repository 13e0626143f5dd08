"""Which parts of the canvas are painted, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from studio.canvas.curves import Floats
from studio.canvas.index import Mask, Rows, grown, touching
from studio.canvas.state import Rect

if TYPE_CHECKING:
    from studio.canvas.scene import Scene

_MARGIN = 16.0
"""How far anything reaches beyond its box."""


class Sight(NamedTuple):
    """Parts of the canvas.

    Attributes:
        around: A rectangle around all of them.
        parts: The parts, when there are several far from each other; else empty.
    """

    around: Rect
    parts: tuple[Rect, ...] = ()

    def nodes(self, scene: Scene) -> Rows:
        """Return the rows of the nodes to paint, in painting order."""
        rows = scene.visible(self.around)
        return self._in_parts(rows, scene.rects[rows]) if self.parts else rows

    def curves(self, scene: Scene) -> Rows:
        """Return the curves of links to paint."""
        rows = scene.link_rows(self.around)
        return self._in_parts(rows, scene.link_reach[rows]) if self.parts else rows

    def lines(self, lines: Floats) -> Mask:
        """Tell which lines, ``(..., 4)``, have to be painted."""
        low = np.minimum(lines[..., :2], lines[..., 2:]) - _MARGIN
        high = np.maximum(lines[..., :2], lines[..., 2:]) + _MARGIN
        found: Mask = np.zeros(lines.shape[:-1], np.bool_)
        for left, top, right, bottom in self.parts or (self.around,):
            across = (low[..., 0] <= right) & (high[..., 0] >= left)
            found |= across & (low[..., 1] <= bottom) & (high[..., 1] >= top)
        return found

    def _in_parts(self, rows: Rows, boxes: Floats) -> Rows:
        """Return those of the rows whose boxes touch any part."""
        found: Mask = np.zeros(len(rows), np.bool_)
        for part in self.parts:
            found[touching(boxes, grown(part, _MARGIN))] = True
        return rows[found]
