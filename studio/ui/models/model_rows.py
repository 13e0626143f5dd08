"""How a model looks in the panel: picture, name, family, size, and its words."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QDrag, QImage, QPainter
from PySide6.QtWidgets import QAbstractItemView, QWidget

from studio.core.widgets import plain
from studio.ui.kit.painting import rounded
from studio.ui.mimes import MODEL_MIME, NODE_MIME
from studio.ui.models.library import PICTURE
from studio.ui.models.model_list import ModelEntry, ModelFacts, size_text
from studio.ui.rows import Emptiness, RowList, RowPainter

_HEIGHT = 48
_PAD = 10


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line: a model, or the title over those of a kind.

    Attributes:
        kind: Kind of folder.
        count: How many there are of the kind; for a title.
        entry: The model; ``None``: the line is a title.
        facts: What it says about itself; ``None``: not read yet.
        picture: Its small picture.
        share: How far it is being read to know its content; 0: it is not.
    """

    kind: str
    count: int = 0
    entry: ModelEntry | None = None
    facts: ModelFacts | None = None
    picture: QImage | None = None
    share: float = 0.0

    @property
    def words(self) -> str:
        """What is said below the name."""
        if self.entry is None:
            return ""
        if self.share:
            return f"reading {self.share * 100:.0f} %"
        if self.facts and self.facts.problem:
            return self.facts.problem
        size = size_text(self.entry.bytes) if self.entry.bytes else "folder"
        family = self.facts.family if self.facts else ""
        words = ", ".join(self.facts.words) if self.facts else ""
        return "  \N{MIDDLE DOT}  ".join(filter(None, (size, family, words)))


class ModelPainter(RowPainter):
    """Paints the lines."""

    def height(self) -> int:
        """Return the height of a line: two of text."""
        return _HEIGHT

    def key(self, item: Any) -> Hashable:
        """Return the path; the kind of a title."""
        found: Hashable = item.entry.path if item.entry else item.kind
        return found

    def words(self, item: Any) -> str:
        """Return a line for the screen reader."""
        if item.entry is None:
            return f"{_title(item.kind)}, {item.count}"
        return f"{item.entry.name}, {item.words}"

    def movable(self, item: Any) -> bool:
        """Let models be dragged, and titles not."""
        return item.entry is not None

    def paint(self, painter: QPainter, rect: QRect, item: Any, hot: str) -> None:
        """Paint a line."""
        if item.entry is None:
            room = rect.adjusted(_PAD, 14, -_PAD, 0)
            wide = self.text(painter, room, _title(item.kind), font="label_strong")
            room.adjust(wide + 8, 0, 0, 0)
            self.text(painter, room, str(item.count), color="text.muted")
            return
        self._paint_picture(painter, rect, item)
        room = QRect(rect.left() + 2 * _PAD + PICTURE, rect.top() + 6, 0, 18)
        room.setRight(rect.right() - _PAD)
        below = QRect(room.left(), rect.top() + 25, room.width(), 16)
        middle = Qt.TextElideMode.ElideMiddle
        wide = self.text(painter, room, item.entry.name, font="value", cut=middle)
        room.adjust(wide + 8, 0, 0, 0)
        self.text(painter, room, item.entry.folder, font="caption", color="text.muted")
        wrong = bool(item.facts and item.facts.problem)
        color = "status.warning" if wrong else "text.secondary"
        self.text(painter, below, item.words, font="caption", color=color)

    def _paint_picture(self, painter: QPainter, rect: QRect, item: ModelRow) -> None:
        place = QRect(rect.left() + _PAD, rect.top() + (_HEIGHT - PICTURE) // 2, PICTURE, PICTURE)
        painter.fillPath(
            rounded(self.looks.theme, place.toRectF()), self.looks.theme.color("bg.field")
        )
        if item.picture is None:
            self.icon(painter, place.center() + QPoint(1, 1), "ph.cube", "text.muted", 16)
            return
        painter.save()
        painter.setClipPath(rounded(self.looks.theme, place.toRectF()))
        painter.drawImage(place, item.picture)
        painter.restore()


class ModelListView(RowList):
    """The list; models are dragged from it as the nodes that load them.

    Args:
        painter: Paints the lines.
        emptiness: What it says without lines.
        loader: Returns the node type and the input for a kind of model.
    """

    def __init__(
        self,
        painter: ModelPainter,
        emptiness: Callable[[], Emptiness],
        loader: Callable[[str], tuple[str, str] | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(painter, "Models", emptiness, parent)
        self._loader = loader
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)

    @property
    def current(self) -> ModelEntry | None:
        """The chosen model."""
        row = self.currentIndex().row()
        return self.items[row].entry if 0 <= row < len(self.items) else None

    def mime_of(self, entry: ModelEntry) -> QMimeData | None:
        """Return what is dragged for a model: the node that loads it, with the file."""
        loader = self._loader(entry.kind)
        if loader is None:
            return None
        data = QMimeData()
        value = {"name": loader[1], "value": plain(entry.ref)}
        data.setData(NODE_MIME, QByteArray(loader[0].encode()))
        data.setData(MODEL_MIME, QByteArray(json.dumps(value).encode()))
        return data

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the chosen model."""
        data = self.mime_of(self.current) if self.current else None
        if data:
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)


def _title(kind: str) -> str:
    return "VAE" if kind == "vae" else kind.replace("_", " ").capitalize()
