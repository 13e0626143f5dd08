"""How far something is: as a line and as a ring."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.looks import Looks
from studio.ui.theme import Theme

HEIGHT = 4


class ProgressLine(QWidget):
    """A thin line that fills up; a share below 0 says that nobody knows.

    Args:
        looks: The theme.
        role: Colour of what is done.
    """

    def __init__(
        self, looks: Looks, role: str = "state.running", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.looks, self._role, self.share = looks, role, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        looks.changed.connect(self.update)

    def set_share(self, share: float) -> None:
        """Show how far it is, 0 to 1."""
        if round(share * max(self.width(), 1)) != round(self.share * max(self.width(), 1)):
            self.update()
        self.share = share

    def sizeHint(self) -> QSize:
        """Return a line of the usual length."""
        return QSize(92, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track and what is done."""
        paint_line(QPainter(self), self.looks.theme, QRectF(self.rect()), self.share, self._role)


def paint_line(
    painter: QPainter, theme: Theme, rect: QRectF, share: float, role: str = "state.running"
) -> None:
    """Paint a line that is filled up to a share."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(theme.color("border.default"))
    painter.drawRoundedRect(rect, radius, radius)
    if share > 0:
        painter.setBrush(theme.color(role))
        done = QRectF(rect.left(), rect.top(), rect.width() * min(share, 1.0), rect.height())
        painter.drawRoundedRect(done, radius, radius)


def paint_ring(
    painter: QPainter, theme: Theme, rect: QRectF, share: float, role: str = "state.running"
) -> None:
    """Paint an arc of the share that is done on a ring; a share below 0 is a quarter."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = rect.adjusted(1, 1, -1, -1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("border.strong"), 2))
    painter.drawEllipse(inner)
    pen = QPen(theme.color(role), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    span = 0.25 if share < 0 else min(share, 1.0)
    painter.drawArc(inner, 90 * 16, -round(span * 360 * 16))
