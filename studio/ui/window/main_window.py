"""The window: what is where, and what follows from its size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QRect, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedLayout, QToolBar, QVBoxLayout, QWidget

from studio.ui.actions.actions import native
from studio.ui.canvas.empty_graph import EmptyGraph
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.kit.sections import EmptyState
from studio.ui.kit.toast import Toasts
from studio.ui.window.command_palette import CommandPalette
from studio.ui.window.dock import RIGHT, PanelSpec
from studio.ui.window.docks import Docks
from studio.ui.window.menus import Menus
from studio.ui.window.rail import Rail
from studio.ui.window.shortcuts_help import ShortcutsHelp
from studio.ui.window.status_bar import StatusBar
from studio.ui.window.tab_bar import TabRow
from studio.ui.window.top_bar import NARROW, TopBar

if TYPE_CHECKING:
    from studio.ui.documents.closing import Closing
    from studio.ui.documents.document import Document
    from studio.ui.messages import Message
    from studio.ui.studio import Studio

SIZE = 1600, 1000
TITLE = "Wirebrush"
LEAST_CANVAS = 480
SLIM = 1200
"""Windows that are less wide have the right column over the canvas."""
LAYOUT = 1
"""Version of saved layouts."""


class MainWindow(QMainWindow):
    """Everything around the canvas.

    Args:
        studio: What the window shares; actions are declared, and bound after this.
        panels: Which panels there are.
        closing: Asks before anything is lost.
        rail: Panels and commands on the rail, from the top.
    """

    painted = Signal()
    """The window was painted for the first time."""
    activated = Signal()
    """It is the window that the user works in again."""
    closed = Signal()
    files_dropped = Signal(list)
    """Files to be opened."""

    def __init__(
        self,
        studio: Studio,
        panels: Sequence[PanelSpec],
        closing: Closing,
        rail: Sequence[str],
    ) -> None:
        super().__init__()
        self.studio = studio
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.menus = Menus(studio.actions, self)
        self.top_bar = TopBar(studio, self.menus, self)
        self.setMenuWidget(self.top_bar)
        self._closing, self._is_settled, self._is_asking = closing, False, False
        self._make_stage()
        self.status = StatusBar(studio, self)
        self.setStatusBar(self.status)
        self.docks = Docks(studio, self, panels)
        self._make_rail(rail)
        self.palette_ = CommandPalette(studio.looks, studio.actions, self)
        self.toasts = Toasts(studio.looks, self.stage, self._minimap)
        self._is_painted = False
        self._is_laid_out = False
        self._connect()
        self._show_document(studio.documents.current)
        self.resize(*SIZE)

    def _make_stage(self) -> None:
        """Put the tabs over the canvas, and what is said while no graph is open behind it."""
        self.stage = QWidget(self)
        self.stage.setMinimumWidth(LEAST_CANVAS)
        self.canvas = CanvasWidget(self.studio, None, self.stage)
        self.beginning = EmptyGraph(self.studio, self.canvas)
        self.tabs = TabRow(self.studio, self._closing.close, self.stage)
        actions = self.studio.actions
        self.empty = EmptyState(
            self.studio.looks, "ph.tree-structure", "No graph is open",
            "Begin a new one, or drop a graph or a picture here.", "New graph",
            native(next(iter(actions.chords("tab.new")), "")), lambda: actions.trigger("tab.new"),
            is_large=True,
        )  # fmt: skip
        self.empty.offer("Open the example", lambda: actions.trigger("file.example"))
        self._pages = QStackedLayout()
        self._pages.addWidget(self.canvas)
        self._pages.addWidget(self.empty)
        column = QVBoxLayout(self.stage)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addLayout(self._pages, 1)
        self.setCentralWidget(self.stage)

    def _make_rail(self, names: Sequence[str]) -> None:
        """Put panels and commands on the rail; those that do not exist are left out."""
        known = {action.id: action for action in self.studio.actions.all()}
        entries = []
        for name in names:
            action = known.get(self._command(name))
            if action:
                entries.append((name, action.text, action.icon))
        foot = [("help.shortcuts", "Keys and help", "ph.question")]
        self.rail = Rail(self.studio.looks, entries, foot, self)
        bar = QToolBar("Rail", self)
        bar.setObjectName("rail")
        bar.setMovable(False)
        bar.setFloatable(False)
        bar.addWidget(self.rail)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, bar)
        for name, button in self.rail.buttons.items():
            button.clicked.connect(partial(self._from_rail, name))

    def _connect(self) -> None:
        studio = self.studio
        studio.documents.current_changed.connect(self._show_document)
        studio.messages.shown.connect(self._say)
        studio.messages.withdrawn.connect(self.toasts.withdraw)
        studio.documents.closed.connect(self._forget)
        studio.actions.attach(self, "window")
        studio.session.issues_changed.connect(self._refresh_actions)
        self.canvas.hint.connect(self.status.say)
        self.canvas.zoomed.connect(self.tabs.show_zoom)
        self.docks.changed.connect(self._follow_docks)
        studio.looks.changed.connect(self.update)

    # --- What others ask ---

    def show_panel(self, panel: str) -> None:
        """Show a panel with the keyboard in it; one at the side closes when it was open."""
        dock = self.docks.items[panel]
        if dock.spec.area == "side":
            self.docks.choose_side(panel)
        else:
            dock.bring()

    def has_open(self, areas: Iterable[str]) -> bool:
        """Say whether a panel of some areas is open."""
        return any(dock.is_open for dock in self.docks.of(*areas))

    def has_folded(self, areas: Iterable[str]) -> bool:
        """Say whether the panels of some areas show only their headers."""
        return any(dock.is_folded for dock in self.docks.of(*areas))

    def toggle_right(self) -> None:
        """Open or close the right column."""
        self.docks.open_column(not self.has_open(RIGHT))

    def toggle_full_screen(self) -> None:
        """Fill the screen, or no longer."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def open_palette(self) -> None:
        """Open the command palette."""
        self.palette_.open()

    def open_shortcuts(self) -> None:
        """Show all keys."""
        ShortcutsHelp(self.studio.looks, self.studio.actions, self).open()

    def open_about(self) -> None:
        """Show what this program is."""
        from studio.ui.window.about import About

        About(self.studio.looks, self).open()

    # --- Layout ---

    def save_layout(self, settings: QSettings) -> None:
        """Remember where everything is, and what the right column has where there is room."""
        settings.setValue("column", " ".join(sorted(self.docks.column)))
        settings.setValue("geometry", self.saveGeometry())
        settings.setValue("panels", self.saveState(LAYOUT))

    def restore_layout(self, settings: QSettings) -> bool:
        """Put everything where it was; say whether something was remembered."""
        geometry, panels = settings.value("geometry"), settings.value("panels")
        if not isinstance(geometry, QByteArray) or not isinstance(panels, QByteArray):
            return False
        # Panels that were closed do not hold a small window open: they go first.
        if not self.restoreState(panels, LAYOUT):
            return False
        column = str(settings.value("column") or "").split()
        self.docks.set_slim(bool(column))
        self.docks.column = {name for name in column if name in self.docks.items}
        layout = self.layout()
        if layout:
            layout.activate()
        return self.restoreGeometry(geometry) and self.restoreState(panels, LAYOUT)

    # --- Inside ---

    def _show_document(self, document: Document | None) -> None:
        # A graph is fitted into the canvas when it is first shown; before that, sizes are not known.
        if self._is_laid_out:
            self.canvas.set_document(document)
        is_first = document is not None and self._pages.currentWidget() is self.empty
        self._pages.setCurrentWidget(self.canvas if document else self.empty)
        if is_first:  # the keyboard left the canvas with the last graph
            self.canvas.setFocus()
        self.setWindowTitle(f"{document.title} - {TITLE}" if document else TITLE)
        self._refresh_actions()

    def _lay_out(self) -> None:
        for part in (self, self.stage):
            layout = part.layout()
            if layout:
                layout.activate()
        self._show_document(self.studio.documents.current)

    def _minimap(self) -> QRect:
        """Return where the minimap is over the stage; nowhere while it is not shown."""
        if not self.canvas.shows_minimap:
            return QRect()
        rect = self.canvas.minimap_rect()
        return QRect(self.canvas.mapTo(self.stage, rect.topLeft()), rect.size())

    def _say(self, message: Message) -> None:
        self.toasts.show(message)

    def _forget(self, document: Document) -> None:
        """Say nothing more about a graph that is closed."""
        self.toasts.withdraw(document.id)

    def _refresh_actions(self, _document: Document | None = None) -> None:
        self.tabs.refresh_buttons()
        self.top_bar.refresh()

    def _command(self, name: str) -> str:
        """Return the command that an entry of the rail gives: that of a panel, or itself."""
        dock = self.docks.items.get(name)
        return dock.spec.command if dock else name

    def _from_rail(self, name: str, _checked: bool = False) -> None:
        self.studio.actions.trigger(self._command(name))
        self._follow_docks()

    def _follow_docks(self) -> None:
        """Show on the rail what is open at the side."""
        for name, button in self.rail.buttons.items():
            dock = self.docks.items.get(name)
            button.setChecked(bool(dock and dock.is_open and dock.is_front))
        self.status.hint_width = self.docks.column_width
        self.status.update()
        self.tabs.refresh_buttons()

    # --- Qt ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open graphs, and pictures that carry one."""
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        self.files_dropped.emit([Path(url.toLocalFile()) for url in urls])
        event.acceptProposedAction()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the graph as soon as the canvas has its size."""
        super().showEvent(event)
        if not self._is_laid_out:
            self._is_laid_out = True
            self._lay_out()
            self.canvas.setFocus()
        self._follow_docks()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the canvas in small windows."""
        super().resizeEvent(event)
        width = event.size().width()
        self.top_bar.set_narrow(width < NARROW)
        self.docks.set_slim(width < SLIM)
        self.tabs.set_slim(width < SLIM)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say when everything has been painted once."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def changeEvent(self, event: QEvent) -> None:
        """Say when the user comes back."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close when nothing is lost by it; that may be asked first."""
        if not self._is_settled:
            self._is_asking = True
            self._closing.settle(self._settled)
            self._is_asking = False
        if not self._is_settled:
            event.ignore()
            return
        self.status.close_clock()
        self.toasts.clear()
        self.canvas.close()
        self.closed.emit()
        super().closeEvent(event)

    def _settled(self) -> None:
        """Close now, unless Qt is about to: it closes nothing twice at a time."""
        self._is_settled = True
        if not self._is_asking:
            self.close()
