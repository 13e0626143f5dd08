"""The right column over the canvas, in windows that have no room for it beside the canvas."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QStatusBar,
    QStyle,
    QStyleOption,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from studio.ui.kit.painting import MARGIN, paint_shadow
from studio.ui.looks.looks import Looks
from studio.ui.window.dock import RIGHT, Dock

_VIEWER_SHARE = 0.55
_CANVAS_LEFT = 96
"""What of the canvas stays free, so that a click there can close this."""


class _Shade(QWidget):
    """The shadow of the drawer on the canvas."""

    def __init__(self, looks: Looks, window: QWidget) -> None:
        super().__init__(window)
        self._looks = looks
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what falls to the left."""
        thrown = self.rect().adjusted(self.width(), 0, self.width(), 0).toRectF()
        paint_shadow(QPainter(self), self._looks.theme, thrown)


class Drawer(QWidget):
    """Lies over the canvas until Esc is pressed or the keyboard goes to what it covers.

    A click on the canvas takes the keyboard there. Tools beside it stay in reach: a run can be
    started while its picture is watched.

    Args:
        looks: The theme.
        window: What it lies over, from below its tabs down to its status bar.
    """

    changed = Signal()
    """It was opened or put away."""

    def __init__(self, looks: Looks, window: QMainWindow) -> None:
        super().__init__(window)
        self._looks, self._window = looks, window
        layout = looks.theme.layout
        self._grip = layout("splitter_hit")
        self._wide = layout("right_column")
        self._limits = layout("right_column_min"), layout("right_column_max")
        self._before: QWidget | None = None
        self._grabbed: int | None = None
        self._is_divided = False
        self._docks: dict[QWidget, Dock] = {}
        self._stacks: dict[str, QStackedWidget] = {}
        self._shade = _Shade(looks, window)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(self._grip, 0, 0, 0)
        column.addWidget(self._split)
        self.setAccessibleName("Right column")
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self._split.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()
        window.installEventFilter(self)

    # --- What is in it ---

    @property
    def docks(self) -> list[Dock]:
        """The panels that are in it."""
        return [dock for dock in self._docks.values() if dock.lent]

    @property
    def fronts(self) -> list[Dock]:
        """The panels that are seen when it is open, from the top."""
        stacks = (self._stacks[area] for area in RIGHT if area in self._stacks)
        pages = (stack.currentWidget() for stack in stacks)
        return [self._docks[page] for page in pages if page in self._docks]

    def take(self, dock: Dock, *, front: bool) -> None:
        """Take a panel in, before those of its group."""
        stack = self._stack(dock.spec.area)
        page = dock.lend()
        self._docks[page] = dock
        stack.insertWidget(0, page)
        if front or stack.count() == 1:
            stack.setCurrentWidget(page)

    def give_back(self) -> None:
        """Put this away, and give the panels back."""
        self.put_away()
        for page, dock in self._docks.items():
            if dock.lent is page:
                dock.take_back()
        self._docks.clear()

    def show_front(self, dock: Dock) -> None:
        """Open this with a panel in front."""
        assert dock.lent is not None
        self._stacks[dock.spec.area].setCurrentWidget(dock.lent)
        self.open()

    def _stack(self, area: str) -> QStackedWidget:
        if area not in self._stacks:
            self._stacks[area] = QStackedWidget(self)
            self._split.insertWidget(RIGHT.index(area), self._stacks[area])
        return self._stacks[area]

    # --- Open and closed ---

    def open(self) -> None:
        """Lie over the canvas."""
        if self.isVisible():
            return
        self._before = QApplication.focusWidget()
        self._place()
        if not self._is_divided:
            self._is_divided = True
            upper = round(self.height() * _VIEWER_SHARE)
            self._split.setSizes([upper, self.height() - upper])
        for part in (self._shade, self):
            part.show()
            part.raise_()
        self.setFocus(
            Qt.FocusReason.PopupFocusReason
        )  # until a panel takes it: an empty one may not
        _app().focusChanged.connect(self._focus_went)
        self.changed.emit()

    def put_away(self) -> None:
        """Close, and give the keyboard back to where it was before."""
        if not self.isVisible():
            return
        _app().focusChanged.disconnect(self._focus_went)
        before, self._before = self._before, None
        if self.has_keys and before is not None and isValid(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self._shade.hide()
        self.changed.emit()

    @property
    def has_keys(self) -> bool:
        """Whether the keyboard is in it."""
        focus = QApplication.focusWidget()
        return focus is not None and (focus is self or self.isAncestorOf(focus))

    def _focus_went(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Give way to what has the keyboard now, if this lies over it."""
        if now is not None and now.window() is self._window and not self.has_keys:
            place = QRect(now.mapTo(self._window, QPoint()), now.size())
            if place.intersects(self.geometry()):
                self.put_away()

    # --- Place and size ---

    def _place(self) -> None:
        window, stage = self._window, self._window.centralWidget()
        top = stage.y() + self._looks.theme.layout("tab_bar") if stage else 0
        status = window.findChild(QStatusBar)
        below = status.height() if status and status.isVisible() else 0
        least, most = self._limits
        wide = max(min(self._wide, most, window.width() - _CANVAS_LEFT), least) + self._grip
        area = QRect(window.width() - wide, top, wide, window.height() - below - top)
        self.setGeometry(area)
        self._shade.setGeometry(area.left() - MARGIN, top, MARGIN, area.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the edge of the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the edge."""
        if event.position().x() < self._grip:
            self._grabbed = self.width() + event.globalPosition().toPoint().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Make this wider or narrower."""
        if self._grabbed is not None:
            least, most = self._limits
            wide = self._grabbed - event.globalPosition().toPoint().x() - self._grip
            self._wide = max(least, min(wide, most))
            self._place()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the edge."""
        self._grabbed = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the edge as that between any two panels."""
        option = QStyleOption()
        option.initFrom(self)
        option.rect = QRect(0, 0, self._grip, self.height())
        lit = self._grabbed is not None or self.hasFocus()
        option.state = QStyle.StateFlag.State_MouseOver if lit else QStyle.StateFlag.State_None
        self.style().drawControl(QStyle.ControlElement.CE_Splitter, option, QPainter(self), self)


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
