"""What everything in the window is drawn with: the theme that is on, and icons in its colours."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QRect, QSize, Signal
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from studio.ui.looks.icons import Icons
from studio.ui.looks.theme import Theme, read_tokens


class Looks(QObject):
    """The theme that is on; widgets paint themselves again when it changes.

    Args:
        resources: Folder of what ships with the program.
        parent: Owner in Qt's tree.
    """

    changed = Signal()

    def __init__(self, resources: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens = read_tokens(resources)
        self.theme = Theme(self.tokens)
        self.icons = Icons()
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}

    def set(self, name: str, density: str, *, reduced: bool = False) -> None:
        """Choose colours, density and whether things move."""
        before = (self.theme.name, self.theme.density, self.theme.reduced)
        if before == (name, density, reduced):
            return
        self.theme = Theme(self.tokens, name, density, reduced=reduced)
        self._pixmaps.clear()
        self.changed.emit()

    def pixmap(
        self, name: str, role: str = "text.secondary", size: int = 16, ratio: float = 1.0
    ) -> QPixmap:
        """Return an icon as a picture, drawn once for each colour and size.

        Args:
            name: Of Phosphor, such as ``ph.cube``.
            role: Colour of the theme.
            size: Width and height in logical pixels.
            ratio: Device pixels for one logical pixel.
        """
        wanted = (name, role, size, ratio)
        if wanted not in self._pixmaps:
            self._pixmaps[wanted] = self.icons.draw(name, self.theme.color(role), size, ratio)
        return self._pixmaps[wanted]

    def icon(self, name: str, role: str = "text.secondary", size: int = 16) -> QIcon:
        """Return an icon for Qt's own widgets; it follows the theme, and is sharp at any ratio."""
        return QIcon(_Engine(self, name, role, size))


class _Engine(QIconEngine):
    """Draws an icon each time in the colours of the theme that is on then."""

    def __init__(self, looks: Looks, name: str, role: str, size: int) -> None:
        super().__init__()
        self._looks, self._name, self._role, self._size = looks, name, role, size

    def clone(self) -> QIconEngine:
        """Return another one of the same."""
        return _Engine(self._looks, self._name, self._role, self._size)

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        """Return the size that it is made for, or less."""
        return size.boundedTo(QSize(self._size, self._size))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return it as a picture of device pixels."""
        side = max(min(size.width(), size.height()), 1)
        return self._looks.pixmap(self._name, self._color(mode), side, 1.0)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint it into a rectangle."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device else 1.0
        side = max(min(rect.width(), rect.height()), 1)
        place = QRect(0, 0, side, side)
        place.moveCenter(rect.center())
        pixmap = self._looks.pixmap(self._name, self._color(mode), side, ratio)
        painter.drawPixmap(place.topLeft(), pixmap)

    def _color(self, mode: QIcon.Mode) -> str:
        return "text.disabled" if mode == QIcon.Mode.Disabled else self._role
