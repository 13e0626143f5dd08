"""One panel around the canvas: made when it is first seen, in the window or lent to another place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QVBoxLayout, QWidget

from studio.ui.window.dock_header import DockHeader

if TYPE_CHECKING:
    from studio.ui.studio import Studio

Area = Literal["side", "right_top", "right_bottom", "bottom_left", "bottom_right"]

RIGHT, BOTTOM, SIDE = ("right_top", "right_bottom"), ("bottom_left", "bottom_right"), ("side",)
_SIDE_MIN = 180
_NO_LIMIT = 16_777_215


@dataclass(frozen=True)
class PanelSpec:
    """A panel that the window can show.

    What the factory makes may have `header_widgets` (shown at the right of the header), and `count`
    with a signal `count_changed` (a number beside the title).

    Attributes:
        id: Such as ``queue``; a promise to saved layouts.
        title: For people.
        icon: Name of its icon.
        area: Where it is at first.
        factory: Makes it.
    """

    id: str
    title: str
    icon: str
    area: Area
    factory: Callable[[Studio], QWidget]

    @property
    def command(self) -> str:
        """Id of the command that opens it."""
        return f"view.panel.{self.id}"


class Lent(QWidget):
    """Header and inside of a panel while they are not in its dock."""

    seen = Signal(bool)

    def showEvent(self, event: QShowEvent) -> None:
        """Say that it is seen."""
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that it is not seen any more."""
        super().hideEvent(event)
        self.seen.emit(False)


class Dock(QDockWidget):
    """One panel with its header; what is inside is made when it is first seen.

    Attributes:
        spec: Which panel it is.
        is_front: Whether it is seen, and not behind another one of its group.
        is_folded: Whether only its header is seen.
        unfolded: Its height before it was folded.
        header: The 32 px above it.
        group: The panels that share its place, itself among them.
        lent: Where it is while it is not in the window's own layout.
    """

    filled = Signal(object)
    """What the panel's factory made."""
    regrouped = Signal()
    """It may be beside other panels now, or in front of them, or behind."""
    wanted = Signal()
    """It shall be in front where it is lent to."""
    left = Signal()
    """It shall be closed, or leave the place that it is lent to."""

    def __init__(self, spec: PanelSpec, studio: Studio, window: QMainWindow) -> None:
        super().__init__(spec.title, window)
        self.spec, self._studio = spec, studio
        self.panel: QWidget | None = None
        self.is_front = False
        self.is_folded = False
        self.unfolded = studio.looks.theme.layout("bottom_panel")
        self.setObjectName(spec.id)
        self.group: tuple[Dock, ...] = (self,)
        self.lent: Lent | None = None
        self.header = DockHeader(studio.looks, spec.title, self)
        self.header.chosen.connect(self._choose)
        self.header.counted.connect(self.regrouped)
        self.header.menu_asked.connect(self._open_menu)
        self.setTitleBarWidget(self.header)
        self._room = QWidget(self)
        column = QVBoxLayout(self._room)
        column.setContentsMargins(0, 0, 0, 0)
        self._least = _least(studio, spec.area)
        self._room.setMinimumSize(self._least)
        self.setWidget(self._room)
        self.visibilityChanged.connect(self._seen)
        self.dockLocationChanged.connect(self._moved)
        self.topLevelChanged.connect(self._moved)

    @property
    def is_open(self) -> bool:
        """Whether it has a place in the window, in front or not."""
        return self.is_front if self.lent else not self.isHidden()

    def fill(self) -> QWidget:
        """Make what is inside, unless it is there; return it."""
        if self.panel is None:
            self.panel = self.spec.factory(self._studio)
            layout = self._room.layout()
            assert layout is not None
            layout.addWidget(self.panel)
            self.header.carry(self.panel)
            self.filled.emit(self.panel)
        return self.panel

    def bring(self) -> None:
        """Show it in front, with the keyboard in it."""
        self.fold(False)
        self.show_front()
        self.fill().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_front(self) -> None:
        """Show it in front of its group."""
        if self.lent:
            self.wanted.emit()
            return
        self.show()
        self.raise_()
        self.setEnabled(True)

    def show_group(self, group: Sequence[Dock]) -> None:
        """Say which panels share its place."""
        self.group = tuple(group)
        tabs = [(dock.spec.title, dock.header.count) for dock in group]
        self.header.show_group(tabs, self.group.index(self))

    def lend(self) -> Lent:
        """Give header and inside away; the dock keeps its place in the window, closed."""
        self.fold(False)
        self.hide()
        self.setTitleBarWidget(None)  # type: ignore[arg-type]  # Qt takes its own again
        self.setWidget(None)  # type: ignore[arg-type]  # it holds nothing
        self.lent = Lent()
        column = QVBoxLayout(self.lent)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self._room):
            column.addWidget(part, int(part is self._room))
            part.show()
        self.lent.seen.connect(self._seen)
        return self.lent

    def take_back(self) -> None:
        """Have header and inside again; it stays closed."""
        if self.lent:
            self.lent.seen.disconnect(self._seen)
            self.setTitleBarWidget(self.header)
            self.setWidget(self._room)
            self.lent.deleteLater()
            self.lent, self.is_front = None, False

    def fold(self, on: bool) -> None:
        """Leave only the header, or show all of it again."""
        if on != self.is_folded:
            self.is_folded = on
            self.unfolded = self.height() if on else self.unfolded
            self._room.setMinimumHeight(0 if on else self._least.height())
            self._room.setMaximumHeight(0 if on else _NO_LIMIT)
            self.setMaximumHeight(self.header.height() if on else _NO_LIMIT)

    def _seen(self, visible: bool) -> None:
        self.is_front = visible
        self.setEnabled(visible)  # Qt leaves it visible beside the screen, where Tab would find it
        if visible:
            self.fill()
        self.regrouped.emit()

    def _moved(self, _place: object) -> None:
        self.regrouped.emit()

    def _choose(self, place: int, with_keys: bool) -> None:
        dock = self.group[place]
        if with_keys:
            dock.bring()
        else:
            dock.show_front()

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self.header)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Put back" if self.isFloating() else "Float", self._float)
        if self.spec.area in BOTTOM:
            menu.addAction("Fold", self.header.folded.emit)
        menu.addAction("Close", self._leave)
        menu.popup(at)

    def _float(self) -> None:
        if self.lent:
            self.left.emit()
            self.take_back()
        self.setFloating(not self.isFloating())
        self.show()

    def _leave(self) -> None:
        self.left.emit()
        self.close()


def _least(studio: Studio, area: str) -> QSize:
    """Return the least size of a panel."""
    layout = studio.looks.theme.layout
    if area in RIGHT:
        return QSize(layout("right_column_min"), 64)
    return QSize(_SIDE_MIN, 64)
