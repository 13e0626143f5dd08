"""How boxes and people are edited on a picture: the tool is opened, hears keys, and is written."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QWidget

from studio.ui.gallery.box_paint import on_pictures
from studio.ui.gallery.display import Shown
from studio.ui.gallery.picture_edit import PictureEdit
from studio.ui.gallery.shape_bar import ShapeBar
from studio.ui.gallery.shapes import ShapeTool

if TYPE_CHECKING:
    from studio.ui.gallery.picture_view import PictureView

NUDGE, FAR = 1, 10
"""How many pixels an arrow moves what is chosen, and how many with Shift."""

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
_DELETES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)

S = TypeVar("S", bound=ShapeTool)


class ShapeEdit(PictureEdit[S]):
    """Opens a tool that moves things on a picture, and writes what was made."""

    @abstractmethod
    def begin(self, shown: Shown | None) -> None:
        """Make the tool and call `open`; without a picture, over the `ground`."""

    def arrived(self, shown: Shown | None) -> None:
        """Begin with the picture that was found, or without one."""
        if self.viewer and self.mine(self.node):
            self.begin(shown)

    def prepare(self, shown: Shown) -> None:
        """Begin with a picture."""
        self.begin(shown)

    def made_bar(self, tool: S, parent: QWidget) -> QWidget:
        """Make what stands below the picture."""
        return ShapeBar(self.studio, tool, parent)

    def open(self, shown: Shown, tool: S, size: tuple[int, int] | None = None) -> None:
        """Let the tool work on a picture, and show what the pointer would do."""
        super().open(shown, tool, size)
        if self.tool is tool and self.viewer:
            tool.pointed.connect(self.viewer.view.setCursor)

    def keys(self, event: QKeyEvent, on: QObject) -> Callable[[], object] | None:
        """Return what a key does; on the picture, keys walk among the things and move them."""
        found, tool = super().keys(event, on), self.tool
        assert tool is not None
        if found or self.viewer is None or on is not self.viewer.view:
            return found
        return _key(tool, self.viewer.view, event)

    def mine(self, node: str) -> bool:
        """Tell whether what was asked for a node is still wanted."""
        current = self.document is self.studio.documents.current
        return self.node == node and self.tool is None and current

    def ground(self) -> Shown:
        """Return the dark ground where there is no picture."""
        return Shown(_pixel(on_pictures(self.studio.looks, "bg", "viewer")))


def _pixel(color: QColor) -> Any:
    rgb = [color.redF(), color.greenF(), color.blueF()]
    return np.array([[rgb]], np.float32)


def _key(tool: ShapeTool, view: PictureView, event: QKeyEvent) -> Callable[[], object] | None:
    """Return what a key on the picture does."""
    key, held = Qt.Key(event.key()), event.modifiers()
    shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
    if held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier):
        return None
    if key in _ARROWS:
        far = FAR if shift else NUDGE
        dx, dy = (far * step for step in _ARROWS[key])
        return partial(tool.nudge, dx, dy, other=bool(held & Qt.KeyboardModifier.AltModifier))
    if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        return partial(_walk, tool, view, -1 if shift or key == Qt.Key.Key_Backtab else 1)
    if key in _DELETES:
        return tool.remove if shift else tool.delete
    return tool.toggle if key == Qt.Key.Key_Space else None


def _walk(tool: ShapeTool, view: PictureView, step: int) -> None:
    """Choose the next thing; after the last one the keyboard goes on to the bar."""
    if not tool.walk(step):
        view.focusNextPrevChild(step > 0)
