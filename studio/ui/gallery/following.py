"""Which picture the viewer is for: that of the chosen node, of the graph, or one that is pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.ui.gallery.sources import Source, last_of, source_of, sources

if TYPE_CHECKING:
    from studio.core.types import SpecOf
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio


class Following(QObject):
    """Follows the document in front and what is chosen in it.

    Args:
        studio: What the window shares.
        parent: Owner in Qt's tree.

    Attributes:
        source: The picture; ``None``: the graph has none.
        pinned: Whether it stays, whatever is chosen.
    """

    changed = Signal()
    """Another source, or another name of it."""
    touched = Signal()
    """The source may have another result."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.source: Source | None = None
        self.pinned = False
        self._found: tuple[object, tuple[str, ...], Source | None] = (None, (), None)
        self._paths: tuple[object, str, set[str]] = (None, "", set())
        studio.documents.current_changed.connect(self._another)
        studio.documents.opened.connect(self._watch)
        for document in studio.documents.items:
            self._watch(document)
        self.follow()

    @property
    def document(self) -> Document | None:
        """The document in front."""
        return self._studio.documents.current

    def follow(self) -> None:
        """Choose the source anew."""
        document = self.document
        kept = self._kept()
        if document is None or (self.pinned and kept):
            self._take(kept)
            return
        chosen = document.state.selection.nodes
        node = next(iter(chosen)) if len(chosen) == 1 else ""
        found = self.of(document, node) if node else None
        # A latent is no picture to look at: what it becomes is shown, unless it is asked for.
        self._take(found if found and found.kind != "Latent" else self._last(document))

    def show_node(self, node: str) -> None:
        """Show the picture of a node of what is shown, by its expanded id."""
        document = self.document
        found = self.of(document, node.removeprefix(document.prefix)) if document else None
        if found:
            self._take(found)

    def choose(self, source: Source) -> None:
        """Show a source and stay at it."""
        self.pinned = True
        self._take(source)
        self.changed.emit()

    def pin(self, on: bool) -> None:
        """Stay at this source, or follow again."""
        self.pinned = on
        self.follow()
        self.changed.emit()

    def all(self) -> tuple[Source, ...]:
        """Return every picture of the graph."""
        document = self.document
        return sources(document.graph, self._spec_of(document)) if document else ()

    def needs(self, document: Document, node: str) -> bool:
        """Tell whether a node, by its expanded id, is upstream of the source."""
        if self.source is None:
            return False
        if self._paths[0] is not document.graph or self._paths[1] != self.source.node:
            top = self.source.node.partition("/")[0]
            self._paths = document.graph, self.source.node, document.graph.upstream([top])
        return node.partition("/")[0] in self._paths[2]

    def of(self, document: Document, node: str) -> Source | None:
        """Return the picture of a node of what is shown."""
        return self.inside(document, source_of(document.scene, self._spec_of(document), node))

    def inside(self, document: Document, source: Source | None) -> Source | None:
        """Return a source of what is shown as one of the whole graph."""
        return source.under(document.prefix) if source else None

    def _spec_of(self, document: Document) -> SpecOf:
        return self._studio.session.spec_of(document)

    def _watch(self, document: Document) -> None:
        document.selected.connect(self.follow)
        document.shown.connect(self.follow)
        document.changed.connect(self._edited)

    def _edited(self, _before: object, _after: object) -> None:
        self.follow()
        self.touched.emit()

    def _another(self, _document: object) -> None:
        self.source, self.pinned = None, False
        self.follow()
        self.changed.emit()

    def _last(self, document: Document) -> Source | None:
        """Return what the graph is for; an edit of a value does not change that."""
        graph = document.graph
        links, nodes, found = self._found
        if links is not graph.links or nodes != tuple(graph.nodes):
            found = last_of(graph, self._spec_of(document))
            self._found = graph.links, tuple(graph.nodes), found
        return found

    def _kept(self) -> Source | None:
        """Return the source if its node is still there, by its present name."""
        document, source = self.document, self.source
        if document is None or source is None:
            return None
        top, _, inner = source.end[0].partition("/")
        if top not in document.graph.nodes:
            return None
        again = source_of(document.graph, self._spec_of(document), top) if not inner else None
        same = again and again.end == source.end
        return again if same else source

    def _take(self, source: Source | None) -> None:
        if source != self.source:
            self.source = source
            self.changed.emit()
