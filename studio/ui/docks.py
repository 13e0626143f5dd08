"""The panels around the canvas: made when they are first seen, moved by hand, kept where they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QVBoxLayout, QWidget

from studio.ui.dock_header import DockHeader

if TYPE_CHECKING:
    from studio.ui.studio import Studio

Area = Literal["side", "right_top", "right_bottom", "bottom_left", "bottom_right"]

RIGHT, BOTTOM, SIDE = ("right_top", "right_bottom"), ("bottom_left", "bottom_right"), ("side",)
VIEWER_HEIGHT = 452
"""Height of the upper panel of the right column at first."""
_QUEUE_SHARE = 0.476
_SIDE_MIN = 180
_NO_LIMIT = 16_777_215
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
_LARGE = 10_000
"""Qt divides sizes that do not fit in their proportion."""
_DOCK_AREAS = {
    "side": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right_top": Qt.DockWidgetArea.RightDockWidgetArea,
    "right_bottom": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom_left": Qt.DockWidgetArea.BottomDockWidgetArea,
    "bottom_right": Qt.DockWidgetArea.BottomDockWidgetArea,
}


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


class Dock(QDockWidget):
    """One panel with its header; what is inside is made when it is first seen.

    Attributes:
        spec: Which panel it is.
        is_front: Whether it is seen, and not behind another one of its group.
        is_folded: Whether only its header is seen.
        unfolded: Its height before it was folded.
        header: The 32 px above it.
    """

    filled = Signal(object)
    """What the panel's factory made."""
    regrouped = Signal()
    """It may be beside other panels now, or in front of them, or behind."""

    def __init__(self, spec: PanelSpec, studio: Studio, window: QMainWindow) -> None:
        super().__init__(spec.title, window)
        self.spec, self._studio = spec, studio
        self.panel: QWidget | None = None
        self.is_front = False
        self.is_folded = False
        self.unfolded = studio.looks.theme.layout("bottom_panel")
        self.setObjectName(spec.id)
        self.header = DockHeader(studio.looks, self)
        self.header.show_group([self])
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
        return not self.isHidden()

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
        self.show()
        self.raise_()
        self.setEnabled(True)
        self.fill().setFocus(Qt.FocusReason.ShortcutFocusReason)

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


class Docks(QObject):
    """All panels of a window.

    Args:
        studio: What the window shares.
        window: Whose panels they are.
        specs: Which there are.
    """

    changed = Signal()
    """Others are open or in front."""

    def __init__(self, studio: Studio, window: QMainWindow, specs: Sequence[PanelSpec]) -> None:
        super().__init__(window)
        self._window, self._looks = window, studio.looks
        self.items = {spec.id: Dock(spec, studio, window) for spec in specs}
        self._share = 0.0
        self._column_was: tuple[int, list[int]] = (0, [])
        self._opens = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._regroup)
        for dock in self.items.values():
            dock.regrouped.connect(self._later.start)
            dock.header.folded.connect(partial(self._fold_beside, dock))
        corner = Qt.Corner
        window.setCorner(corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.arrange()

    def of(self, *areas: str) -> list[Dock]:
        """Return the panels that belong to some areas."""
        return [dock for dock in self.items.values() if dock.spec.area in areas]

    def arrange(self) -> None:
        """Put all panels where they are at first."""
        for dock in self.items.values():
            dock.fold(False)
            dock.setFloating(False)
            self._window.addDockWidget(_DOCK_AREAS[dock.spec.area], dock)
        self._split("right_top", "right_bottom", Qt.Orientation.Vertical)
        self._split("bottom_left", "bottom_right", Qt.Orientation.Horizontal)
        for area in _DOCK_AREAS:
            docks = self.of(area)
            for dock in docks[1:]:
                self._window.tabifyDockWidget(docks[0], dock)
            if docks:
                docks[0].raise_()
        for dock in self.items.values():
            dock.setVisible(dock.spec.area != "side")
        self.resize()

    def resize(self) -> None:
        """Give the panels the sizes that they have at first."""
        layout = self._looks.theme.layout
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        for areas, size, way in (
            (RIGHT, layout("right_column"), across),
            (SIDE, layout("side_panel"), across),
            (BOTTOM, layout("bottom_panel"), down),
        ):
            found = self.of(*areas)[:1]
            self._window.resizeDocks(found, [size] * len(found), way)
        pair = [docks[0] for area in RIGHT if (docks := self.of(area))]
        height = self._window.height() - layout("top_bar") - layout("status_bar")
        if len(pair) == 2:
            rest = max(height - VIEWER_HEIGHT, 1)
            self._window.resizeDocks(pair, [VIEWER_HEIGHT, rest], down)
        pair = [docks[0] for area in BOTTOM if (docks := self.of(area))]
        if len(pair) == 2:
            width = self._window.width() - layout("rail") - layout("right_column")
            queue = round(width * _QUEUE_SHARE)
            self._window.resizeDocks(pair, [queue, max(width - queue, 1)], across)

    def toggle(self, areas: Iterable[str], on: bool) -> None:
        """Open or close all panels of some areas."""
        self._share = self._share or self._queue_share()
        column = self._column()
        if not on and column:
            self._column_was = column[0].width(), [dock.height() for dock in column]
        for dock in self.of(*areas):
            dock.setVisible(on)
        self._opens = on
        self._later.start()

    def fold(self, areas: Iterable[str], on: bool) -> None:
        """Leave only the headers of the panels of some areas, or show all of them again."""
        docks = [dock for dock in self.of(*areas) if dock.is_front]
        heights = [dock.unfolded if dock.is_folded else dock.height() for dock in docks]
        for dock in self.of(*areas):
            dock.fold(on)
        if not on:
            self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)

    def choose_side(self, panel: str) -> None:
        """Open a panel at the side, alone; the one that is open closes."""
        chosen = self.items[panel]
        was_open = chosen.is_open and chosen.is_front
        for dock in self.of("side"):
            dock.setVisible(dock is chosen and not was_open)
        if not was_open:
            chosen.bring()

    def _column(self) -> list[Dock]:
        """Return the panels of the right column that are in front, from the top."""
        return [dock for area in RIGHT for dock in self.of(area) if dock.is_front and dock.is_open]

    def _restore_column(self) -> None:
        """Give the right column the sizes that it had; Qt forgets them when the window is resized."""
        pair = [docks[0] for area in RIGHT if (docks := self.of(area))]
        wide, heights = self._column_was
        if len(pair) == len(heights) == 2:
            self._window.resizeDocks(pair, heights, Qt.Orientation.Vertical)
            self._window.resizeDocks(pair[:1], [wide], Qt.Orientation.Horizontal)

    def _queue_share(self) -> float:
        """Return which part of the bottom its left panel takes; 0: there are no two."""
        pair = self._bottom_pair()
        whole = sum(dock.width() for dock in pair)
        return pair[0].width() / whole if len(pair) == 2 and whole else 0.0

    def _share_bottom(self, share: float) -> None:
        """Divide the bottom as it was; Qt takes from one side alone."""
        pair = self._bottom_pair()
        if len(pair) == 2 and share:
            sizes = [round(_LARGE * share), round(_LARGE * (1 - share))]
            self._window.resizeDocks(pair, sizes, Qt.Orientation.Horizontal)

    def _bottom_pair(self) -> list[Dock]:
        fronts = [[dock for dock in self.of(area) if dock.is_front] for area in BOTTOM]
        return [docks[0] for docks in fronts if docks]

    def _split(self, first: str, second: str, way: Qt.Orientation) -> None:
        before, after = self.of(first), self.of(second)
        if before and after:
            self._window.splitDockWidget(before[0], after[0], way)

    def _fold_beside(self, dock: Dock) -> None:
        """Fold the whole row that a panel is in."""
        if dock.spec.area in BOTTOM:
            self.fold(BOTTOM, not dock.is_folded)

    def _regroup(self) -> None:
        order = list(self.items.values())
        for bar in self._window.findChildren(QTabBar, options=_DIRECT):
            bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Qt's own, which headers stand for
        for dock in order:
            beside = {dock, *self._window.tabifiedDockWidgets(dock)}
            group = [item for item in order if item in beside and item.is_open]
            dock.header.show_group(group or [dock])
        if self._opens:
            self._opens = False
            self._restore_column()
        self._share_bottom(self._share)
        self._share = 0.0
        self.changed.emit()


def _least(studio: Studio, area: str) -> QSize:
    """Return the least size of a panel."""
    layout = studio.looks.theme.layout
    if area in RIGHT:
        return QSize(layout("right_column_min"), 64)
    return QSize(_SIDE_MIN, 64)
