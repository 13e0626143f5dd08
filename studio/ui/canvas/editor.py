"""The one editor over what is painted: values of fields, titles, comments, notes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from studio.canvas.edits import look, nodes
from studio.canvas.layout import Row
from studio.canvas.state import Rect
from studio.core.spec import Input
from studio.core.widgets import Choice, FileRef
from studio.ui.canvas.over import Card, Commit, Line
from studio.ui.canvas.refresh import widget_rect
from studio.ui.inspector.arithmetic import FormulaError
from studio.ui.inspector.editors import editor_for
from studio.ui.inspector.editors.popup import ChoicePopup, Entry
from studio.ui.inspector.editors.text import Area
from studio.ui.inspector.scales import Scale
from studio.ui.inspector.targets import Target, label_of
from studio.ui.studio import Studio

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget

_CARD = (300, 28)
"""Least size of a card, for editors that say nothing better."""
_LINES = ("field", "line", "seed", "color")
Where = Callable[[], Rect | None]
"""Returns the part of the canvas that is edited; `None` once it is gone."""


class Editors(QObject):
    """Opens at most one editor over the canvas, and closes it.

    Args:
        studio: Everything that exists once.
        canvas: What is edited.
    """

    def __init__(self, studio: Studio, canvas: CanvasWidget) -> None:
        super().__init__(canvas)
        self._studio = studio
        self._canvas = canvas
        self._open: QWidget | None = None
        self._place: Callable[[], None] | None = None

    @property
    def current(self) -> QWidget | None:
        """The editor that is open."""
        return self._open

    def close(self) -> None:
        """Take what was typed, and close the editor."""
        if isinstance(self._open, Line):
            self._open.leave()
        elif isinstance(self._open, Card):
            self._open.finish()
        elif self._open:
            self._open.hide()

    def follow(self) -> None:
        """Stay over what is edited."""
        if self._place:
            self._place()

    # --- What can be edited ---

    def open_field(self, node: str, name: str) -> None:
        """Edit the parameter of a node where it is painted."""
        self.close()
        row = self._canvas.scene.layout(node).row(name)
        target = self._target(node, name)
        if row is None or target is None:
            return
        if row.linked:
            self._canvas.hint.emit(f"{label_of(name)} comes from a link; remove it to type a value")
        elif row.kind == "toggle":
            self._write(target, not target.value)
        elif row.kind == "choice":
            self._open_choice(target, row)
        elif row.kind in _LINES:
            self._open_line(target, row)
        else:
            self._open_card(target, row)

    def rename_node(self, node: str) -> None:
        """Edit the title of a node."""
        stage = self._canvas.stage
        layout = stage.scene.layout(node)

        def commit(text: str) -> str:
            stage.edit("Rename", nodes.titled(stage.graph, node, text, stage.spec_of))
            return ""

        where = partial(self._part, node, layout.title_rect)
        self._line(layout.title, commit, where, "label_strong", "Title of the node")

    def comment(self, node: str) -> None:
        """Edit the comment of a node, above it."""
        stage = self._canvas.stage

        def commit(text: str) -> str:
            stage.edit("Comment", look.with_layout(stage.graph, [node], comment=text.strip()))
            return ""

        layout = stage.scene.layout(node)
        above = (0.0, -layout.header[3], layout.width, -4.0)
        held = stage.scene.look(node).comment
        self._line(held, commit, partial(self._part, node, above), "label", "Comment")

    def rename_frame(self, index: int) -> None:
        """Edit the title of a frame."""
        stage = self._canvas.stage

        def commit(text: str) -> str:
            stage.edit("Rename frame", look.with_frame(stage.graph, index, title=text.strip()))
            return ""

        def where() -> Rect | None:
            if index >= len(stage.graph.view.frames):
                return None
            left, top, right, _ = stage.scene.frame_rect(index)
            return left + 8, top + 4, right - 8, top + stage.scene.metrics.frame_header - 4

        held = stage.graph.view.frames[index].title
        self._line(held, commit, where, "title", "Title of the frame")

    def open_note(self, index: int) -> None:
        """Edit the text of a note."""
        stage = self._canvas.stage
        card = Card(self._studio.looks, self._canvas)
        area = Area(self._studio.looks, card)
        area.setAccessibleName("Note")
        area.setPlainText(stage.graph.view.notes[index].text)
        step = object()

        def write() -> None:
            """Write letter by letter, as one step: nothing waits here to be lost."""
            if index < len(stage.graph.view.notes):
                found = look.with_note(stage.graph, index, text=area.toPlainText())
                stage.edit("Write note", found, step)

        def where() -> Rect | None:
            return stage.scene.note_rect(index) if index < len(stage.graph.view.notes) else None

        card.hold(area)
        area.done.connect(card.finish)
        area.textChanged.connect(write)
        self._show_card(card, where, (0, 0))
        area.setFocus()
        area.moveCursor(QTextCursor.MoveOperation.End)

    # --- Lines ---

    def _open_line(self, target: Target, row: Row) -> None:
        node, name = target.nodes[0], row.name
        role = "mono" if row.kind == "seed" else "value"
        line = self._line(
            _plain(target), partial(self._take_text, target), partial(self._field, node, name),
            role, label_of(name),
        )  # fmt: skip
        line.stepped.connect(partial(self._step, node, name))
        line.refused.connect(partial(self._say_refused, target))

    def _line(self, text: str, commit: Commit, where: Where, role: str, name: str) -> Line:
        self.close()
        line = Line(self._studio.looks, commit, role, self._canvas)
        line.setText(text)
        line.selectAll()
        line.setAccessibleName(name)
        line.closed.connect(self._closed)
        self._show(line, partial(self._place_line, line, where))
        line.setFocus()
        return line

    def _place_line(self, line: Line, where: Where) -> None:
        rect = where()
        if rect is None:
            line.finish()
        else:
            line.place(self._pixels(rect), self._canvas.camera.zoom)

    def _step(self, node: str, name: str, by: int) -> None:
        """Go on to the next field of the node."""
        self._closed()
        rows = [row.name for row in self._canvas.scene.layout(node).rows if not row.linked]
        place = rows.index(name) + by if name in rows else -1
        if 0 <= place < len(rows):
            self.open_field(node, rows[place])

    def _take_text(self, target: Target, text: str) -> str:
        """Set the value that a text means; say why when it means none."""
        item = target.item
        try:
            value = _value(item, text, target.value)
        except (FormulaError, ValueError) as wrong:
            return str(wrong)
        problem = item.problem(value)
        if problem is None and value != target.value:
            self._write(target, value)
        return problem or ""

    def _say_refused(self, target: Target, text: str, problem: str) -> None:
        """Say that what was typed does not count, for it is gone from the eye."""
        name, node = target.item.name, target.nodes[0]
        said = f"{label_of(name)} stays {_plain(target)}; {text!r} was not taken: {problem}"
        self._studio.messages.say(said, "warning", "Edit", partial(self.open_field, node, name))

    # --- Lists and cards ---

    def _open_choice(self, target: Target, row: Row) -> None:
        widget = target.item.widget
        options = widget.options if isinstance(widget, Choice) else ()
        anchor = QWidget(self._canvas)
        rect = self._field(target.nodes[0], row.name)
        if rect:
            anchor.setGeometry(self._pixels(rect))
        popup = ChoicePopup(self._studio.looks, self._canvas)
        popup.chosen.connect(partial(self._write, target))
        popup.closed.connect(anchor.deleteLater)
        popup.closed.connect(self._closed)
        self._show(popup, None)
        popup.open_below(anchor, [Entry(option, option) for option in options], target.value)

    def _open_card(self, target: Target, row: Row) -> None:
        card = Card(self._studio.looks, self._canvas)
        editor = editor_for(self._studio, target.item, card)
        if editor is None:
            card.finish()
            card.deleteLater()
            return
        editor.aim(target)
        editor.show_value(target.value)
        card.hold(editor)
        hint = editor.sizeHint()
        size = max(hint.width(), _CARD[0]), max(hint.height(), _CARD[1])
        self._show_card(card, partial(self._field, target.nodes[0], row.name), size)
        editor.finished.connect(card.finish)
        document = target.document
        refresh = partial(_show_value, editor, target)
        document.changed.connect(refresh)
        card.closed.connect(partial(document.changed.disconnect, refresh))
        editor.start()

    def _show_card(self, card: Card, where: Where, size: tuple[int, int]) -> None:
        self.close()
        card.closed.connect(self._closed)
        self._show(card, partial(self._place_card, card, where, size))

    def _place_card(self, card: Card, where: Where, size: tuple[int, int]) -> None:
        rect = where()
        if rect is None:
            card.finish()
        else:
            card.place(self._pixels(rect), *size)

    # --- Inside ---

    def _show(self, widget: QWidget, place: Callable[[], None] | None) -> None:
        self._open, self._place = widget, place
        if place:
            place()
            widget.show()
            widget.raise_()

    def _closed(self) -> None:
        closed, self._open, self._place = self._open, None, None
        if closed:
            had_focus = closed.hasFocus() or closed.isAncestorOf(
                closed.window().focusWidget() or closed
            )
            closed.hide()
            closed.deleteLater()
            if had_focus:
                self._canvas.setFocus()

    def _target(self, node: str, name: str) -> Target | None:
        """Return the parameter of a node, or of all chosen nodes that have it."""
        stage = self._canvas.stage
        spec = stage.spec_of(stage.graph.nodes[node].type)
        item = spec.input(name) if spec else None
        if item is None or stage.document is None:
            return None
        return Target(stage.document, (node,), item)

    def _write(self, target: Target, value: Any) -> None:
        """Set a parameter; when its node is one of several that are chosen, of all of these."""
        stage = self._canvas.stage
        node, name = target.nodes[0], target.item.name
        chosen = stage.state.selection.nodes
        group = chosen if node in chosen else frozenset({node})
        found = nodes.with_param(stage.graph, group, name, value, stage.spec_of)
        stage.edit(f"Set {label_of(name)}", found)

    def _field(self, node: str, name: str) -> Rect | None:
        if node not in self._canvas.scene.graph.nodes:
            return None
        row = self._canvas.scene.layout(node).row(name)
        return self._part(node, row.rect) if row else None

    def _part(self, node: str, rect: Rect) -> Rect | None:
        if node not in self._canvas.scene.graph.nodes:
            return None
        left, top = self._canvas.scene.rect(node)[:2]
        return left + rect[0], top + rect[1], left + rect[2], top + rect[3]

    def _pixels(self, rect: Rect) -> QRect:
        return widget_rect(rect, self._canvas.camera)


def _show_value(editor: Any, target: Target, *_graphs: object) -> None:
    if target.held:
        editor.show_value(target.value)


def _plain(target: Target) -> str:
    """Return a value as it is typed: whole, without its unit."""
    value = target.value
    if isinstance(value, FileRef):
        return value.path
    return "" if value is None else str(value)


def _value(item: Input, text: str, held: Any) -> Any:
    """Return the value that a text means."""
    if item.type in ("int", "float"):
        return Scale.of(item).read(text, held if isinstance(held, int | float) else 0)
    return item.coerce(text)
