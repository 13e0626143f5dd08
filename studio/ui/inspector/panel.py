"""The inspector: everything about the chosen nodes, made from their specs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from studio.core.types import SpecOf
from studio.ui.inspector.body import Body
from studio.ui.inspector.foot import Foot
from studio.ui.inspector.header import HEIGHT, Header
from studio.ui.inspector.menu import open_menu
from studio.ui.inspector.ports_panel import PortsPanel
from studio.ui.inspector.rows import Row
from studio.ui.inspector.sections import sections
from studio.ui.inspector.targets import shared_inputs
from studio.ui.kit.painting import paint_text
from studio.ui.kit.sections import EmptyState

if TYPE_CHECKING:
    from studio.core.graph import Graph
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

_NOTHING = "Nothing is selected", "Select a node to see its parameters."
_UNKNOWN = "This node type is not installed", "Its parameters and links are kept as they are."
_NOTHING_SHARED = "Nothing in common", "The chosen nodes share no parameter."


class InspectorPanel(QWidget):
    """Head, sections of rows, and help at the foot; follows the selection of the current graph."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._document: Document | None = None
        self._nodes: tuple[str, ...] = ()
        self._types: tuple[object, ...] = ()
        self._said = ("", "")
        self.setAccessibleName("Inspector")
        self.header = Header(studio, self)
        self.body = Body(studio)
        self.body.row_entered.connect(self._explain)
        self.body.menu_asked.connect(self._open_menu)
        self.foot = Foot(studio.looks, self)
        self._scroll = scroll_area(self.body, self)
        self.nothing = EmptyState(studio.looks, "ph.cursor", *_NOTHING, parent=self)
        self.ports = PortsPanel(studio, self)
        studio.documents.current_changed.connect(self._follow)
        studio.session.states_changed.connect(self._states_changed)
        studio.session.issues_changed.connect(self._issues_changed)
        studio.looks.changed.connect(self._dress)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)
        self._follow(studio.documents.current)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that are shown."""
        return self._nodes

    # --- Whose nodes ---

    def _follow(self, document: Document | None) -> None:
        """Show the nodes of another document."""
        if self._document is not None:
            self._document.changed.disconnect(self._edited)
            self._document.shown.disconnect(self._choose)
            self._document.selected.disconnect(self._choose)
        self._document = document
        if document is not None:
            document.changed.connect(self._edited)
            document.shown.connect(self._choose)
            document.selected.connect(self._choose)
        self._choose()

    def _choose(self, show: Callable[[Body, SpecOf], None] = Body.refresh) -> None:
        """Show the nodes that are selected now."""
        nodes = chosen_nodes(self._document) if self._document else ()
        if nodes != self._nodes or self._document is None or not self._same_types():
            self._nodes = nodes
            self._rebuild()
        else:
            self._refresh(show)

    def _edited(self, before: Graph, after: Graph) -> None:
        """Show new values; other nodes or types make new rows."""
        self._choose(Body.edited)

    def _same_types(self) -> bool:
        return self._type_ids() == self._types

    def _type_ids(self) -> tuple[object, ...]:
        """Return what the rows were made for: the document, the place in it, and the types."""
        document = self._document
        if document is None:
            return ()
        nodes = document.scene.nodes
        types = tuple(nodes[node].type if node in nodes else "" for node in self._nodes)
        definitions = document.graph.graphs if any("graph:" in kind for kind in types) else None
        return document.id, document.trail, *types, id(definitions)

    def _rebuild(self) -> None:
        document, self._types = self._document, self._type_ids()
        self.foot.say("", "")
        chosen = document is not None and bool(self._nodes)
        self.header.setVisible(chosen)
        self.foot.setVisible(chosen)
        inside = document is not None and bool(document.trail)
        self.nothing.setVisible(not chosen and not inside)
        self.ports.setVisible(not chosen and inside)
        self._refresh_ports()
        if document is None or not self._nodes:
            self._said = ("", "")
            self.body.clear()
            return
        spec_of = self._spec_of()
        given = shared_inputs(document.scene, self._nodes, spec_of)
        self.header.aim(document, self._nodes)
        first = spec_of(document.scene.nodes[self._nodes[0]].type)
        if first is None:
            self._said = _UNKNOWN
            self.body.clear()
        else:
            kinds = {document.scene.nodes[node].type for node in self._nodes}
            self._said = ("", "") if given or len(kinds) == 1 else _NOTHING_SHARED
            ports = first.id.startswith("graph:")
            self.body.show_sections(document, self._nodes, sections(given), spec_of, ports=ports)
            if len(kinds) == 1:
                self.foot.say(first.title, f"{first.summary} {first.help}".strip())
        self.update()

    def _refresh(self, show: Callable[[Body, SpecOf], None] = Body.refresh) -> None:
        self._refresh_ports()
        if self._nodes:
            self.header.refresh()
            show(self.body, self._spec_of())

    def _refresh_ports(self) -> None:
        if self._document is not None and self._document.trail and not self._nodes:
            self.ports.show_ports(self._document)

    def _spec_of(self) -> SpecOf:
        assert self._document is not None
        return self._studio.session.spec_of(self._document)

    # --- What others tell ---

    def _states_changed(self, document: Document, nodes: frozenset[str]) -> None:
        if document is self._document and any(
            document.prefix + node in nodes for node in self._nodes
        ):
            self.header.refresh()

    def _issues_changed(self, document: Document) -> None:
        if document is self._document:
            self._refresh()

    def _dress(self) -> None:
        self._place()
        self._refresh()
        self.header.dress()
        self.update()

    # --- Help and menu ---

    def _explain(self, row: Row) -> None:
        if row.target:
            self.foot.say(row.label, row.target.item.help)

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        """Explain the row that has the keyboard, and bring it into sight."""
        while new is not None and new is not self:
            if isinstance(new, Row) and new.parentWidget() is self.body:
                self._explain(new)
                self._scroll.ensureWidgetVisible(new, 0, 8)
                return
            new = new.parentWidget()

    def _open_menu(self, row: Row, at: QPoint) -> None:
        if row.target:
            open_menu(self._studio, row.target, at, self)

    # --- Places and looks ---

    def _place(self) -> None:
        self.header.setGeometry(0, 0, self.width(), HEIGHT)
        rows = max(self.foot.lay(self.size()) - HEIGHT, 0)
        self._scroll.setGeometry(0, HEIGHT, self.width(), rows)
        self.nothing.setGeometry(self.rect())
        self.ports.setGeometry(self.rect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place head, rows and foot."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, and what is said where there are no rows."""
        theme = self._studio.looks.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg.panel"))
        title, sentence = self._said
        middle = Qt.AlignmentFlag.AlignHCenter
        top = QRectF(12, self.height() / 3, self.width() - 24, 20)
        paint_text(painter, theme, top, title, font="label_strong", align=middle)
        below = top.translated(0, 22)
        paint_text(painter, theme, below, sentence, role="text.muted", align=middle)


def chosen_nodes(document: Document) -> tuple[str, ...]:
    """Return the nodes that are selected, the focused one first."""
    state, nodes = document.state, document.scene.nodes
    chosen = [*(nodes.keys() & state.selection.nodes)]
    if len(chosen) > 1:
        chosen = [*filter(state.selection.nodes.__contains__, nodes)]
    return tuple(sorted(chosen, key=lambda node: node != state.focus))


def scroll_area(body: QWidget, parent: QWidget) -> QScrollArea:
    """Return an area that scrolls rows up and down."""
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(body)
    area.viewport().setAutoFillBackground(False)
    body.setAutoFillBackground(False)
    return area
