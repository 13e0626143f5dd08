"""What stays as it is over a picture while the hand moves, drawn once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform


class Still:
    """A layer over the view, drawn again when what is in it or where it is seen is another."""

    def __init__(self) -> None:
        self._key: object = None
        self._drawn = QPixmap()

    def paint(
        self,
        painter: QPainter,
        turned: QTransform,
        content: object,
        draw: Callable[[QPainter], None],
    ) -> None:
        """Paint it.

        Args:
            painter: Over the view.
            turned: From pixels of the picture to those of the view.
            content: All that decides how it looks, for comparing.
            draw: Draws it over the view.
        """
        device, view = painter.device(), painter.window()
        ratio = device.devicePixelRatioF() if device else 1.0
        key = (QTransform(turned), view, ratio, content)
        if key != self._key:
            self._key, self._drawn = key, QPixmap(view.size() * ratio)
            self._drawn.setDevicePixelRatio(ratio)
            self._drawn.fill(Qt.GlobalColor.transparent)
            under = QPainter(self._drawn)
            draw(under)
            under.end()
        painter.drawPixmap(view.topLeft(), self._drawn)
