"""Asking for a node type at the cursor, and what is done with the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint

from studio.canvas.edits import links, nodes
from studio.canvas.fits import Candidate, End, Fits, types_that_fit
from studio.canvas.place import free_place
from studio.canvas.search import Search
from studio.canvas.state import Point, Selection
from studio.canvas.tools.links import place_of
from studio.canvas.tools.nodes import PlaceNodes
from studio.core.graph import SUB_GRAPH, Graph, Link
from studio.core.spec import NodeSpec
from studio.core.sub_graphs import interfaces
from studio.ui.palette.quick_add import Question, QuickAdd
from studio.ui.palette.usage import Usage
from studio.ui.studio import Studio

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget

Take = Callable[[NodeSpec, bool], None]
_USAGE = "usage.json"


class Adding(QObject):
    """Opens the search over the canvas, and adds, links or replaces.

    Args:
        studio: Everything that exists once.
        canvas: Where nodes go.
    """

    def __init__(self, studio: Studio, canvas: CanvasWidget) -> None:
        super().__init__(canvas)
        self._studio = studio
        self._canvas = canvas
        self._take: Take | None = None
        self.usage = Usage(studio.paths.data / _USAGE)
        self.search = QuickAdd(studio.looks, canvas)
        self.search.chosen.connect(self._chosen)
        self.search.closed.connect(canvas.setFocus)
        self.search.helped.connect(self._help)

    def close(self) -> None:
        """Close the search without a choice."""
        self.search.close_quietly()

    # --- Questions ---

    def ask(self, at: Point, source: End | None) -> None:
        """Ask for a node that goes to a place.

        Args:
            at: Its left top on the canvas.
            source: End of a link that was dropped there.
        """
        if source is None:
            self._open(at, partial(self._put, at))
        else:
            self._ask_fitting(at, source)

    def ask_at_pointer(self) -> None:
        """Ask for a node that hangs on the pointer until it is clicked."""
        self._open(self._canvas.pointer().at, self._carry)

    def add(self, type_id: str, params: Mapping[str, Any] | None = None) -> None:
        """Add a node in the middle of what is seen, or as near to it as there is room.

        Args:
            type_id: Id of the node type.
            params: What it has in place of its defaults.
        """
        stage = self._canvas.stage
        spec = stage.spec_of(type_id)
        if spec and stage.document:
            wide, high = stage.size
            middle = stage.state.camera.to_canvas((wide / 2, high / 2))
            size = (stage.scene.metrics.width, stage.scene.metrics.width)
            at = free_place(stage.scene.rects, size, middle)
            self.usage.add(type_id)
            graph, node = nodes.added(stage.graph, spec, at)
            for name, value in (params or {}).items():
                graph = graph.with_param(node, name, value)
            self._finish(f"Add {spec.title}", graph, node)

    def ask_replacement(self, chosen: Iterable[str]) -> None:
        """Ask for the type that nodes shall have instead."""
        known = [node for node in chosen if node in self._canvas.stage.graph.nodes]
        if known:
            at = self._canvas.scene.rect(known[0])[:2]
            self._open(at, partial(self._replace, known), keys="replace", linked="")

    def ask_insertion(self, link: Link) -> None:
        """Ask for a node that goes on a link."""
        scene = self._canvas.scene
        start = place_of(self._canvas.stage, End(link.source, link.output, "output"))
        end = place_of(self._canvas.stage, End(link.target, link.input, "input"))
        at = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        kind = scene.type_of(link.source, "output", link.output)
        fitting = self._fitting(kind, End(link.source, link.output, "output"))
        self._open(at, partial(self._insert, link, at), kind, fitting, keys="insert", linked="")

    def _ask_fitting(self, at: Point, source: End) -> None:
        stage = self._canvas.stage
        kind = Fits(stage.graph, stage.spec_of, stage.facts, source).type
        fitting = self._fitting(kind, source)
        self._open(at, partial(self._put_linked, at, source, fitting), kind, fitting)

    def _open(
        self,
        at: Point,
        take: Take,
        kind: str = "",
        fitting: dict[str, Candidate] | None = None,
        *,
        keys: str = "add",
        linked: str = "add and link",
    ) -> None:
        canvas = self._canvas
        if canvas.document is None:
            return
        self._take = take
        allowed = None if fitting is None else (lambda spec: spec.id in fitting)
        search = Search(addable(self._studio, canvas.stage.graph))
        question = Question(search, self.usage.counts, kind, allowed, keys, linked)
        pixel = canvas.camera.to_widget(at)
        self.search.ask(question, QPoint(round(pixel[0]), round(pixel[1])))

    def _fitting(self, kind: str, source: End) -> dict[str, Candidate]:
        specs = addable(self._studio, self._canvas.stage.graph)
        return {item.spec.id: item for item in types_that_fit(specs, kind, source.side)}

    # --- Answers ---

    def _chosen(self, spec: NodeSpec, linked: bool) -> None:
        take, self._take = self._take, None
        if take:
            self.usage.add(spec.id)
            take(spec, linked)

    def _put(self, at: Point, spec: NodeSpec, linked: bool) -> None:
        graph, node = nodes.added(self._canvas.stage.graph, spec, at)
        self._finish(f"Add {spec.title}", self._linked(graph, node) if linked else graph, node)

    def _put_linked(
        self, at: Point, source: End, fitting: dict[str, Candidate], spec: NodeSpec, linked: bool
    ) -> None:
        if spec.id not in fitting:
            self._put(at, spec, linked)
            return
        stage = self._canvas.stage
        if source.side == "input":
            at = (at[0] - stage.scene.metrics.width, at[1])
        name = fitting[spec.id].name
        graph, node = nodes.added_to(stage.graph, spec, at, source, name, stage.spec_of)
        graph = links.fed(graph, node, stage.spec_of) if linked else graph
        self._finish(f"Add {spec.title}", graph, node)

    def _carry(self, spec: NodeSpec, linked: bool) -> None:
        stage = self._canvas.stage
        pointer = self._canvas.pointer()
        header = stage.scene.metrics.header / 2
        at = (pointer.at[0] - stage.scene.metrics.width / 2, pointer.at[1] - header)
        graph, node = nodes.added(stage.graph, spec, at)
        graph = self._linked(graph, node) if linked else graph
        new = frozenset({node})
        self._canvas.take_tool(PlaceNodes(stage, f"Add {spec.title}", graph, new))

    def _replace(self, chosen: list[str], spec: NodeSpec, _linked: bool) -> None:
        stage = self._canvas.stage
        graph, lost = stage.graph, 0
        for node in chosen:
            graph, gone = nodes.replaced(graph, node, spec, stage.spec_of)
            lost += len(gone)
        stage.edit(f"Replace with {spec.title}", graph)
        if lost:
            stage.say(f"{lost} links found no place on {spec.title}")

    def _insert(self, link: Link, at: Point, spec: NodeSpec, _linked: bool) -> None:
        stage = self._canvas.stage
        graph, node = nodes.added(stage.graph, spec, at)
        found = links.inserted(graph, node, link, stage.spec_of)
        self._finish(f"Insert {spec.title}", found or graph, node)

    def _linked(self, graph: Graph, node: str) -> Graph:
        """Link a new node to what is chosen, as far as something fits."""
        stage = self._canvas.stage
        chosen = [key for key in stage.graph.nodes if key in stage.state.selection.nodes]
        for source in chosen[:1]:
            graph = links.linked_in_order(graph, [source, node], stage.spec_of, stage.facts)
        return links.fed(graph, node, stage.spec_of)

    def _finish(self, name: str, graph: Graph, node: str) -> None:
        self._canvas.stage.edit(name, graph)
        self._canvas.stage.select(Selection(frozenset({node})))

    def _help(self, spec: NodeSpec) -> None:
        self._studio.messages.say(f"{spec.title}: {spec.summary} {spec.help}".strip())


def addable(studio: Studio, graph: Graph) -> list[NodeSpec]:
    """Return the node types that can be added: all but sub-graphs that would contain themselves.

    Args:
        studio: Everything that exists once.
        graph: What is shown, with the definitions of its document.
    """
    own = interfaces(graph.graphs, studio.registry).items()
    inner = [spec for key, spec in own if not _contains(graph, key.removeprefix(SUB_GRAPH))]
    return [*studio.registry.specs.values(), *inner]


def _contains(graph: Graph, definition: str) -> bool:
    """Tell whether a sub-graph is what is shown, or uses it."""
    waiting, seen = [definition], {definition}
    for name in waiting:
        inner = graph.graphs[name].graph
        if inner.nodes is graph.nodes:
            return True
        used = {node.sub_graph for node in inner.nodes.values() if node.sub_graph in graph.graphs}
        waiting += sorted(used - seen)
        seen |= used
    return False
