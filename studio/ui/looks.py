"""What everything in the window is drawn with: the theme that is on, and icons in its colours."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon, QPixmap

from studio.ui.icons import Icons
from studio.ui.theme import Theme, read_tokens


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
        """Return an icon for Qt's own widgets, sharp at the usual pixel ratios."""
        icon = QIcon()
        for ratio in (1.0, 2.0):
            icon.addPixmap(self.pixmap(name, role, size, ratio))
        return icon
