"""The rows of the inspector below each other, in sections; rows are used again for other nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.ui.inspector.editors import editor_for, kind_for
from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.rows import Row
from studio.ui.inspector.sections import Section, is_shown
from studio.ui.inspector.targets import Target, label_of
from studio.ui.kit.sections import SectionHead

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.core.types import SpecOf
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

_PAD = 4


@dataclass(slots=True)
class _Group:
    """A section with its widgets."""

    section: Section
    head: SectionHead
    rows: list[Row] = field(default_factory=list)


class Body(QWidget):
    """Shows sections of inputs of some nodes."""

    row_entered = Signal(object)
    """The pointer or the keyboard came to a row."""
    menu_asked = Signal(object, object)
    """A row, and where on the screen."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._groups: list[_Group] = []
        self._pool: defaultdict[type[Editor] | None, list[Row]] = defaultdict(list)
        self.heads: list[SectionHead] = []
        self._open: dict[str, bool] = {}

    @property
    def rows(self) -> Iterator[Row]:
        """All rows in order, also those of closed sections."""
        return (row for group in self._groups for row in group.rows)

    def row(self, name: str) -> Row | None:
        """Return the row of an input."""
        return next((row for row in self.rows if row.target and row.target.item.name == name), None)

    def show_sections(
        self,
        document: Document,
        nodes: tuple[str, ...],
        sections: Iterable[Section],
        spec_of: SpecOf,
        *,
        ports: bool = False,
    ) -> None:
        """Show inputs of some nodes.

        Args:
            document: Whose graph is shown.
            nodes: Their ids.
            sections: The inputs.
            spec_of: Finds the spec of a node type.
            ports: Whether the inputs are ports of a sub-graph, which have names of their own.
        """
        self._give_back()
        for index, section in enumerate(sections):
            group = _Group(section, self._head(index))
            self._groups.append(group)
            for item in section.inputs:
                row = self._row(item)
                label = (item.help if ports else "") or label_of(item.name)
                row.aim(Target(document, nodes, item), label, spec_of)
                group.rows.append(row)
        for head in self.heads[len(self._groups) :]:
            head.hide()
        self._order_tabs()
        self.lay_out()

    def clear(self) -> None:
        """Show nothing."""
        self._give_back()
        for head in self.heads:
            head.hide()
        self.lay_out()

    def refresh(self, spec_of: SpecOf) -> None:
        """Show the present values."""
        for row in self.rows:
            row.refresh(spec_of)
        self.lay_out()

    def edited(self, spec_of: SpecOf) -> None:
        """Show what an edit changed; most change one value, or none that is shown."""
        changed = [row for row in self.rows if row.edited(spec_of)]
        if changed:
            self.lay_out()

    # --- Rows that are used again ---

    def _give_back(self) -> None:
        for row in self.rows:
            self._pool[type(row.editor) if row.editor else None].append(row)
            row.hide()
        self._groups = []

    def _row(self, item: Input) -> Row:
        held = self._pool[kind_for(item)]
        if held:
            return held.pop(0)
        row = Row(self._studio, editor_for(self._studio, item), self)
        row.entered.connect(self.row_entered)
        row.menu_asked.connect(self.menu_asked)
        row.resized.connect(self.lay_out)
        return row

    def _head(self, index: int) -> SectionHead:
        if index == len(self.heads):
            head = SectionHead(self._studio.looks, "", self)
            head.clicked.connect(partial(self._toggle, index))
            self.heads.append(head)
        return self.heads[index]

    def _toggle(self, index: int) -> None:
        section = self._groups[index].section
        self._open[section.id] = not self._is_open(section)
        self.lay_out()

    def _is_open(self, section: Section) -> bool:
        return self._open.get(section.id, section.is_open)

    def _order_tabs(self) -> None:
        """Let Tab go through the rows in the order in which they are seen."""
        last: QWidget | None = None
        for group in self._groups:
            for one in (group.head, *(row.editor for row in group.rows if row.editor)):
                if last is not None:
                    QWidget.setTabOrder(last, one)
                last = one

    # --- Places ---

    def lay_out(self) -> None:
        """Put heads and rows below each other."""
        y, values = 0, {row.target.item.name: row.target.value for row in self.rows if row.target}
        for group in self._groups:
            y = self._lay_group(group, y, values)
        self.setFixedHeight(max(y, 1))

    def _lay_group(self, group: _Group, y: int, values: dict[str, object]) -> int:
        """Place one section; one whose rows all mean nothing now is hidden."""
        rows = [row for row in group.rows if self._has_meaning(row, values)]
        is_open = self._is_open(group.section)
        group.head.setVisible(bool(rows))
        for row in group.rows:
            row.setVisible(is_open and row in rows)
        if not rows:
            return y
        note = "" if is_open else summary(group.section.id, rows)
        group.head.show_title(group.section.title, note, is_open=is_open)
        group.head.setGeometry(0, y, self.width(), group.head.sizeHint().height())
        y += group.head.height()
        for row in rows if is_open else ():
            row.resize(self.width(), row.height())  # how high it is depends on how wide it is
            row.setGeometry(0, y, self.width(), row.height_needed)
            row.place()
            y += row.height()
        return y + (_PAD if is_open else 0)

    @staticmethod
    def _has_meaning(row: Row, values: dict[str, object]) -> bool:
        return row.target is not None and (row.is_linked or is_shown(row.target.item, values))

    def sizeHint(self) -> QSize:
        """Return a width that suits rows."""
        return QSize(300, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit heads and rows to the width."""
        if event.size().width() != event.oldSize().width():
            self.lay_out()


def summary(section: str, rows: Iterable[Row]) -> str:
    """Return what the head of a closed section says of what is in it."""
    held = list(rows)
    changed, linked = sum(row.is_changed for row in held), sum(row.is_linked for row in held)
    if section == "inputs":
        return f"{linked} linked" if linked else "none linked"
    return f"{changed} changed" if changed else f"{len(held)} at default"
