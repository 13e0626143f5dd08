"""What stays as it is over a picture while the hand moves or pushes it along, drawn once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

Draw = Callable[[QPainter, QTransform], None]
_SPARE = 0.25
"""How much more than the view is drawn on each side once the picture is pushed, as a share of it."""


class Still:
    """A layer over the view, drawn again when what is in it or how large it is seen is another.

    Pushed along, it is drawn with something to spare, and again only when that is used up.
    """

    def __init__(self) -> None:
        self._key: object = None
        self._drawn = QPixmap()
        self._turned = QTransform()
        self._spare = QPointF()

    def paint(self, painter: QPainter, turned: QTransform, content: object, draw: Draw) -> None:
        """Paint it.

        Args:
            painter: Over the view.
            turned: From pixels of the picture to those of the view.
            content: All that decides how it looks, for comparing.
            draw: Draws it over a view, with the way from the picture to that.
        """
        device, view = painter.device(), painter.window()
        ratio = device.devicePixelRatioF() if device else 1.0
        form = turned.m11(), turned.m12(), turned.m21(), turned.m22()
        key = (form, view.size(), ratio, content)
        pushed = self._pushed(turned)
        if key != self._key:
            self._key = key
            self._draw(view, ratio, turned, 0.0, draw)
        elif abs(pushed.x()) > self._spare.x() or abs(pushed.y()) > self._spare.y():
            self._draw(view, ratio, turned, _SPARE, draw)
        # On whole pixels of the device nothing is blurred.
        pushed = QPointF((self._pushed(turned) * ratio).toPoint()) / ratio
        painter.drawPixmap(QPointF(view.topLeft()) - self._spare + pushed, self._drawn)

    def _pushed(self, turned: QTransform) -> QPointF:
        """Return how far the view was pushed since the layer was drawn."""
        return QPointF(turned.dx() - self._turned.dx(), turned.dy() - self._turned.dy())

    def _draw(
        self, view: QRect, ratio: float, turned: QTransform, share: float, draw: Draw
    ) -> None:
        self._turned = QTransform(turned)
        across, down = round(view.width() * share), round(view.height() * share)
        self._spare = QPointF(across, down)
        self._drawn = QPixmap((view.size() + QSize(2 * across, 2 * down)) * ratio)
        self._drawn.setDevicePixelRatio(ratio)
        self._drawn.fill(Qt.GlobalColor.transparent)
        under = QPainter(self._drawn)
        draw(under, turned * QTransform.fromTranslate(across, down))
        under.end()
