"""Which parts of the canvas are painted, and what is in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from studio.canvas.index import Rows
from studio.canvas.state import Rect

if TYPE_CHECKING:
    from studio.canvas.scene import Scene


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
        return self._in_parts(scene.visible)

    def curves(self, scene: Scene) -> Rows:
        """Return the curves of links to paint."""
        return self._in_parts(scene.link_rows)

    def _in_parts(self, find: Callable[[Rect], Rows]) -> Rows:
        rows = find(self.around)
        if not self.parts or not len(rows):
            return rows
        inside = np.zeros(int(rows.max()) + 1, np.bool_)
        for part in self.parts:
            inside[find(part)] = True
        return rows[inside[rows]]
