"""What stands at the right of the viewer's header: the source, and how it is looked at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from studio.ui.gallery.sources import DETECTIONS
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.painting import (
    paint_edge,
    paint_focus,
    paint_ground,
    paint_icon,
    paint_text,
)
from studio.ui.looks.glyphs import glyph_pixmap

if TYPE_CHECKING:
    from studio.ui.gallery.following import Following
    from studio.ui.studio import Studio

_WIDE = 150
_GLYPH = 10
_BUTTONS = (
    ("viewer.pin", "ph.push-pin", "Keep this source"),
    ("viewer.compare", "ph.square-half", "Compare A and B"),
    ("viewer.zoom", "ph.magnifying-glass-plus", "Whole or one to one"),
    ("viewer.full_screen", "ph.corners-out", "Fill the screen"),
)


class SourceChoice(QAbstractButton):
    """Names the picture that is shown; its menu, made when it opens, has all of them.

    Args:
        studio: What the window shares.
        following: What is shown.
    """

    def __init__(self, studio: Studio, following: Following, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks, self._following = studio.looks, following
        self._words = ""
        self.setAccessibleName("Source of the picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)
        following.changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        """Return the room of most names."""
        return QSize(_WIDE, self._looks.theme.size("control"))

    def minimumSizeHint(self) -> QSize:
        """Let the name be cut before buttons go."""
        return QSize(60, self._looks.theme.size("control"))

    def open_menu(self) -> None:
        """Offer all pictures of the graph."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for source in self._following.all():
            line = menu.addAction(source.title, partial(self._following.choose, source))
            line.setCheckable(True)
            line.setChecked(source == self._following.source)
        if not menu.isEmpty():
            menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu with the keys that open choices."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the menu on the press, as choices do."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.open_menu()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it as a choice, with the mark of its type."""
        looks, painter, rect = self._looks, QPainter(self), QRectF(self.rect())
        theme = looks.theme
        paint_ground(painter, theme, rect, "bg.hover" if self.underMouse() else "bg.raised")
        kind, left = self._kind(), 8.0
        if kind:
            ratio = self.devicePixelRatioF()
            mark = glyph_pixmap(looks, kind, "one", _GLYPH, ratio)
            painter.drawPixmap(
                QRectF(left, (rect.height() - _GLYPH) / 2, _GLYPH, _GLYPH).topLeft(), mark
            )
            left += _GLYPH + 6
        role = "text.primary" if kind else "text.muted"
        paint_text(painter, theme, rect.adjusted(left, 0, -22, 0), self.text(), role=role)
        caret = QRectF(rect.right() - 20, 0, 14, rect.height())
        paint_icon(painter, looks, caret, "ph.caret-down", "text.secondary", 12)
        paint_edge(painter, theme, rect, "border.default")
        if self.hasFocus():
            paint_focus(painter, theme, rect)

    def _kind(self) -> str:
        """Return the value type of what is shown; empty: nothing is."""
        source = self._following.source
        if self._words:
            return "text"
        return (DETECTIONS if source.found else source.kind) if source else ""

    def name(self, words: str) -> None:
        """Name a node whose words are read in place of a picture; nothing: none is."""
        if words != self._words:
            self._words = words
            self._show()

    def _show(self) -> None:
        source = self._following.source
        self.setText(self._words or (source.title if source else "No picture"))
        self.setToolTip(self.text())
        self.setAccessibleDescription(self.text())
        self.update()


def head_buttons(studio: Studio, parent: QWidget) -> dict[str, IconButton]:
    """Return the buttons beside it, by the commands that they give."""
    made = {}
    for command, icon, name in _BUTTONS:
        button = IconButton(studio.looks, icon, name, parent)
        button.clicked.connect(partial(_give, studio, command))
        made[command] = button
    made["viewer.pin"].setCheckable(True)
    made["viewer.compare"].setCheckable(True)
    return made


def _give(studio: Studio, command: str, _checked: bool = False) -> None:
    studio.actions.trigger(command)
