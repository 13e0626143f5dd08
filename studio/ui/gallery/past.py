"""The pictures that the viewer has shown, newest first, to go back to and to compare with."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.graph import Graph
from studio.ui.gallery.display import Shown
from studio.ui.gallery.picture_view import as_image
from studio.ui.kit.painting import paint_edge, paint_focus, tint
from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import parsed

MOST = 200
HEIGHT = 56
_THUMB = (42, 40)
_GAP, _INSET = 6, 10
_SMALL = 96
"""Longer side of the small pictures, in device pixels."""


@dataclass(frozen=True)
class Past:
    """One picture that was shown.

    Attributes:
        key: Key of the result.
        output: Name of the output.
        node: Expanded id of the node that made it.
        title: What people call it.
        tag: Short name while it is compared, such as ``seed ...301``.
        thumbnail: Small picture.
        graph: The graph that made it.
    """

    key: str
    output: str
    node: str
    title: str
    tag: str
    thumbnail: QImage
    graph: Graph

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from the others."""
        return self.key, self.output


def small_image(shown: Shown) -> QImage:
    """Return the picture that stands in the strip."""
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return as_image(shown.levels[-1]).scaled(_SMALL, _SMALL, keep, smooth).copy()


class PastStrip(QWidget):
    """Shows what was shown before as a row of small pictures."""

    chosen = Signal(object)
    """A picture is to be shown again."""
    compared = Signal(object)
    """A picture is to be compared with."""
    asked = Signal(object, QPoint)
    """A menu is wanted for a picture, at a place on the screen."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looks = looks
        self.items: list[Past] = []
        self.a: tuple[str, str] | None = None
        self.b: tuple[str, str] | None = None
        self._first = 0
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pictures shown before")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add(self, item: Past) -> None:
        """Put a picture in front; one that is there already moves to the front."""
        self.items = [item, *(held for held in self.items if held.name != item.name)][:MOST]
        self._first = 0
        self.update()

    def mark(self, a: tuple[str, str] | None, b: tuple[str, str] | None) -> None:
        """Say which of them are shown."""
        self.a, self.b = a, b
        self.update()

    def item_at(self, at: QPoint) -> Past | None:
        """Return the picture under a point."""
        for number, item in enumerate(self.items[self._first :]):
            if self._rect(number).contains(at):
                return item
        return None

    def named(self, name: tuple[str, str] | None) -> Past | None:
        """Return the picture with a name."""
        return next((item for item in self.items if item.name == name), None)

    def step(self, by: int) -> None:
        """Choose an older picture, or a newer one."""
        if self.items:
            names = [item.name for item in self.items]
            here = names.index(self.a) if self.a in names else -by
            self.chosen.emit(self.items[min(max(here + by, 0), len(names) - 1)])

    def sizeHint(self) -> QSize:
        """Take the width there is."""
        return QSize(200, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show a picture, or compare with it when Shift is held."""
        item = self.item_at(event.position().toPoint())
        if item and event.button() == Qt.MouseButton.LeftButton:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.compared if shift else self.chosen).emit(item)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a picture."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.named(self.a) if by_key else self.item_at(event.pos())
        if item:
            self.asked.emit(item, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the pictures."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.items:
            event.ignore()
        else:
            self.step(step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go to older pictures and back."""
        delta = event.angleDelta()
        step = -1 if (delta.y() or delta.x()) > 0 else 1
        self._first = min(max(self._first + step, 0), max(len(self.items) - 1, 0))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), self.looks.theme.color("bg.panel"))
        for number, item in enumerate(self.items[self._first :]):
            rect = self._rect(number)
            if rect.left() > self.width():
                break
            self._paint_item(painter, rect, item)
        if self.hasFocus():
            paint_focus(painter, self.looks.theme, self.rect().toRectF())
        painter.end()

    def _paint_item(self, painter: QPainter, rect: QRect, item: Past) -> None:
        theme = self.looks.theme
        painter.setClipRect(rect)
        image = item.thumbnail
        scale = max(rect.width() / image.width(), rect.height() / image.height())
        wide, high = round(image.width() * scale), round(image.height() * scale)
        place = QRect(0, 0, wide, high)
        place.moveCenter(rect.center())
        painter.drawImage(place, image)
        painter.setClipping(False)
        letter = "A" if item.name == self.a else "B" if item.name == self.b else ""
        if not letter:
            return
        if letter == "A":
            around = rect.adjusted(-3, -3, 3, 3).toRectF()
            paint_edge(painter, theme, around, "accent.line", radius="control", width=2)
        dark = self.looks.tokens["dark"]
        box = QRect(rect.right() - 14, rect.bottom() - 15, 14, 15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(parsed(dark["bg"]["canvas"]), 0.85))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(parsed(dark["text"]["primary"]))
        painter.setFont(theme.font("label_strong"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)

    def _rect(self, number: int) -> QRect:
        left = _INSET + number * (_THUMB[0] + _GAP)
        return QRect(left, (HEIGHT - _THUMB[1]) // 2, *_THUMB)
