"""Rows of texts under named columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableWidget, QTableWidgetItem, QWidget

from studio.core.widgets import Table
from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.painting import paint_ground

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.studio import Studio

_MOST = 8
_ROW = 24

Rows = tuple[tuple[str, ...], ...]


class TableEditor(Editor):
    """Edits cells; rows are added and removed by buttons, Insert and Del."""

    is_wide = True

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(studio, item, parent)
        self._rows: Rows = ()
        self._showing = False
        self._problem = ""
        self.table = _Cells(self)
        self.table.itemChanged.connect(self._changed)
        self.table.itemSelectionChanged.connect(self.update)
        self.setFocusProxy(self.table)
        self._plus = IconButton(studio.looks, "ph.plus", "Add a row", self, 14)
        self._plus.clicked.connect(self.add_row)
        self._minus = IconButton(studio.looks, "ph.minus", "Remove the row", self, 14)
        self._minus.clicked.connect(self.remove_row)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.item.widget.columns if isinstance(self.item.widget, Table) else ()

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show the rows; cells that stay the same are left alone."""
        rows = () if value is MIXED or value is None else tuple(map(tuple, value))
        self._problem = problem
        self._showing = True
        self.table.setColumnCount(len(self.columns))
        self.table.setHorizontalHeaderLabels(list(self.columns))
        self.table.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column in range(len(self.columns)):
                self._show_cell(at, column, row[column] if column < len(row) else "")
        self._showing = False
        grown = len(rows) != len(self._rows)
        self._rows = rows
        if grown:
            self.updateGeometry()
        self.update()

    def _show_cell(self, row: int, column: int, text: str) -> None:
        cell = self.table.item(row, column)
        if cell is None:
            self.table.setItem(row, column, QTableWidgetItem(text))
        elif cell.text() != text:
            cell.setText(text)

    def add_row(self) -> None:
        """Add an empty row below the chosen one."""
        at = self.table.currentRow() + 1 or len(self._rows)
        empty = ("",) * len(self.columns)
        self.report((*self._rows[:at], empty, *self._rows[at:]))
        self.table.setCurrentCell(at, 0)

    def remove_row(self) -> None:
        """Remove the chosen row, or the last one."""
        at = self.table.currentRow() if self.table.currentRow() >= 0 else len(self._rows) - 1
        self.report(tuple(row for index, row in enumerate(self._rows) if index != at))

    def _changed(self, cell: QTableWidgetItem) -> None:
        if not self._showing:
            rows = [list(row) + [""] * (len(self.columns) - len(row)) for row in self._rows]
            rows[cell.row()][cell.column()] = cell.text()
            self.report(tuple(map(tuple, rows)))

    def sizeHint(self) -> QSize:
        """Return the height of the rows, a head, and the buttons."""
        rows = min(max(len(self._rows), 1), _MOST) + 1
        return QSize(200, self.head + rows * _ROW + 4 + self.studio.looks.theme.size("control"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the table and the buttons."""
        side = self.studio.looks.theme.size("control")
        self.table.setGeometry(self.rect().adjusted(1, self.head + 1, -1, -side - 3))
        self._plus.setGeometry(0, self.height() - side, side, side)
        self._minus.setGeometry(side + 2, self.height() - side, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field behind the table."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        side = theme.size("control")
        rect = QRectF(self.rect()).adjusted(0, self.head, 0, -side - 2)
        paint_ground(painter, theme, rect, "bg.field")
        problem = "error" if self._problem else ""
        paint_field_edge(painter, theme, rect, focus=self.table.hasFocus(), problem=problem)


class _Cells(QTableWidget):
    """The cells, with keys for whole rows."""

    def __init__(self, editor: TableEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(editor.accessibleName())
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.horizontalHeader().setStretchLastSection(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Add and remove rows."""
        if event.key() == Qt.Key.Key_Insert:
            self._editor.add_row()
        elif event.key() == Qt.Key.Key_Delete:
            self._editor.remove_row()
        else:
            super().keyPressEvent(event)
