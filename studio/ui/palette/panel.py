"""The palette: every node type by category, to search, to read about, and to drag to the canvas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QVBoxLayout,
    QWidget,
)

from studio.canvas.layout import category_of
from studio.canvas.search import Found, Search
from studio.core.registry import LoadFailure
from studio.core.spec import NodeSpec
from studio.core.sub_graphs import interfaces
from studio.ui.inspector.foot import Foot
from studio.ui.kit.dialog import Dialog
from studio.ui.kit.fields import Field
from studio.ui.kit.painting import paint_ground, paint_icon, paint_text
from studio.ui.looks.hues import CATEGORIES, icon_of
from studio.ui.mimes import NODE_MIME
from studio.ui.palette.found_row import FOUND, FoundDelegate

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

"""Kind of what is dragged: the id of a node type in UTF-8."""
_HEAD_ICON, _CARET = 16, 14
_FAILURE = Qt.ItemDataRole.UserRole + 1
_CATEGORY = Qt.ItemDataRole.UserRole + 2
_FAILED = "Could not be loaded"
_HOW = (
    "Add a node",
    "Drag it to where it shall be. Enter or a double click adds it in the middle; F1 tells all of it.",
)


class PalettePanel(QWidget):
    """A search line over a tree of node types, with help at the foot."""

    add_asked = Signal(str)
    """Id of a node type that goes to the middle of the canvas."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._document: Document | None = None
        self._specs: list[NodeSpec] = []
        self.setAccessibleName("Nodes")
        self.search = Field(studio.looks, "Search nodes", "ph.magnifying-glass", self)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.tree = Tree(studio, self)
        self.tree.itemActivated.connect(self._take)
        self.tree.currentItemChanged.connect(self._explain)
        self.tree.helped.connect(self._help)
        self.foot = Foot(studio.looks, self)
        self.foot.setFixedHeight(self.foot.sizeHint().height())
        self.foot.say(*_HOW)
        self._arrange()
        studio.documents.current_changed.connect(self._follow)
        studio.session.worker_changed.connect(self._renew)
        studio.looks.changed.connect(self._fill)
        self._follow(studio.documents.current)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(around(self.search))
        column.addLayout(around(self.tree))
        column.addWidget(self.foot)

    @property
    def found(self) -> list[str]:
        """Ids of the node types that are listed, in order."""
        return [found.spec.id for found in self.tree.founds()]

    # --- What is listed ---

    def _follow(self, document: Document | None) -> None:
        """List the sub-graphs of another document."""
        if self._document is not None:
            self._document.changed.disconnect(self._renew)
        self._document = document
        if document is not None:
            document.changed.connect(self._renew)
        self._renew()

    def _renew(self, *_told: object) -> None:
        """List what there is now, if that is anything else."""
        own = self._document.graph.graphs if self._document else {}
        specs = [*self._studio.registry.specs.values()]
        specs += interfaces(own, self._studio.registry).values() if own else ()
        if specs != self._specs:
            self._specs = specs
            self._fill()

    def _fill(self, *_told: object) -> None:
        text = self.search.text()
        self.tree.clear()
        self.tree.delegate.query = text
        founds = Search(self._specs).find(text)
        if text.strip():
            self.tree.show_flat(founds)
        else:
            self.tree.show_categories(founds, self._studio.registry.failures)

    # --- What is done with it ---

    def _take(self, line: QTreeWidgetItem) -> None:
        """Add a node type, or show why one could not be loaded."""
        found, failure = line.data(0, FOUND), line.data(0, _FAILURE)
        if isinstance(found, Found):
            self.add_asked.emit(found.spec.id)
        elif isinstance(failure, LoadFailure):
            self.show_failure(failure)
        else:
            line.setExpanded(not line.isExpanded())

    def show_failure(self, failure: LoadFailure) -> Dialog:
        """Show the whole story of a module that could not be loaded."""
        dialog = Dialog(self._studio.looks, failure.module, failure.text, self.window())
        story = QPlainTextEdit(failure.traceback or failure.text, dialog)
        story.setReadOnly(True)
        story.setAccessibleName("Traceback")
        story.setFont(self._studio.looks.theme.font("mono"))
        story.setMinimumSize(560, 280)
        dialog.body.addWidget(story)
        dialog.open()
        return dialog

    def _explain(self, line: QTreeWidgetItem | None, _before: object = None) -> None:
        found = line.data(0, FOUND) if line else None
        failure = line.data(0, _FAILURE) if line else None
        if isinstance(found, Found):
            self.foot.say(found.spec.title, f"{found.spec.summary}\n\n{found.spec.help}".strip())
        elif isinstance(failure, LoadFailure):
            self.foot.say(failure.module, failure.text)
        else:
            self.foot.say(*_HOW)

    def _help(self) -> None:
        """Show all that is known of a node type."""
        line = self.tree.currentItem()
        found = line.data(0, FOUND) if line else None
        if isinstance(found, Found):
            self.show_help(found.spec)

    def show_help(self, spec: NodeSpec) -> Dialog:
        """Show the manual of a node type, made from its docstring."""
        dialog = Dialog(self._studio.looks, spec.title, spec.summary, self.window())
        manual = QPlainTextEdit("\n".join(manual_of(spec)), dialog)
        manual.setReadOnly(True)
        manual.setAccessibleName("Manual")
        manual.setMinimumSize(560, 320)
        dialog.body.addWidget(manual)
        dialog.open()
        return dialog

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk the list from the search line, and take its first line by Enter."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                line = self.tree.currentItem()
                if line:
                    self._take(line)
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_F1):
                self.tree.keyPressEvent(event)
                return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._studio.looks.theme.color("bg.panel"))


class _Lines(FoundDelegate):
    """Paints node types as the search at the cursor does but for the id, and headings as Qt does."""

    def _paint_id(self, painter: QPainter, rect: QRectF, text: str) -> float:
        """Leave the narrow panel to the titles."""
        return rect.right()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one line."""
        if isinstance(index.data(FOUND), Found):
            super().paint(painter, option, index)
        elif isinstance(index.data(_CATEGORY), str):
            self._paint_heading(painter, option, index)
        else:
            QStyledItemDelegate.paint(self, painter, option, index)

    def _paint_heading(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the caret, the icon and the name of a category."""
        theme, category, rect = self._looks.theme, index.data(_CATEGORY), QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            paint_ground(painter, theme, rect, "accent.soft")
        caret = "down" if option.state & QStyle.StateFlag.State_Open else "right"
        place = QRectF(rect.left(), rect.top(), _CARET, rect.height())
        paint_icon(
            painter, self._looks, place, f"ph.caret-{caret}-fill", "text.secondary", _CARET - 2
        )
        rect.setLeft(place.right() + theme.space("s"))
        room = QRectF(rect.left(), rect.center().y() - _HEAD_ICON / 2, _HEAD_ICON, _HEAD_ICON)
        self._looks.icons.paint(
            painter, room, icon_of(category), theme.color(f"category.{category}.icon")
        )
        words = rect.adjusted(_HEAD_ICON + theme.space("m"), 0, 0, 0)
        paint_text(painter, theme, words, index.data(), font="label_strong")


class Tree(QTreeWidget):
    """Node types below their categories, which stay folded; they can be dragged."""

    helped = Signal()
    """F1 was pressed on the chosen line."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = studio.looks
        self._folded: set[str] = set()
        self.delegate = _Lines(studio.looks, self)
        self.setItemDelegate(self.delegate)
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRootIsDecorated(False)
        self.setIndentation(12)
        self.setExpandsOnDoubleClick(False)
        self.setUniformRowHeights(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Node types")
        self.viewport().setAutoFillBackground(False)
        self.itemCollapsed.connect(lambda line: self._folded.add(line.text(0)))
        self.itemExpanded.connect(lambda line: self._folded.discard(line.text(0)))

    def founds(self) -> Iterator[Found]:
        """Return what is listed, in order."""
        for line in self._lines():
            found = line.data(0, FOUND)
            if isinstance(found, Found):
                yield found

    def show_flat(self, founds: Sequence[Found]) -> None:
        """List node types, the nearest first."""
        for found in founds:
            self._add(found, self.invisibleRootItem())
        first = self.topLevelItem(0)
        if first:
            self.setCurrentItem(first)

    def show_categories(self, founds: Sequence[Found], failures: Sequence[LoadFailure]) -> None:
        """List node types below their categories, and what could not be loaded."""
        groups: dict[str, QTreeWidgetItem] = {}
        for found in sorted(founds, key=lambda found: found.spec.title.casefold()):
            name = found.spec.category
            if name not in groups:
                groups[name] = self._group(name, category_of(found.spec))
            self._add(found, groups[name])
        for name in sorted(groups, key=lambda name: _rank(groups[name])):
            self.addTopLevelItem(groups[name])
            groups[name].setExpanded(name not in self._folded)
        if failures:
            self._add_failures(failures)

    def _group(self, name: str, category: str) -> QTreeWidgetItem:
        line = QTreeWidgetItem([name])
        line.setData(0, _CATEGORY, category)
        return line

    def _add(self, found: Found, group: QTreeWidgetItem) -> None:
        line = QTreeWidgetItem(group, [found.spec.title])
        line.setData(0, FOUND, found)
        line.setToolTip(0, found.spec.summary)

    def _add_failures(self, failures: Sequence[LoadFailure]) -> None:
        group = QTreeWidgetItem(self, [f"{_FAILED} ({len(failures)})"])
        group.setIcon(0, self._looks.icon("ph.warning-fill", "status.warning"))
        group.setFont(0, self._looks.theme.font("label_strong"))
        for failure in failures:
            line = QTreeWidgetItem(group, [failure.module])
            line.setData(0, _FAILURE, failure)
            line.setToolTip(0, failure.text)
        group.setExpanded(True)

    def _lines(self) -> list[QTreeWidgetItem]:
        """Return all lines, the folded ones too."""
        lines: list[QTreeWidgetItem] = []
        walk = QTreeWidgetItemIterator(self)
        while line := walk.value():
            lines.append(line)
            walk += 1
        return lines

    def mimeTypes(self) -> list[str]:
        """Return the kind of what is dragged."""
        return [NODE_MIME]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        """Return the id of the node type that is dragged."""
        data = QMimeData()
        for line in items:
            found = line.data(0, FOUND)
            if isinstance(found, Found):
                data.setData(NODE_MIME, QByteArray(found.spec.id.encode()))
        return data

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold a category by a click anywhere on its heading."""
        super().mousePressEvent(event)
        line = self.itemAt(event.position().toPoint())
        if line and line.childCount() and event.button() == Qt.MouseButton.LeftButton:
            line.setExpanded(not line.isExpanded())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for help with F1."""
        if event.key() == Qt.Key.Key_F1:
            self.helped.emit()
        else:
            super().keyPressEvent(event)


def around(widget: QWidget) -> QVBoxLayout:
    """Return a layout that keeps a widget from the edges of the panel."""
    layout = QVBoxLayout()
    layout.setContentsMargins(8, 0, 8, 0)
    layout.addWidget(widget)
    return layout


def _rank(group: QTreeWidgetItem) -> tuple[int, str]:
    """Return the place of a category: that of the theme's, then by name."""
    category = group.data(0, _CATEGORY)
    known = category in CATEGORIES
    place = CATEGORIES.index(category) if known else len(CATEGORIES)
    return place, group.text(0)


def manual_of(spec: NodeSpec) -> Iterator[str]:
    """Return the manual of a node type, line by line."""
    if spec.help:
        yield from (spec.help.replace("``", ""), "")
    for title, items in (("Inputs", spec.inputs), ("Outputs", spec.outputs)):
        if items:
            yield title
            yield from (
                f"  {item.name} ({item.type}): {item.help}".replace("``", "") for item in items
            )
            yield ""
    if spec.raises:
        yield "What can go wrong"
        yield from (f"  {name}: {text}" for name, text in spec.raises)
        yield ""
    if spec.source:
        yield f"Source: {spec.source}"
