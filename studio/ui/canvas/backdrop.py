"""What lies under thousands of nodes, kept as a picture while they alone change."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter, QPixmap

from studio.ui.canvas.tints import Tints

if TYPE_CHECKING:
    from studio.canvas.scene import Scene
    from studio.ui.canvas.frame import Frame

MANY = 500
"""So many links are worth a picture of their own."""


class Backdrop:
    """Keeps the ground with frames, links and notes, seen twice in the same way.

    The first painting of a view goes past it: while the camera moves, no two are the same.

    Args:
        tints: Tell which links lead to nodes that are off.
    """

    def __init__(self, tints: Tints) -> None:
        self._tints = tints
        self._look: tuple[object, ...] = ()
        self._drawn: QPixmap | None = None

    def clear(self) -> None:
        """Hold no picture while none is needed."""
        self._look, self._drawn = (), None

    def paint(
        self, painter: QPainter, scene: Scene, frame: Frame, draw: Callable[[QPainter, bool], None]
    ) -> None:
        """Paint it.

        Args:
            painter: Paints what is dirty.
            scene: What is drawn.
            frame: How it is seen.
            draw: Paints all of it, or only what is dirty.
        """
        look = (
            scene, scene.draws, scene.moves, scene.link_types, scene.graph.view, self._tints.turns,
            frame.camera, frame.size, frame.ratio, frame.state, frame.overlay, frame.show_links,
        )  # fmt: skip
        if frame.moving or len(scene.links) < MANY or look != self._look:
            self._look, self._drawn = () if frame.moving else look, None
            draw(painter, False)
            return
        if self._drawn is None:
            self._drawn = self._whole(frame, draw)
        painter.drawPixmap(0, 0, self._drawn)

    def _whole(self, frame: Frame, draw: Callable[[QPainter, bool], None]) -> QPixmap:
        wide, high = (math.ceil(side * frame.ratio) for side in frame.size)
        made = QPixmap(wide, high)
        made.setDevicePixelRatio(frame.ratio)
        painter = QPainter(made)
        draw(painter, True)
        painter.end()
        return made
