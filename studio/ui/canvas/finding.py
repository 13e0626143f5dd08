"""The bar that finds nodes by their titles, types and values, in this graph or in all tabs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit

from studio.canvas.state import Selection
from studio.core.graph import Graph, Node
from studio.core.types import SpecOf
from studio.ui.documents.document import Document
from studio.ui.studio import Studio

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget

_WIDTH = 320
Found = tuple[Document, tuple[str, ...], str]
"""A document, the trail into it, and a node there."""


class FindBar(QFrame):
    """Goes from one node to the next that holds all words.

    Args:
        studio: Everything that exists once.
        canvas: What it lies over.
    """

    def __init__(self, studio: Studio, canvas: CanvasWidget) -> None:
        super().__init__(canvas)
        self._studio = studio
        self._canvas = canvas
        self._everywhere = False
        self._found: list[Found] = []
        self._at = 0
        self._icon, self._count = QLabel(self), QLabel(self)
        self._line = QLineEdit(self)
        self._line.setFrame(False)
        self._line.textEdited.connect(self._search)
        self._line.installEventFilter(self)
        layout = QHBoxLayout(self)
        margin = studio.looks.theme.space("m")
        layout.setContentsMargins(margin, 0, margin, 0)
        layout.setSpacing(margin)
        for part in (self._icon, self._line, self._count):
            layout.addWidget(part, 1 if part is self._line else 0)
        self.hide()
        studio.looks.changed.connect(self._dress)
        self._dress()

    def open(self, *, everywhere: bool) -> None:
        """Ask for a text.

        Args:
            everywhere: Whether all tabs are searched.
        """
        self._everywhere = everywhere
        name = "Find in all tabs" if everywhere else "Find in graph"
        self._line.setPlaceholderText(name)
        self._line.setAccessibleName(name)
        self.place()
        self.show()
        self.raise_()
        self._line.selectAll()
        self._line.setFocus()
        self._search(self._line.text())

    def place(self) -> None:
        """Stand at the upper right of the canvas."""
        theme = self._studio.looks.theme
        gap = theme.space("l")
        high = theme.size("control") + theme.space("l")
        self.setGeometry(self._canvas.width() - _WIDTH - gap, gap, _WIDTH, high)

    @property
    def found(self) -> tuple[Found, ...]:
        """What holds the text, in order."""
        return tuple(self._found)

    def step(self, by: int) -> None:
        """Go to the next find, or with -1 to the one before."""
        if self._found:
            self._at = (self._at + by) % len(self._found)
            self._go()

    def _search(self, text: str) -> None:
        words = text.lower().split()
        self._found = list(self._matches(words)) if words else []
        self._at = 0
        self._say()
        if self._found:
            self._go()

    def _matches(self, words: list[str]) -> Iterator[Found]:
        current = self._canvas.document
        documents = self._studio.documents.items if self._everywhere else (current,)
        for document in sorted(filter(None, documents), key=lambda item: item is not current):
            spec_of = self._studio.session.spec_of(document)
            for trail, graph in _rooms(document.graph):
                for node, held in graph.nodes.items():
                    if _holds(held, node, spec_of, words):
                        yield document, trail, node

    def _go(self) -> None:
        document, trail, node = self._found[self._at]
        if document is not self._canvas.document:
            self._studio.documents.set_current(document)
        if document is self._canvas.document:
            if document.trail != trail:
                document.go(trail)
            document.select(Selection(frozenset({node})), node)
            self._canvas.fit([node])
        self._line.setFocus()
        self._say()

    def _say(self) -> None:
        count = len(self._found)
        text = f"{self._at + 1} of {count}" if count else "none" if self._line.text() else ""
        self._count.setText(text)
        self.setAccessibleDescription(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go on with Enter, back with Shift+Enter, leave with Esc."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.step(-1 if shift else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                self._canvas.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _dress(self) -> None:
        looks = self._studio.looks
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(looks.pixmap("ph.magnifying-glass", "text.muted", 16, ratio))
        for part, role in ((self._line, "text.primary"), (self._count, "text.muted")):
            part.setFont(looks.theme.font("label"))
            palette = QPalette(part.palette())
            for name in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
                palette.setColor(name, looks.theme.color(role))
            palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
            part.setPalette(palette)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, with the ring of the focus."""
        theme = self._studio.looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("bg.raised"))
        painter.setPen(theme.color("focus" if self._line.hasFocus() else "border.default"))
        radius = theme.radius("card")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def _rooms(root: Graph) -> Iterator[tuple[tuple[str, ...], Graph]]:
    """Walk a graph and the sub-graphs that its nodes lead to, each definition once."""
    waiting: list[tuple[tuple[str, ...], Graph]] = [((), root)]
    seen: set[str] = set()
    for trail, graph in waiting:
        yield trail, graph
        for node, held in graph.nodes.items():
            name = held.sub_graph
            if name in root.graphs and name not in seen:
                seen.add(name)
                waiting.append(((*trail, node), root.graphs[name].graph))


def _holds(node: Node, key: str, spec_of: SpecOf, words: list[str]) -> bool:
    """Tell whether a node's id, title, type or texts hold all words."""
    spec = spec_of(node.type)
    values = (str(value) for value in node.params.values())
    texts = (key, node.title, node.type, spec.title if spec else "", *values)
    held = "\n".join(texts).lower()
    return all(word in held for word in words)
