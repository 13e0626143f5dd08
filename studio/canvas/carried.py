"""Which value type each link carries: as its output says, and followed only where that is any."""

from __future__ import annotations

from studio.canvas.index import Rows
from studio.canvas.shapes import Template
from studio.canvas.sizes import Sizes
from studio.core.graph import Graph, Link
from studio.core.types import ANY, Flow, flow, is_list, item_of


class Carried:
    """The value types in one graph; made anew when its nodes or links are others."""

    def __init__(self, graph: Graph, sizes: Sizes) -> None:
        self._graph = graph
        self._sizes = sizes
        self._flow: Flow | None = None
        self._kinds: list[str] | None = None
        self._lists: bool | None = None

    def by_link(self, links: tuple[Link, ...], sources: Rows) -> list[str]:
        """Return the type that each of the scene's links carries.

        Args:
            links: Those between nodes that exist.
            sources: Places of the nodes that they come from, in the order of the graph.
        """
        if self._kinds is None:
            types = [node.type for node in self._graph.nodes.values()]
            ends = [
                (types[row], link.output) for row, link in zip(sources.tolist(), links, strict=True)
            ]
            said = {end: self._said(*end) for end in set(ends)}
            self._kinds = [
                kind if fixed else self._flowing((link.source, link.output)) or kind
                for link, (kind, fixed) in zip(links, map(said.__getitem__, ends), strict=True)
            ]
        return self._kinds

    def of(self, node: str, side: str, name: str) -> str:
        """Return the type of an input or output; ``any:T`` where nothing decides it."""
        template = self._sizes.template(self._graph.nodes[node].type)
        if side == "output":
            said = template.outputs.get(name, f"{ANY}?")
            return said if self._is_said(said) else self._flowing((node, name)) or said
        item = template.items.get(name)
        kind = item.type if item else f"{ANY}?"
        links = self._graph.inputs_of(node).get(name, ()) if ANY in kind else ()
        return (self._flowing((links[0].source, links[0].output)) or kind) if links else kind

    def sockets(self, node: str, template: Template) -> dict[tuple[str, str], str]:
        """Return the types of those sockets of a node that take any."""
        ends = [("input", name) for name, item in template.items.items() if ANY in item.type]
        ends += [("output", name) for name, kind in template.outputs.items() if ANY in kind]
        return {(side, name): self.of(node, side, name) for side, name in ends}

    def _said(self, type_id: str, output: str) -> tuple[str, bool]:
        """Return the type that an output of a node type gives, and whether that is all of it."""
        template = self._sizes.template(type_id)
        kind = template.outputs.get(output, f"{ANY}?")
        return kind, template.spec is None or not item_of(kind).startswith(ANY)

    def _is_said(self, kind: str) -> bool:
        """Tell whether an output gives what it says: nothing flows in, and no list maps its node."""
        if self._lists is None:
            types = {node.type for node in self._graph.nodes.values()}
            made = (kind for held in types for kind in self._sizes.template(held).outputs.values())
            self._lists = any(map(is_list, made))
        return not self._lists and ANY not in kind

    def _flowing(self, end: tuple[str, str]) -> str | None:
        if self._flow is None:
            self._flow = flow(self._graph, self._sizes.spec_of)
        return self._flow.types.get(end)
