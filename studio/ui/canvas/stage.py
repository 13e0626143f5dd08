"""What the canvas shows of a document: its scene, and the stage that gestures play on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from studio.canvas.fits import End, Shelf
from studio.canvas.metrics import Metrics
from studio.canvas.scene import Change, Scene
from studio.canvas.state import Camera, CanvasState, Hit, Point, Rect, Selection
from studio.canvas.states import NodeState
from studio.core.check import Facts
from studio.core.graph import Graph, Link
from studio.core.registry import Registry
from studio.core.types import SpecOf
from studio.ui.documents.document import Document
from studio.ui.studio import Studio

_RING = 12.0
"""How far the rings of chosen and focused nodes reach."""
_NO_GRAPH = Graph()
_PLACES = 50
"""How many views are remembered for going back."""


class CanvasStage(QObject):
    """Follows one document and the session; implements `studio.canvas.tools.base.Stage`.

    Args:
        studio: Everything that exists once.
        size: Returns width and height of the widget.
        covered: Returns the left top of what covers its right bottom corner, or ``None``.
        parent: Who it belongs to.
    """

    changed = Signal(object)
    """`Change` of the scene."""
    looked = Signal(object, object)
    """Cameras before and after."""
    overlaid = Signal()
    asked = Signal(object, object)
    """Canvas point, and the `End` of a link that was dropped there or ``None``."""
    opened = Signal(object)
    """`Hit` that was opened."""
    hinted = Signal(str)
    focused = Signal()
    """The keyboard is at another node."""
    overtaken = Signal(object, object)
    """The graph that is shown, before and after it became another one."""

    def __init__(
        self,
        studio: Studio,
        size: Callable[[], tuple[float, float]],
        covered: Callable[[], Point | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._size = size
        self._covered = covered
        self._document: Document | None = None
        self._state = CanvasState()
        self._shown = Selection()
        self._focus = ""
        self._onward: list[Camera] = []
        self._whole: Camera | None = None
        self._running: set[str] = set()
        self._seen = _NO_GRAPH
        self._metrics = Metrics.of(studio.looks.tokens, studio.looks.theme.density)
        self._scene = Scene(studio.registry.spec, self._metrics)
        studio.session.states_changed.connect(self._follow_states)
        studio.looks.changed.connect(self._follow_looks)

    # --- What tools see ---

    @property
    def document(self) -> Document | None:
        """Whose graph is shown."""
        return self._document

    @property
    def scene(self) -> Scene:
        """Where everything is."""
        return self._scene

    @property
    def state(self) -> CanvasState:
        """What is seen and chosen."""
        return self._state

    @property
    def graph(self) -> Graph:
        """The graph that is shown, its nodes where they are drawn, with its document's sub-graphs."""
        return self._scene.settled(self._held)

    @property
    def registry(self) -> Registry:
        """The node types."""
        return self._studio.registry

    @property
    def spec_of(self) -> SpecOf:
        """Finds the spec of any node type, sub-graphs included."""
        if self._document is None:
            return self._studio.registry.spec
        return self._studio.session.spec_of(self._document)

    @property
    def facts(self) -> Facts | None:
        """What is true of files."""
        return self._studio.session.facts(self._document) if self._document else None

    @property
    def shelf(self) -> Shelf:
        """Finds files of a family."""
        return self._studio.library.of_family

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the widget in pixels."""
        return self._size()

    def edit(self, name: str, graph: Graph, merge: Hashable | None = None) -> None:
        """Make one undo step of it; steps with the same `merge` are one."""
        if self._document and graph != self.graph:
            self._document.edit_scene(name, graph, merge)
            if self._scene.graph is not self._held:
                self._show(self._held)

    def preview(self, at: Mapping[str, Point], by: Point = (0.0, 0.0)) -> None:
        """Show nodes at other places, so far from `at`, without changing the graph."""
        self.changed.emit(self._scene.move(at, by))

    def sketch(self, graph: Graph | None) -> None:
        """Show another graph for the eye only; ``None`` shows the real one again."""
        self._show(self._held if graph is None else graph)

    def select(self, selection: Selection) -> None:
        """Choose something; the keyboard goes along to a single node."""
        if self._document is None or selection == self._state.selection:
            return
        focus = next(iter(selection.nodes)) if len(selection.nodes) == 1 else None
        self._document.select(selection, focus)

    def look(self, camera: Camera) -> None:
        """Show another part of the canvas; at rest it lies on whole pixels."""
        zoom = camera.zoom
        camera = Camera(round(camera.x * zoom) / zoom, round(camera.y * zoom) / zoom, zoom)
        before, self._state.camera = self._state.camera, camera
        if before != camera:
            self.looked.emit(before, camera)

    def redraw(self) -> None:
        """Paint the overlay again."""
        self.overlaid.emit()

    def ask_node(self, at: Point, source: End | None) -> None:
        """Open the search for a node that goes here; one that fits, if a link was dropped."""
        self.asked.emit(at, source)

    def open(self, hit: Hit) -> None:
        """Open what was clicked: an editor, a sub-graph, the fix of an issue."""
        self.opened.emit(hit)

    def say(self, text: str) -> None:
        """Show a hint in the status bar."""
        self.hinted.emit(text)

    @property
    def running(self) -> frozenset[str]:
        """The nodes that are computed right now."""
        return frozenset(self._running & self._scene.graph.nodes.keys())

    # --- Places ---

    def travel(self, camera: Camera) -> None:
        """Look somewhere else, and remember the way back."""
        if camera != self._state.camera:
            self._state.places = [*self._state.places[1 - _PLACES :], self._state.camera]
            self._onward.clear()
            self.look(camera)

    def go_back(self) -> None:
        """Look where the user was before."""
        if self._state.places:
            self._onward.append(self._state.camera)
            self.look(self._state.places.pop())

    def go_forward(self) -> None:
        """Look where the user came back from."""
        if self._onward:
            self._state.places.append(self._state.camera)
            self.look(self._onward.pop())

    @property
    def has_back(self) -> bool:
        """Whether there is a way back."""
        return bool(self._state.places)

    @property
    def has_onward(self) -> bool:
        """Whether there is a way on."""
        return bool(self._onward)

    def fit(self, nodes: Iterable[str] | None = None) -> None:
        """Show nodes whole; without any, everything."""
        camera = self._fitting(nodes)
        if camera:
            self.travel(camera)

    def hover(self, hit: Hit) -> None:
        """Show what the pointer is over."""
        before, self._state.hover = self._state.hover, hit
        if before != hit:
            nodes = frozenset({before.node, hit.node} & self._scene.graph.nodes.keys())
            links = {item for item in (before.link, hit.link) if item}
            self.changed.emit(Change(nodes, rects=(*self._around(nodes), *self._along(links))))

    # --- Following ---

    def set_document(self, document: Document | None) -> None:
        """Show another document, or none."""
        if document is self._document:
            return
        if self._document:
            self._document.changed.disconnect(self._follow_edit)
            self._document.shown.disconnect(self._follow_trail)
            self._document.selected.disconnect(self._follow_choice)
        self._document = document
        if document:
            document.changed.connect(self._follow_edit)
            document.shown.connect(self._follow_trail)
            document.selected.connect(self._follow_choice)
        self._follow_trail()

    def show_whole(self) -> None:
        """Show everything, as long as the user did not look elsewhere."""
        untouched = not self._state.fitted or self._state.camera == self._whole
        if untouched and min(self.size) > 0 and self._document:
            self._whole, self._state.fitted = self._fitting(), True
            self.look(self._whole or self._state.camera)
            self._state.whole = self._state.camera

    def resized(self) -> None:
        """Keep a graph whole that is shown whole, while nobody moved or edited it."""
        if self._state.camera == self._state.whole:
            self._state.fitted = False
        self.show_whole()

    def _fitting(self, nodes: Iterable[str] | None = None) -> Camera | None:
        """Return the view that shows nodes whole, and none of them under what covers a corner."""
        chosen = None if nodes is None else set(nodes)
        bounds, corner = self._scene.bounds(chosen), self._covered()
        if not bounds:
            return None
        camera = Camera.fitting(bounds, *self.size)
        if corner:
            rect = (*camera.to_canvas(corner), *camera.to_canvas(self.size))
            hidden = set(self._scene.nodes_in(rect))
            beside = Camera.fitting_beside(bounds, self.size, corner)
            if (hidden if chosen is None else hidden & chosen) and beside.zoom > camera.zoom / 2:
                return beside
        return camera

    def _follow_edit(self, before: Graph, after: Graph) -> None:
        self._state.whole = None
        seen, self._seen = self._seen, self._held
        self._show(self._seen)
        self.overtaken.emit(seen, self._seen)

    def _follow_trail(self) -> None:
        self._state = self._document.state if self._document else CanvasState()
        self._onward.clear()
        seen, self._seen = self._seen, self._held
        if seen is not self._seen:
            self.overtaken.emit(seen, self._seen)
        self._scene = Scene(self.spec_of, self._metrics)
        self._scene.set_graph(self._held, self.spec_of)
        self._take_states()
        self._shown, self._focus = self._state.selection, self._state.focus
        self._scene.raise_(self._shown.nodes)
        self.show_whole()
        self.changed.emit(Change(all=True))

    def _follow_choice(self) -> None:
        before, after = self._shown, self._state.selection
        moved = self._focus != self._state.focus
        nodes = (before.nodes ^ after.nodes) | {self._focus, self._state.focus} - {""}
        self._shown, self._focus = after, self._state.focus
        raised = self._scene.raise_(after.nodes)
        here = frozenset(nodes & self._scene.graph.nodes.keys())
        everything = raised.all or before.frames != after.frames or before.notes != after.notes
        links = before.links ^ after.links
        rects = () if everything else (*raised.rects, *self._around(here), *self._along(links))
        self.changed.emit(Change(here, all=everything, rects=rects))
        if moved:
            self.focused.emit()

    def _follow_states(self, document: Document, nodes: frozenset[str]) -> None:
        if document is not self._document or document is None:
            return
        if 2 * len(nodes) > len(self._scene.ids):  # to look at all costs less than to ask
            change = self._take_states()
        else:
            states = self._states_of(document, nodes)
            change = self._scene.set_states(states)
            self._running -= states.keys()
            self._running |= {k for k, state in states.items() if state and state.kind == "running"}
        if change:
            self.changed.emit(change)

    def _states_of(self, document: Document, nodes: frozenset[str]) -> dict[str, NodeState | None]:
        """Return the states of those of some nodes, by expanded id, that are shown."""
        known, prefix = self._studio.session.states(document), document.prefix
        names = [node.removeprefix(prefix) for node in nodes if node.startswith(prefix)]
        here = [*filter(self._scene.graph.nodes.__contains__, names)]
        return {node: known.get(prefix + node) for node in here}

    def _follow_looks(self) -> None:
        looks = self._studio.looks
        self._metrics = Metrics.of(looks.tokens, looks.theme.density)
        self._scene.set_metrics(self._metrics)
        self.changed.emit(Change(all=True))

    def _take_states(self) -> Change:
        """Show what is known of all nodes."""
        if self._document is None:
            return Change()
        scene, known = self._scene, self._studio.session.states(self._document)
        change = scene.set_all_states(known, self._document.prefix)
        self._running = {scene.ids[row] for row in scene.known.rows_of("running")}
        return change

    @property
    def _held(self) -> Graph:
        """The graph that is shown, as the document holds it."""
        return self._document.scene if self._document else _NO_GRAPH

    def _show(self, graph: Graph) -> None:
        self.changed.emit(self._scene.set_graph(graph, self.spec_of))

    def _around(self, nodes: Iterable[str]) -> list[Rect]:
        grown = []
        for left, top, right, bottom in map(self._scene.rect, nodes):
            grown.append((left - _RING, top - _RING, right + _RING, bottom + _RING))
        return grown

    def _along(self, links: Iterable[Link]) -> list[Rect]:
        curves = self._scene.curves_of(list(links))
        return [tuple(box) for box in self._scene.link_reach[curves].tolist()]
