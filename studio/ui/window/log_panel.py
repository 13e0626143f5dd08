"""The log of this program and of its worker."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QToolButton, QVBoxLayout, QWidget

from studio.ui.filter_row import FilterRow
from studio.ui.rows import PADDING, Emptiness, RowList, RowPainter
from studio.ui.session.log_lines import LogLine

if TYPE_CHECKING:
    from studio.ui.studio import Studio

LEVELS = ("All", "Warnings", "Errors")
_SHOWN = {"Warnings": ("warning", "error"), "Errors": ("error",)}
_COLORS = {"warning": "status.warning", "error": "status.error", "debug": "text.muted"}
PAUSE_MS = 100
"""How long lines are gathered before they are shown."""
_TIME, _SOURCE, _GAP = 64, 96, 8


class LogPainter(RowPainter):
    """Paints lines: time, who, what."""

    def height(self) -> int:
        """Return the height of a line."""
        return self.looks.theme.line("mono") + 2

    def key(self, item: LogLine) -> Hashable:
        """Return the object itself; the same may be said twice."""
        return id(item)

    def words(self, item: LogLine) -> str:
        """Return the line for the screen reader."""
        return str(item)

    def paint(self, painter: QPainter, rect: QRect, item: LogLine, hot: str) -> None:
        """Paint a line."""
        time = QRect(rect.left() + PADDING, rect.top(), _TIME, rect.height())
        self.text(painter, time, item.time, font="mono", color="text.muted")
        source = QRect(time.right() + _GAP, rect.top(), _SOURCE, rect.height())
        self.text(painter, source, item.source, font="mono", color="text.secondary")
        said = QRect(source.right() + _GAP, rect.top(), 0, rect.height())
        said.setRight(rect.right() - PADDING)
        self.text(
            painter, said, item.text, font="mono", color=_COLORS.get(item.level, "text.primary")
        )


class LogList(RowList):
    """Lines of the log that can be copied."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen lines."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the chosen lines, or all without any."""
        rows = sorted(index.row() for index in self.selectedIndexes()) or range(len(self.items))
        QGuiApplication.clipboard().setText("\n".join(str(self.items[row]) for row in rows))


class LogPanel(QWidget):
    """Shows the log.

    Args:
        studio: What the window shares.
    """

    count_changed = Signal(int)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = studio.session
        self.count = 0
        self.list = LogList(LogPainter(studio.looks), "Log", self._emptiness, self)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.filter = FilterRow(studio.looks, LEVELS, "Filter log", self._refresh, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filter)
        layout.addWidget(self.list)
        self.setFocusProxy(self.list)
        self._copy = QToolButton(self.filter)  # hidden until a header takes it
        self._copy.setIcon(studio.looks.icon("ph.copy"))
        self._copy.setAutoRaise(True)
        self._copy.setToolTip("Copy")
        self._copy.setAccessibleName("Copy log")
        self._copy.clicked.connect(self.list.copy)
        self.header_widgets: tuple[QWidget, ...] = (self._copy, self.filter.toggle)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._extend)
        self._session.logged.connect(self._logged)
        studio.looks.changed.connect(self.list.viewport().update)
        self._refresh()

    def _logged(self, text: str) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _extend(self) -> None:
        """Show what was said lately; the end stays in sight if it was."""
        bar = self.list.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        self._refresh()
        if at_end:
            self.list.scrollToBottom()

    def _refresh(self) -> None:
        lines = [line for line in self._session.log if self._fits(line)]
        self.list.add_items(lines, len(lines) - len(self.list.items))

    def _fits(self, line: LogLine) -> bool:
        levels = _SHOWN.get(self.filter.choice, (line.level,))
        return line.level in levels and self.filter.words in str(line).casefold()

    def _emptiness(self) -> Emptiness:
        return Emptiness("ph.list", "Nothing was logged", "What the worker says is shown here.")
