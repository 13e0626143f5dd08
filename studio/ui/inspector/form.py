"""The form: the promoted parameters of a graph, so that it is used like a simple program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.core import ends
from studio.core.graph import Graph
from studio.core.spec import Input
from studio.core.types import SpecOf
from studio.ui.inspector.editors import editor_for
from studio.ui.inspector.foot import Foot
from studio.ui.inspector.form_row import FormRow
from studio.ui.inspector.links import title_of
from studio.ui.inspector.menu import open_menu
from studio.ui.inspector.panel import scroll_area
from studio.ui.inspector.rows import Row
from studio.ui.inspector.targets import Target, label_of
from studio.ui.kit.buttons import Button
from studio.ui.kit.painting import paint_text, rounded

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

_HEAD = 44
_PAD = 4
_PICTURE = 220
_SMALL_PART = 3
_EMPTY = (
    "The form is empty",
    "Open the menu of a parameter in the inspector and choose Add to form.",
)
_ABOUT = (
    "Form",
    "The parameters that matter most in this graph. The menu of any parameter in the inspector adds "
    "it here; the grips sort them.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the form.

    Attributes:
        text: As the graph writes it, ``node.param``.
        node: Id of the node.
        item: The parameter.
        label: For people.
    """

    text: str
    node: str
    item: Input
    label: str


def entries(graph: Graph, spec_of: SpecOf) -> tuple[Entry, ...]:
    """Return the lines of a graph's form; those that name no parameter are left out.

    A label that two lines would share is written with the title of its node.
    """
    found = list(_known(graph, spec_of))
    often = Counter(entry.label for entry in found)
    return tuple(
        entry
        if often[entry.label] == 1
        else Entry(entry.text, entry.node, entry.item, _long_label(graph, entry, spec_of))
        for entry in found
    )


def _known(graph: Graph, spec_of: SpecOf) -> Iterator[Entry]:
    for text in graph.form:
        try:
            node, name = ends.split(text)
        except ValueError:
            continue
        spec = spec_of(graph.nodes[node].type) if node in graph.nodes else None
        item = spec.input(name) if spec else None
        if spec and item and not item.is_socket:
            is_port = spec.id.startswith("graph:")
            yield Entry(text, node, item, (item.help if is_port else "") or label_of(name))


def _long_label(graph: Graph, entry: Entry, spec_of: SpecOf) -> str:
    return f"{title_of(graph, entry.node, spec_of)} {entry.label}"


def moved(form: tuple[str, ...], text: str, to: int) -> tuple[str, ...]:
    """Return a form with one line at another place."""
    rest = [held for held in form if held != text]
    to = min(max(to, 0), len(rest))
    return (*rest[:to], text, *rest[to:])


class Lines(QWidget):
    """Holds the lines of a form."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say that it has another width."""
        if event.size().width() != event.oldSize().width():
            self.resized.emit()


class FormPanel(QWidget):
    """Title and Run button, the lines, and the last picture."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._document: Document | None = None
        self._entries: tuple[Entry, ...] = ()
        self._rows: list[FormRow] = []
        self._picture: QImage | None = None
        self.setAccessibleName("Form")
        self.run = Button(studio.looks, "Run", "primary", "ph.play-fill", self)
        self.run.clicked.connect(self._run)
        self.body = Lines()
        self.body.resized.connect(self._lay_lines)
        self._scroll = scroll_area(self.body, self)
        self.foot = Foot(studio.looks, self)
        studio.documents.current_changed.connect(self._follow)
        studio.session.pictures_changed.connect(self._pictures_changed)
        studio.session.issues_changed.connect(self._issues_changed)
        studio.looks.changed.connect(self._dress)
        self._follow(studio.documents.current)

    @property
    def rows(self) -> tuple[FormRow, ...]:
        """The lines in order."""
        return tuple(self._rows)

    # --- Whose form ---

    def _follow(self, document: Document | None) -> None:
        """Show the form of another document."""
        if self._document is not None:
            self._document.changed.disconnect(self._edited)
        self._document = document
        self._entries, self._picture = (), None
        self._rebuild()  # the lines write into the document that they were made for
        if document is not None:
            document.changed.connect(self._edited)
        self._edited()
        self._show_picture()

    def _edited(self, *_graphs: object) -> None:
        """Show new values; other lines make new rows."""
        document = self._document
        spec_of = self._studio.session.spec_of(document) if document else None
        found = entries(document.graph, spec_of) if document and spec_of else ()
        if found != self._entries:
            self._entries = found
            self._rebuild()
        if spec_of:
            for row in self._rows:
                row.row.refresh(spec_of)
        self.run.setEnabled(document is not None)
        self._lay_out()

    def _rebuild(self) -> None:
        """Make the rows again, and leave the keyboard on the line that had it."""
        focused = next(
            (row.entry for row in self._rows if row.isAncestorOf(self.focusWidget() or self)), ""
        )
        for old in self._rows:
            old.hide()
            old.deleteLater()
        self._rows = [self._row(entry) for entry in self._entries]
        self.foot.say(*(_ABOUT if self._rows else ("", "")))
        for row in self._rows:
            if row.entry == focused:
                row.grip.setFocus()

    def _row(self, entry: Entry) -> FormRow:
        assert self._document is not None
        inner = Row(self._studio, editor_for(self._studio, entry.item), self.body)
        target = Target(self._document, (entry.node,), entry.item, root=True)
        inner.aim(target, entry.label, self._studio.session.spec_of(self._document))
        inner.entered.connect(self._explain)
        inner.menu_asked.connect(self._open_menu)
        inner.resized.connect(self._lay_out)
        row = FormRow(self._studio.looks, inner, entry.text, self.body)
        row.stepped.connect(partial(self._step, row))
        row.dropped.connect(partial(self._drop, row))
        row.removed.connect(partial(self._remove, row))
        return row

    # --- Order ---

    def _step(self, row: FormRow, by: int) -> None:
        """Move a line up or down."""
        self._write("Move in form", row, self._rows.index(row) + by)

    def _drop(self, row: FormRow, y: int) -> None:
        """Move a line to where it was dropped."""
        others = [other for other in self._rows if other is not row]
        to = sum(other.geometry().center().y() < y for other in others)
        self._write("Move in form", row, to)

    def _write(self, name: str, row: FormRow, to: int) -> None:
        if self._document is None:
            return
        shown = tuple(entry.text for entry in self._entries)
        hidden = tuple(text for text in self._document.graph.form if text not in shown)
        form = (*moved(shown, row.entry, to), *hidden)
        self._document.edit(name, self._document.graph.with_form(form))

    def _remove(self, row: FormRow) -> None:
        if self._document is not None:
            kept = (text for text in self._document.graph.form if text != row.entry)
            graph = self._document.graph.with_form(kept)
            self._document.edit("Remove from form", graph)

    # --- Run and result ---

    def _run(self) -> None:
        if self._document is not None:
            self._studio.session.run(self._document)

    def _pictures_changed(self, document: Document, nodes: frozenset[str]) -> None:
        if document is self._document:
            self._show_picture()

    def _issues_changed(self, document: Document) -> None:
        if document is self._document:
            self._edited()

    def _show_picture(self) -> None:
        """Show the newest picture of the last node that has one, effects first."""
        document = self._document
        self._picture = None
        if document is not None:
            spec_of = self._studio.session.spec_of(document)
            for node in _shown_last(document.graph, spec_of):
                self._picture = self._studio.session.picture(document, node)
                if self._picture is not None:
                    break
        self._lay_out()

    # --- Help and menu ---

    def _explain(self, row: Row) -> None:
        if row.target:
            self.foot.say(row.label, row.target.item.help)

    def _open_menu(self, row: Row, at: QPoint) -> None:
        if row.target:
            open_menu(self._studio, row.target, at, self)

    # --- Places and looks ---

    def _dress(self) -> None:
        self._edited()
        self.update()

    @property
    def picture_rect(self) -> QRect:
        """Where the last picture is, below the lines; it leaves them most of a small panel."""
        pad = self._studio.looks.theme.space("l")
        top = _HEAD + sum(row.height_needed for row in self._rows) + 2 * _PAD + pad
        bottom = max(self.foot.y() - pad, _HEAD)
        high = min(_PICTURE, max(bottom - top, (bottom - _HEAD) // _SMALL_PART))
        return QRect(pad, min(top, bottom - high), self.width() - 2 * pad, high)

    def _lay_out(self) -> None:
        """Put the lines below each other, and the picture below them."""
        bottom = self.foot.lay(self.size())
        bottom = self.picture_rect.top() - 8 if self._picture is not None else bottom
        self._scroll.setGeometry(0, _HEAD, self.width(), max(bottom - _HEAD, 0))
        hint, pad = self.run.sizeHint(), self._studio.looks.theme.space("l")
        top = (_HEAD - hint.height()) // 2
        left = self.width() - hint.width() - pad
        self.run.setGeometry(left, top, hint.width(), hint.height())
        self._lay_lines()
        self.update()

    def _lay_lines(self) -> None:
        y, width = _PAD, self.body.width()
        for row in self._rows:
            row.resize(width, row.height())  # how high it is depends on how wide it is
            row.setGeometry(0, y, width, row.height_needed)
            row.place()
            row.show()
            y += row.height_needed
        self.body.setFixedHeight(y + _PAD)

    def sizeHint(self) -> QSize:
        """Return a size that suits a column."""
        return QSize(320, 400)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything again."""
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the title, the picture, and what is said of an empty form."""
        theme = self._studio.looks.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg.panel"))
        pad = theme.space("l")
        title = self._document.title if self._document else ""
        room = QRectF(pad, 0, max(self.run.x() - 2 * pad, 0), _HEAD)
        paint_text(painter, theme, room, title, font="title")
        if not self._rows:
            top = QRectF(pad, self.height() / 3, self.width() - 2 * pad, 20)
            middle = Qt.AlignmentFlag.AlignHCenter
            paint_text(painter, theme, top, _EMPTY[0], font="label_strong", align=middle)
            painter.setFont(theme.font("label"))
            painter.setPen(theme.color("text.muted"))
            wrapped = int(middle | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(top.adjusted(0, 24, 0, 60), wrapped, _EMPTY[1])
        if self._picture is not None:
            self._paint_picture(painter, self._picture)

    def _paint_picture(self, painter: QPainter, picture: QImage) -> None:
        theme = self._studio.looks.theme
        rect = QRectF(self.picture_rect)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillPath(rounded(theme, rect), theme.color("bg.viewer"))
        size = picture.size().scaled(rect.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint(0, 0), size)
        place.moveCenter(rect.center().toPoint())
        painter.drawImage(place, picture)


def _shown_last(graph: Graph, spec_of: SpecOf) -> list[str]:
    """Return the nodes from the end of the graph backwards; those that act outside come first."""
    order = list(reversed(graph.order()))

    def waits(node: str) -> bool:
        spec = spec_of(graph.nodes[node].type)
        return not (spec and spec.effect)

    return sorted(order, key=waits)
