"""The tabs over the canvas: open graphs, the way into sub-graphs, and how the canvas is seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTabBar, QWidget

from studio.ui.documents.trails import scene
from studio.ui.kit.buttons import IconButton, keep_keyboard
from studio.ui.kit.labels import Words
from studio.ui.kit.painting import paint_focus, paint_icon, paint_text
from studio.ui.looks.looks import Looks
from studio.ui.window.breadcrumb import Breadcrumb

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

LEAST, MOST = 96, 220
_ICON_ROOM, _MARK_ROOM = 34, 30
_DOT = 3.5
_TABS_FIRST = 1000
"""How much more of the row tabs get than the empty part of it, until they have all they need."""
VIEW_BUTTONS = ("view.minimap", "view.timings", "view.links", "canvas.fit_all")


class DocumentTabs(QTabBar):
    """A tab for each open graph; a dot says that it is not saved."""

    rename_asked = Signal()
    """The title of the graph in front is to be another."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.setAccessibleName("Open graphs")
        self.setMovable(True)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._unsaved: list[bool] = []
        self._under = QPoint(-1, -1)
        looks.changed.connect(self.updateGeometry)

    def set_marks(self, unsaved: list[bool]) -> None:
        """Say which of the graphs are not saved."""
        if unsaved != self._unsaved:
            self._unsaved = unsaved
            self.update()

    def close_rect(self, index: int) -> QRect:
        """Return the place of the dot, which is a cross under the pointer."""
        rect = self.tabRect(index)
        return QRect(rect.right() - 25, rect.center().y() - 8, 18, 18)

    def tabSizeHint(self, index: int) -> QSize:
        """Return the room of an icon, the title and the mark."""
        theme = self._looks.theme
        metrics = QFontMetrics(theme.font("label_strong"))
        wide = metrics.horizontalAdvance(self.tabText(index)) + _ICON_ROOM + _MARK_ROOM + 4
        return QSize(min(max(wide, LEAST), MOST), theme.layout("tab_bar"))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Return how far a tab shrinks before the row scrolls."""
        return QSize(LEAST, self._looks.theme.layout("tab_bar"))

    def minimumSizeHint(self) -> QSize:
        """Return Qt's room for scrolling, or less where few tabs need less."""
        return super().minimumSizeHint().boundedTo(self.sizeHint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close with a click on the cross, or with the middle button."""
        index = self.tabAt(event.position().toPoint())
        middle = event.button() == Qt.MouseButton.MiddleButton
        cross = index >= 0 and self.close_rect(index).contains(event.position().toPoint())
        if index >= 0 and (middle or cross):
            self.tabCloseRequested.emit(index)
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Rename the graph of a tab."""
        at = event.position().toPoint()
        index = self.tabAt(at)
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            if not self.close_rect(index).contains(at):
                self.rename_asked.emit()
        else:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Rename with F2."""
        if event.key() == Qt.Key.Key_F2:
            self.rename_asked.emit()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._under = event.position().toPoint()
        self.update()
        super().mouseMoveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tabs."""
        painter = QPainter(self)
        for index in range(self.count()):
            self._paint_tab(painter, index)

    def _paint_tab(self, painter: QPainter, index: int) -> None:
        theme, rect = self._looks.theme, QRectF(self.tabRect(index))
        front = index == self.currentIndex()
        hover = self.underMouse() and rect.contains(self._under)
        if front:
            painter.fillRect(rect, theme.color("bg.canvas"))
            painter.fillRect(QRectF(rect.left(), 0, rect.width(), 2), theme.color("accent.line"))
        elif hover:
            painter.fillRect(rect, theme.color("bg.hover"))
        elif index + 1 != self.currentIndex():
            line = QRectF(rect.right() - 1, 10, 1, rect.height() - 20)
            painter.fillRect(line, theme.color("border.default"))
        role = "text.primary" if front else "text.secondary"
        icon = QRectF(rect.left() + 10, rect.top(), 18, rect.height())
        paint_icon(painter, self._looks, icon, "ph.tree-structure", role, 14)
        name = rect.adjusted(_ICON_ROOM, 0, -_MARK_ROOM, 0)
        font = "label_strong" if front else "value"
        paint_text(painter, theme, name, self.tabText(index), role=role, font=font)
        self._paint_mark(painter, index, hover)
        if front and self.hasFocus():
            paint_focus(painter, theme, rect.adjusted(2, 3, -2, -2))

    def _paint_mark(self, painter: QPainter, index: int, hover: bool) -> None:
        place = QRectF(self.close_rect(index))
        if hover:
            lit = place.contains(self._under)
            role = "text.primary" if lit else "text.muted"
            paint_icon(painter, self._looks, place, "ph.x-bold", role, 12)
        elif index < len(self._unsaved) and self._unsaved[index]:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._looks.theme.color("text.secondary"))
            painter.drawEllipse(place.center(), _DOT, _DOT)


class TabRow(QWidget):
    """The whole row: tabs, a button for a new one, the breadcrumb, and buttons of the view.

    Args:
        studio: What the window shares.
        close: Closes a document, after asking if it must.
    """

    def __init__(
        self, studio: Studio, close: Callable[[Document], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._close, self._is_slim = studio, close, False
        looks, theme = studio.looks, studio.looks.theme
        self.setFixedHeight(theme.layout("tab_bar"))
        self.tabs = DocumentTabs(looks, self)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.crumbs = Breadcrumb(looks, self)
        self.zoom = Words(looks, "100 %", "value", "text.secondary", self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 8, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.tabs, _TABS_FIRST)
        self._add("tab.new", "ph.plus", "New graph")
        self._row.addWidget(self.crumbs)
        self._row.addStretch(1)
        self._row.addWidget(self.zoom)
        for name in VIEW_BUTTONS:
            self._add(name)
        self.column = self._add("view.right")
        self._follow()

    def _add(self, name: str, icon: str = "", text: str = "") -> IconButton:
        """Add a button for an action."""
        action = self._studio.actions.action(name)
        button = IconButton(self._studio.looks, icon or action.icon, text or action.text, self)
        keep_keyboard(button)
        button.setCheckable(action.checkable)
        button.setObjectName(name)
        button.clicked.connect(partial(self._give, name))
        self._row.addWidget(button)
        return button

    def _give(self, name: str, _checked: bool = False) -> None:
        self._studio.actions.trigger(name)
        self.refresh_buttons()

    def refresh_buttons(self) -> None:
        """Show which ways of seeing are on."""
        for button in self.findChildren(IconButton):
            on = button.isCheckable() and self._studio.actions.checked(button.objectName())
            button.setChecked(on)
        # Beside the canvas, the column has its own headers: the way back is needed while it is closed.
        shown = self._is_slim or not self.column.isChecked()
        beside = self.column.previousInFocusChain()
        if not shown and self.column.hasFocus() and beside is not None:
            beside.setFocus()  # Qt would choose one far away
        self.column.setVisible(shown)

    def set_slim(self, on: bool) -> None:
        """Say whether the right column opens over the canvas, and needs its button always."""
        self._is_slim = on
        self.refresh_buttons()

    def show_zoom(self, zoom: float) -> None:
        """Say how large the canvas is shown."""
        self.zoom.setText(f"{round(zoom * 100)} %")

    def _follow(self) -> None:
        documents, tabs = self._studio.documents, self.tabs
        for document in documents.items:
            document.renamed.connect(self.refresh)
        documents.opened.connect(self._opened)
        documents.closed.connect(self._closed)
        documents.current_changed.connect(self._chosen)
        documents.moved.connect(self.refresh)
        tabs.currentChanged.connect(self._choose)
        tabs.tabCloseRequested.connect(self._ask_to_close)
        tabs.tabMoved.connect(self._move)
        tabs.rename_asked.connect(self._rename)
        self.crumbs.chosen.connect(self._go)
        self._shown: Document | None = None
        self.refresh()
        self._chosen(documents.current)

    def _opened(self, document: Document) -> None:
        document.renamed.connect(self.refresh)
        self.refresh()

    def _closed(self, document: Document) -> None:
        document.renamed.disconnect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show the tabs as the documents are now."""
        items, tabs = self._studio.documents.items, self.tabs
        tabs.blockSignals(True)
        while tabs.count() > len(items):
            tabs.removeTab(tabs.count() - 1)
        before = [tabs.tabText(index) for index in range(tabs.count())]
        for index, document in enumerate(items):
            if index >= tabs.count():
                tabs.addTab(document.title)
            elif before[index] != document.title:
                tabs.setTabText(index, document.title)
            tabs.setTabToolTip(index, _tip(document))
        current = self._studio.documents.current
        if current in items:
            tabs.setCurrentIndex(items.index(current))
        tabs.blockSignals(False)
        tabs.set_marks([not document.saved for document in items])
        if before != [document.title for document in items]:
            tabs.updateGeometry()

    def _chosen(self, document: Document | None) -> None:
        if self._shown is not None:
            self._shown.shown.disconnect(self._show_trail)
        self._shown = document
        if document is not None:
            document.shown.connect(self._show_trail)
        self._show_trail()
        self.refresh()

    def _show_trail(self) -> None:
        document = self._shown
        self.crumbs.show_trail(document.title if document else "", trail_titles(document))

    def _go(self, depth: int) -> None:
        if self._shown is not None:
            self._shown.go(self._shown.trail[:depth])

    def _choose(self, index: int) -> None:
        items = self._studio.documents.items
        if 0 <= index < len(items):
            self._studio.documents.set_current(items[index])

    def _ask_to_close(self, index: int) -> None:
        self._close(self._studio.documents.items[index])

    def _rename(self) -> None:
        self._studio.actions.trigger("file.rename")

    def _move(self, before: int, after: int) -> None:
        self._studio.documents.move(before, after)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        QPainter(self).fillRect(self.rect(), self._studio.looks.theme.color("bg.app"))


def _tip(document: Document) -> str:
    """Say where a graph is saved, and its title where that is another name."""
    where = str(document.path or "not saved yet")
    title = document.graph.title
    return f"{title}\n{where}" if title not in ("", document.title) else where


def trail_titles(document: Document | None) -> list[str]:
    """Return what people call the sub-graphs that lead to the one that is shown."""
    if document is None:
        return []
    titles = []
    for depth, name in enumerate(document.trail):
        node = scene(document.graph, document.trail[:depth]).nodes[name]
        titles.append(node.title or document.graph.graphs[node.sub_graph].title or name)
    return titles
