"""The steps of the current document: what was done, what was undone, and a click to any of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.rows import PADDING, Emptiness, RowList, RowPainter

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

START = "Opened"
_MARK, _DONE = 8, 14


@dataclass(frozen=True, slots=True)
class Step:
    """A row.

    Attributes:
        position: How many steps are done there.
        name: What the last of them did.
        state: Whether it is done, undone, or where the document is.
        saved: Whether the file holds it.
    """

    position: int
    name: str
    state: str
    saved: bool = False


class StepPainter(RowPainter):
    """Paints steps: a mark, the name, and where the document is."""

    def key(self, item: Step) -> Hashable:
        """Return its place and name."""
        return item.position, item.name

    def words(self, item: Step) -> str:
        """Return a step for the screen reader."""
        return f"{item.position} {item.name}, {item.state}" + (", saved" if item.saved else "")

    def paint(self, painter: QPainter, rect: QRect, item: Step, hot: str) -> None:
        """Paint a step."""
        here = item.state == "here"
        role = "text.disabled" if item.state == "undone" else "text.primary"
        icon = "ph.caret-right-fill" if here else "ph.circle-fill"
        at = QPoint(rect.left() + PADDING + _MARK // 2, rect.center().y() + 1)
        mark = "accent.text" if here else "border.strong"
        self.icon(painter, at, icon, mark, _DONE if here else _MARK - 2)
        left = PADDING + _MARK + PADDING
        right = PADDING + (_DONE + PADDING if item.saved else 0)
        font = "label_strong" if here else "label"
        line = rect.adjusted(left, 0, -right, 0)
        self.text(painter, line, item.name, font=font, color=role)
        if item.saved:
            at = QPoint(rect.right() - PADDING - _DONE // 2, rect.center().y() + 1)
            self.icon(painter, at, "ph.floppy-disk", "text.muted", _DONE)


class HistoryPanel(QWidget):
    """The history of the current document.

    Args:
        studio: What the window's parts share.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents = studio.documents
        self._document: Document | None = None
        self.list = RowList(StepPainter(studio.looks), "History", _emptiness, self)
        self.list.chosen.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        studio.documents.current_changed.connect(self._follow)
        self._follow(studio.documents.current)

    def _follow(self, document: Document | None) -> None:
        if self._document:
            self._document.changed.disconnect(self._show)
            self._document.renamed.disconnect(self._show)
        self._document = document
        if document:
            document.changed.connect(self._show)
            document.renamed.connect(self._show)
        self._show()

    def _show(self) -> None:
        document = self._document
        self.list.show_items(steps_of(document) if document else [])
        if document:
            row = self.list.model().index(document.position, 0)
            self.list.setCurrentIndex(row)
            self.list.scrollTo(row)

    def _go(self, step: Step) -> None:
        if self._document:
            self._document.go_to(step.position)


def steps_of(document: Document) -> list[Step]:
    """Return the rows of a document, the oldest first."""
    here = document.position
    return [
        Step(
            position,
            name,
            "here" if position == here else "undone" if position > here else "done",
            document.saved_at == position,
        )
        for position, name in enumerate((START, *document.steps))
    ]


def _emptiness() -> Emptiness:
    return Emptiness("ph.clock-counter-clockwise", "No graph is open", "Its steps appear here.")
