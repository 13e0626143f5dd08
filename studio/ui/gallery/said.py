"""What a node says whose result is a number or a text: over the viewer, to be read and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from studio.ui.kit.buttons import Button
from studio.ui.kit.labels import ElidedLabel

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.gallery.viewer import ViewerPanel
    from studio.ui.looks.looks import Looks
    from studio.ui.studio import Studio

_LARGE_UP_TO = 24
"""Letters that are written large, as a number."""


class Said(QWidget):
    """What the chosen node says; it lies over the picture as long as such a node is chosen.

    In a graph without pictures it also is what was made last.

    Args:
        studio: What the window shares.
        viewer: Over whose body.

    Attributes:
        title: Which node says it, and that it is out of date if it is.
        text: All of it; can be selected with the mouse and with the keyboard.
        copy: Takes all of it to the clipboard.
    """

    def __init__(self, studio: Studio, viewer: ViewerPanel) -> None:
        super().__init__(viewer.body)
        self._studio, self._viewer = studio, viewer
        self._last = "", ""  # id of a document, and a node
        self.title = ElidedLabel(studio.looks, "", "label", "text.secondary", self)
        self.text = Reading(studio.looks, self)
        self.copy = Button(studio.looks, "Copy", "link", "", self)
        self.copy.clicked.connect(self._copy)
        self._lay_out()
        self.hide()
        viewer.body.installEventFilter(self)
        viewer.following.changed.connect(self.refresh)
        viewer.following.touched.connect(self.refresh)
        studio.documents.current_changed.connect(self.refresh)
        studio.documents.opened.connect(self._watch)
        for document in studio.documents.items:
            self._watch(document)
        studio.session.states_changed.connect(self._changed)
        studio.session.result.connect(self._made)
        studio.looks.changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show what is to be read now, or go out of the way."""
        found = self._found()
        if found:
            self._say(*found)
        self.setVisible(found is not None)
        self._viewer.choice.name(self._name(*found) if found else "")

    def _lay_out(self) -> None:
        space = self._studio.looks.theme.space
        head, column = QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self.title, 1)
        head.addWidget(self.copy)
        column.setContentsMargins(space("l"), space("m"), space("l"), space("m"))
        column.setSpacing(space("s"))
        column.addLayout(head)
        column.addWidget(self.text, 1)
        self.setGeometry(self._viewer.body.rect())

    def _watch(self, document: Document) -> None:
        document.selected.connect(self.refresh)
        document.shown.connect(self.refresh)

    def _found(self) -> tuple[Document, str] | None:
        """Return the node that is to be read, by its expanded id."""
        viewer, document = self._viewer, self._viewer.document
        if document is None or viewer.view.hand or viewer.following.pinned:
            return None
        chosen = document.state.selection.nodes
        node = document.prefix + next(iter(chosen)) if len(chosen) == 1 else ""
        if not chosen and viewer.following.source is None and self._last[0] == document.id:
            node = self._last[1]
        return (document, node) if node and self._studio.session.words(document, node) else None

    def _say(self, document: Document, node: str) -> None:
        state = self._studio.session.state(document, node)
        name, late = self._name(document, node), state.kind not in ("fresh", "frozen")
        self.title.setText(f"{name}, {state.footer or state.kind}" if late else name)
        self.text.say(self._studio.session.words(document, node), faint=late)
        self.text.setAccessibleName(f"Result of {self.title.text()}")

    def _name(self, document: Document, node: str) -> str:
        """Return what people call a node."""
        scene, inner = document.scene, node.removeprefix(document.prefix)
        held = scene.nodes.get(inner)
        spec = self._studio.session.spec_of(document)(held.type) if held else None
        return (held.title if held else "") or (spec.title if spec else inner)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    # --- What happens ---

    def _changed(self, document: Document, nodes: frozenset[str]) -> None:
        found, there = self._found(), not self.isHidden()
        if there != bool(found) or (found and found[0] is document and found[1] in nodes):
            self.refresh()

    def _made(self, document: Document, node: str) -> None:
        if self._studio.session.words(document, node):
            self._last = document.id, node
            self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the body of the viewer, whatever its size."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._viewer.body.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the viewer."""
        QPainter(self).fillRect(self.rect(), self._studio.looks.theme.color("bg.viewer"))


class Reading(QPlainTextEdit):
    """A text to read and to select; a short one, such as a number, is written large.

    Args:
        looks: The theme.
        parent: Owner in Qt's tree.
    """

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        by_key = Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | by_key)
        self.document().setDocumentMargin(0)

    def say(self, words: str, *, faint: bool) -> None:
        """Show a text; what is selected stays selected while the text stays.

        Args:
            words: The text.
            faint: Whether it is out of date.
        """
        theme, large = self._looks.theme, len(words) <= _LARGE_UP_TO
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        color = theme.color("text.muted" if faint else "text.primary")
        palette.setColor(QPalette.ColorRole.Text, color)
        self.setPalette(palette)
        self.setFont(theme.font("display" if large else "body"))
        if words != self.toPlainText():
            self.setPlainText(words)
