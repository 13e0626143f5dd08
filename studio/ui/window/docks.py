"""The panels around the canvas: where they are at first, opened, folded, and kept where they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QTabBar

from studio.ui.window.dock import BOTTOM, RIGHT, SIDE, Dock, PanelSpec
from studio.ui.window.drawer import Drawer

if TYPE_CHECKING:
    from studio.ui.studio import Studio

VIEWER_HEIGHT = 452
"""Height of the upper panel of the right column at first."""
_QUEUE_SHARE = 0.476
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


class Docks(QObject):
    """All panels of a window.

    Args:
        studio: What the window shares.
        window: Whose panels they are.
        specs: Which there are.

    Attributes:
        items: The panels by their ids.
        drawer: Holds the right column where the window has no room for it.
        is_slim: Whether it has none.
        column: Ids of the panels that the right column has when there is room again.
    """

    changed = Signal()
    """Others are open or in front."""

    def __init__(self, studio: Studio, window: QMainWindow, specs: Sequence[PanelSpec]) -> None:
        super().__init__(window)
        self._window, self._looks = window, studio.looks
        self.items = {spec.id: Dock(spec, studio, window) for spec in specs}
        self.drawer = Drawer(studio.looks, window)
        self.is_slim = False
        self.column: set[str] = set()
        self._share = 0.0
        self._column_was: tuple[int, list[int]] = (0, [])
        self._opens = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._regroup)
        for dock in self.items.values():
            dock.regrouped.connect(self._later.start)
            dock.header.folded.connect(partial(self._fold_beside, dock))
            dock.wanted.connect(partial(self.drawer.show_front, dock))
            dock.left.connect(self.drawer.put_away)
        self.drawer.changed.connect(self.changed)
        corner = Qt.Corner
        window.setCorner(corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.arrange()

    def of(self, *areas: str) -> list[Dock]:
        """Return the panels that belong to some areas."""
        return [dock for dock in self.items.values() if dock.spec.area in areas]

    def arrange(self) -> None:
        """Put all panels where they are at first."""
        self.drawer.give_back()
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
        if self.is_slim:
            self._lend()

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

    def set_slim(self, on: bool) -> None:
        """Say whether the window is too narrow for the right column beside the canvas."""
        if on != self.is_slim:
            self.is_slim = on
            if on:
                self._lend()
            else:
                self._take_back()
            self.changed.emit()

    def open_column(self, on: bool) -> None:
        """Open the right column, or close it; over the canvas, the keyboard goes into it."""
        if not self.drawer.docks:
            self._note_sizes()
            for dock in self.of(*RIGHT):
                dock.setVisible(on)
            self._settle_sizes(on)
        elif on:
            self.drawer.fronts[0].bring()
        else:
            self.drawer.put_away()

    @property
    def column_width(self) -> int:
        """How wide the right column is beside the canvas; 0: it is not."""
        column = [dock for dock in self.of(*RIGHT) if dock.is_open and not dock.lent]
        return max((dock.width() for dock in column), default=0)

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

    def _lend(self) -> None:
        """Move what is docked at the right into the drawer; what was open is so again later."""
        area = self._window.dockWidgetArea
        docked = [dock for dock in self.of(*RIGHT) if not (dock.lent or dock.isFloating())]
        docked = [dock for dock in docked if area(dock) == _DOCK_AREAS["right_top"]]
        if not docked:
            return
        fronts = [dock for dock in docked if dock.is_front]
        self._note_sizes()
        self.column |= {dock.spec.id for dock in docked if dock.is_open}
        for dock in reversed(docked):  # those behind first: what is seen for a moment is made
            self.drawer.take(dock, front=dock in fronts)
        self._settle_sizes(False)

    def _take_back(self) -> None:
        """Dock again what is in the drawer."""
        fronts = self.drawer.fronts
        self.drawer.give_back()
        for name in self.column:
            self.items[name].show()
        for dock in fronts:
            dock.raise_()
        self.column.clear()
        self._settle_sizes(True)

    def _note_sizes(self) -> None:
        """Note how the bottom and the right column are divided; Qt forgets it."""
        self._share = self._share or self._queue_share()
        column = self._column()
        if column:
            self._column_was = column[0].width(), [dock.height() for dock in column]

    def _settle_sizes(self, opens: bool) -> None:
        """Divide them as they were as soon as Qt has laid them out."""
        self._opens = opens
        self._later.start()

    def _column(self) -> list[Dock]:
        """Return the panels of the right column that are in front beside the canvas, from the top."""
        docks = [dock for area in RIGHT for dock in self.of(area) if dock.is_front]
        return [dock for dock in docks if dock.is_open and not dock.lent]

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
        if self.is_slim:
            self._lend()  # what was afloat may have been put back
        for dock in order:
            beside = {dock, *self._window.tabifiedDockWidgets(dock)}
            group = [item for item in order if item in beside and item.is_open]
            lent = [item for item in order if item.lent and item.spec.area == dock.spec.area]
            dock.show_group(lent if dock.lent else group or [dock])
        if self._opens:
            self._opens = False
            self._restore_column()
        self._share_bottom(self._share)
        self._share = 0.0
        self.changed.emit()
