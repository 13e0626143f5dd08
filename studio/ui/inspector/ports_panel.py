"""What the sub-graph that is shown offers outside: its name, its inputs and its outputs.

It stands in the inspector while the user is inside a sub-graph and nothing is selected.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.canvas.edits import ports
from studio.canvas.fits import Side
from studio.core.graph import Port, SubGraph
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.labels import ElidedLabel
from studio.ui.kit.sections import SectionHead
from studio.ui.looks.glyphs import glyph_pixmap
from studio.ui.looks.looks import Looks
from studio.ui.rows import PADDING, Emptiness, RowList, RowPainter, Spot

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

_GLYPH, _BUTTON, _NAME_SHARE = 14, 24, 0.55
_BUTTONS = (
    ("down", "ph.arrow-down", "Move down (Alt+Down)"),
    ("up", "ph.arrow-up", "Move up (Alt+Up)"),
    ("rename", "ph.pencil-simple", "Rename (Enter)"),
    ("remove", "ph.x", "Take it off the sub-graph (Delete)"),
)
_TITLES: dict[Side, str] = {"input": "Inputs", "output": "Outputs"}


@dataclass(frozen=True, slots=True)
class PortRow:
    """One port with its id."""

    id: str
    port: Port


class PortPainter(RowPainter):
    """Paints ports: the mark of the type, the name, what it leads to, and buttons."""

    def key(self, item: PortRow) -> Hashable:
        """Return the id, which stays when it is renamed or moved."""
        return item.id

    def words(self, item: PortRow) -> str:
        """Return a port for the screen reader."""
        return f"{item.port.name}, {item.port.type}, {', '.join(item.port.ends)}"

    def movable(self, item: PortRow) -> bool:
        """Any port can be given another place."""
        return True

    def spots(self, rect: QRect, item: PortRow) -> list[Spot]:
        """Return the buttons, the last one at the right."""
        top = rect.center().y() - _BUTTON // 2
        left = rect.right() - PADDING // 2 - len(_BUTTONS) * _BUTTON
        return [
            Spot(name, QRect(left + place * _BUTTON, top, _BUTTON, _BUTTON), text)
            for place, (name, _, text) in enumerate(_BUTTONS)
        ]

    def paint(self, painter: QPainter, rect: QRect, item: PortRow, hot: str) -> None:
        """Paint a port."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device else 1.0
        mark = glyph_pixmap(self.looks, item.port.type, "one", _GLYPH, ratio)
        painter.drawPixmap(QPoint(rect.left() + PADDING, rect.center().y() - _GLYPH // 2), mark)
        spots = self.spots(rect, item)
        left = rect.left() + PADDING + _GLYPH + 8
        room = QRect(left, rect.top(), spots[0].rect.left() - left - 8, rect.height())
        name = QRect(room)
        name.setWidth(round(room.width() * _NAME_SHARE))
        width = self.text(painter, name, item.port.name)
        room.setLeft(left + width + 8)
        self.text(painter, room, ", ".join(item.port.ends), color="text.muted", font="caption")
        for spot, (_, icon, _) in zip(spots, _BUTTONS, strict=True):
            self.button(painter, spot, icon, hot=hot == spot.name)


class PortsPanel(QWidget):
    """Renames the sub-graph, and orders, renames and removes its ports.

    Args:
        studio: What the window shares.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._document: Document | None = None
        self.title = ElidedLabel(studio.looks, "", "title")
        self.rename = IconButton(studio.looks, "ph.pencil-simple", "Rename the sub-graph")
        self.rename.clicked.connect(self._ask_title)
        self.lists = {side: self._list(studio.looks, side) for side in _TITLES}
        top = QHBoxLayout()
        top.setContentsMargins(PADDING, 8, 8, 8)
        top.addWidget(self.title, 1)
        top.addWidget(self.rename)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        for side, rows in self.lists.items():
            head = SectionHead(studio.looks, _TITLES[side], self)
            head.toggled.connect(rows.setVisible)
            column.addWidget(head)
            column.addWidget(rows, 1)
        column.addStretch(0)

    def show_ports(self, document: Document) -> None:
        """Show the ports of the sub-graph that a document shows."""
        self._document = document
        item = self._item()
        self.title.setText(item.title or "Sub-graph")
        for side, rows in self.lists.items():
            rows.show_items([PortRow(*port) for port in ports.ports_of(item, side).items()])

    def _list(self, looks: Looks, side: Side) -> RowList:
        says = Emptiness(
            "ph.flow-arrow", f"No {_TITLES[side].lower()}",
            "Choose Show on the sub-graph in the menu of a row or socket.",
        )  # fmt: skip
        rows = RowList(PortPainter(looks), _TITLES[side], lambda: says, self)
        rows.allow_moves()
        rows.moved.connect(partial(self._move, side))
        rows.chosen.connect(partial(self._ask_name, side))
        rows.removed.connect(partial(self._remove, side))
        rows.clicked_spot.connect(partial(self._press, side))
        looks.changed.connect(rows.viewport().update)
        return rows

    def _item(self) -> SubGraph:
        assert self._document is not None
        name = ports.definition_of(self._document.graph, self._document.trail)
        return self._document.graph.graphs[name]

    # --- What the user does ---

    def _press(self, side: Side, row: PortRow, spot: str) -> None:
        order = list(ports.ports_of(self._item(), side))
        if spot == "rename":
            self._ask_name(side, row)
        elif spot == "remove":
            self._remove(side, row)
        else:
            self._move(side, row, order.index(row.id) + (1 if spot == "down" else -1))

    def _move(self, side: Side, row: PortRow, to: int) -> None:
        document = self._document
        if document and 0 <= to < len(ports.ports_of(self._item(), side)):
            graph = ports.reordered(document.graph, document.trail, side, row.id, to)
            document.edit(f"Move {row.port.name}", graph)

    def _remove(self, side: Side, row: PortRow) -> None:
        document = self._document
        if document:
            graph = ports.demoted(document.graph, document.trail, side, row.id)
            document.edit(f"Take {row.port.name} off the sub-graph", graph)

    def _ask_name(self, side: Side, row: PortRow) -> None:
        done = partial(self._rename, side, row)
        self._studio.questions.text(f"Rename {row.port.name}", "Name", row.port.name, done)

    def _rename(self, side: Side, row: PortRow, name: str) -> None:
        document = self._document
        if document and name.strip():
            graph = ports.renamed(document.graph, document.trail, side, row.id, name.strip())
            document.edit(f"Rename {row.port.name}", graph)

    def _ask_title(self) -> None:
        self._studio.questions.text(
            "Rename the sub-graph", "Name", self._item().title, self._retitle
        )

    def _retitle(self, title: str) -> None:
        document = self._document
        if document and title.strip():
            name = ports.definition_of(document.graph, document.trail)
            graph = ports.titled(document.graph, name, title.strip())
            document.edit("Rename the sub-graph", graph)
