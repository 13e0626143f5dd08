"""What an editor edits: one parameter of one node, or of several nodes that share it. No Qt."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from studio.core.graph import Graph, Link, Node
from studio.core.spec import Input
from studio.core.types import SpecOf
from studio.core.widgets import plain

if TYPE_CHECKING:
    from studio.ui.documents.document import Document


class Mixed:
    """The type of `MIXED`."""

    def __repr__(self) -> str:
        """Write it as it is shown."""
        return "mixed"


MIXED: Final = Mixed()
"""Stands for the value of nodes that differ."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parameter of one or more nodes of a document.

    Attributes:
        document: Whose graph.
        nodes: Their ids; the first one is what other things follow.
        item: The parameter.
        root: Whether the nodes are those of the document's own graph, and not of the sub-graph
            that is shown.
    """

    document: Document
    nodes: tuple[str, ...]
    item: Input
    root: bool = False

    @property
    def graph(self) -> Graph:
        """The graph that holds the nodes, as it is now."""
        return self.document.graph if self.root else self.document.scene

    @property
    def held(self) -> tuple[Node, ...]:
        """The nodes that still exist."""
        return tuple(filter(None, map(self.graph.nodes.get, self.nodes)))

    @property
    def value(self) -> Any:
        """The value that they have, in the type of the parameter; `MIXED` if they differ."""
        held = self._values()
        first = self._read(held[0]) if held else self.item.default
        same = all(value is held[0] or self._read(value) == first for value in held)
        return first if same else MIXED

    @property
    def problem(self) -> str:
        """What is wrong with the first value that no node could run with; empty: nothing."""
        missing = "a value is missing" if self.item.required else ""
        for value in () if self.item.is_socket else distinct(self._values()):
            found = missing if value is None else self.item.problem(value)
            if found:
                return found
        return ""

    @property
    def changed(self) -> bool:
        """Whether any of them has another value than the default."""
        return any(self._read(value) != self.item.default for value in distinct(self._values()))

    @property
    def links(self) -> tuple[Link, ...]:
        """The links that take the place of the value."""
        graph = self.graph
        return tuple(
            link
            for node in self.nodes
            for link in graph.links_to(node)
            if link.input == self.item.name
        )

    @property
    def told(self) -> tuple[object, ...]:
        """All that the graph says of it: as long as this is the same, an edit was about others."""
        links, graph = self.links, self.graph
        sources = [graph.nodes.get(link.source) for link in links]
        return self._values(), self.seed_mode, links, sources, graph.graphs if links else None

    @property
    def seed_mode(self) -> str:
        """What happens to the seed after a run; the first node's."""
        held = self.held
        return (held[0].seed_mode or "fixed") if held else "fixed"

    def write(self, value: Any, gesture: Hashable | None = None) -> None:
        """Give all nodes a value, as one step.

        Args:
            value: In the type of the parameter.
            gesture: Edits of one gesture become one step.
        """
        written = {self.item.name: plain(value)}
        changed = {
            key: replace(node, params={**node.params, **written}) for key, node in self._items()
        }
        self._set(self.graph.with_nodes(changed), gesture)

    def restore(self, before: Graph, gesture: Hashable) -> None:
        """Give the nodes back what they had before a gesture, which so leaves no step."""
        held = {key: before.nodes[key] for key, _ in self._items() if key in before.nodes}
        self._set(self.graph.with_nodes(held), gesture)

    def _set(self, graph: Graph, gesture: Hashable | None) -> None:
        merge = None if gesture is None else ("set", *self.nodes, self.item.name, gesture)
        self.edit(f"Set {label_of(self.item.name)}", graph, merge)

    def reset(self) -> None:
        """Go back to the default, as one step."""
        changed = {}
        for key, node in self._items():
            if self.item.name in node.params:
                params = {k: v for k, v in node.params.items() if k != self.item.name}
                changed[key] = replace(node, params=params)
        self.edit(f"Reset {label_of(self.item.name)}", self.graph.with_nodes(changed))

    def unlink(self) -> None:
        """Remove the links, so that the value counts again."""
        self.edit(f"Unlink {label_of(self.item.name)}", self.graph.without_links(*self.links))

    def set_seed_mode(self, mode: str) -> None:
        """Choose what happens to the seed after a run."""
        changed = {key: replace(node, seed_mode=mode) for key, node in self._items()}
        self.edit("Set what the seed does", self.graph.with_nodes(changed))

    def keep_seed(self, seed: int) -> None:
        """Take a seed and keep it after runs, as one step."""
        changed = {
            key: replace(node, params={**node.params, self.item.name: seed}, seed_mode="fixed")
            for key, node in self._items()
        }
        self.edit("Reuse the seed", self.graph.with_nodes(changed))

    def edit(self, name: str, graph: Graph, merge: Hashable | None = None) -> None:
        """Make a step of the document from a changed graph."""
        (self.document.edit if self.root else self.document.edit_scene)(name, graph, merge=merge)

    def _items(self) -> list[tuple[str, Node]]:
        nodes = self.graph.nodes
        return [(key, nodes[key]) for key in self.nodes if key in nodes]

    def _values(self) -> list[Any]:
        """Return the values as the file has them."""
        name, default = self.item.name, self.item.default
        return [node.params.get(name, default) for node in self.held]

    def _read(self, value: Any) -> Any:
        """Return a value in the type of the parameter; one that cannot be read stays as it is."""
        try:
            return value if value is None else self.item.coerce(value)
        except (TypeError, ValueError):
            return value


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return values without those that are the same object as an earlier one."""
    return list({id(value): value for value in values}.values())


def label_of(name: str) -> str:
    """Return the name of an input for people."""
    return name.replace("_", " ")


def shared_inputs(graph: Graph, nodes: Iterable[str], spec_of: SpecOf) -> tuple[Input, ...]:
    """Return the inputs that all nodes have with the same type and widget, as the first has them.

    A node of a type that is not installed has none.
    """
    types = dict.fromkeys(graph.nodes[node].type for node in nodes if node in graph.nodes)
    specs = [spec_of(kind) for kind in types]
    if not specs or None in specs:
        return ()
    kinds = [
        {(item.name, item.type, item.widget) for item in spec.inputs} for spec in specs if spec
    ]
    return tuple(
        item
        for item in (specs[0].inputs if specs[0] else ())
        if all((item.name, item.type, item.widget) in kind for kind in kinds)
    )
