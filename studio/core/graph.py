"""The graph: an immutable value. Every edit returns a new graph that shares what did not change.

Edits refuse what makes no sense (a cycle, a link to nowhere). A graph made directly, or read from a
file, may be wrong; `studio.core.check` says how. Nothing here is recursive.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Literal

from studio.core import ends
from studio.core.errors import CycleError, GraphError, LinkError, Place
from studio.core.view import View
from studio.core.widgets import plain

Mode = Literal["on", "muted", "bypassed", "frozen"]
SUB_GRAPH = "graph:"


@dataclass(frozen=True, slots=True)
class Node:
    """One place in a graph where a node type is used.

    Attributes:
        type: Id of the node type; ``graph:name`` uses a sub-graph.
        version: Version of the type that `params` were written for.
        params: Plain JSON values by the name of the input.
        title: Given by the user; empty shows the type's.
        mode: Whether it runs.
        frozen: Key of the result that stays while it is frozen.
        seed_mode: What the window does to the seed after a run, such as ``random``.
        extra: Keys of other programs or newer versions, kept whole.
    """

    type: str
    version: int = 1
    params: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    mode: Mode = "on"
    frozen: str = ""
    seed_mode: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sub_graph(self) -> str:
        """Id of the sub-graph that it uses, or nothing."""
        return self.type[len(SUB_GRAPH) :] if self.type.startswith(SUB_GRAPH) else ""


@dataclass(frozen=True, slots=True)
class Link:
    """Carries an output of one node to an input of another.

    Attributes:
        source: Id of the node that it comes from.
        output: Name of the output.
        target: Id of the node that it goes to.
        input: Name of the input.
        index: Place among the links of an input that takes many.
    """

    source: str
    output: str
    target: str
    input: str
    index: int | None = None

    def __str__(self) -> str:
        """Write it as in a saved file."""
        return ends.join_link(self.source, self.output, self.target, self.input, self.index)

    @classmethod
    def parse(cls, text: str) -> Link:
        """Read it as in a saved file.

        Raises:
            ValueError: The text is not a link.
        """
        return cls(*ends.split_link(text))


@dataclass(frozen=True, slots=True)
class Port:
    """A named input or output of a sub-graph; its id stays when it is renamed or moved.

    Attributes:
        name: For people.
        type: As in `studio.core.spec.Input`.
        ends: ``node.input`` inside, for an input: all that it feeds; ``node.output`` for an output.
        extra: Keys of other programs or newer versions, kept whole.
    """

    name: str
    type: str
    ends: tuple[str, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubGraph:
    """A graph with named inputs and outputs, used as a node of type ``graph:name``.

    Attributes:
        title: For people.
        inputs: Ports by their stable ids.
        outputs: Ports by their stable ids.
        graph: What is inside. It has no definitions of its own: those of the document serve all.
    """

    title: str
    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port]
    graph: Graph

    def __eq__(self, other: object) -> bool:
        """Compare everything, the order of the ports too: it is that of the sockets."""
        return isinstance(other, SubGraph) and self._said == other._said

    @property
    def _said(self) -> tuple[object, ...]:
        return self.title, [*self.inputs.items()], [*self.outputs.items()], self.graph


@dataclass(frozen=True)
class Graph:
    """Nodes and the links between them, with what belongs to their document.

    Attributes:
        nodes: By id, in the order of insertion.
        links: In the order of insertion.
        graphs: Definitions of sub-graphs by id.
        form: Parameters shown in the form, written ``node.param``.
        view: How it looks.
        title: For people.
        extra: Keys of other programs or newer versions, kept whole.
    """

    nodes: Mapping[str, Node] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    graphs: Mapping[str, SubGraph] = field(default_factory=dict)
    form: tuple[str, ...] = ()
    view: View = field(default_factory=View)
    title: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    _cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    # --- Reading ---

    def links_to(self, node: str) -> tuple[Link, ...]:
        """Return the links into a node; those of one input in the order of their indices."""
        return self._ends("target").get(node, ())

    def links_from(self, node: str) -> tuple[Link, ...]:
        """Return the links out of a node."""
        return self._ends("source").get(node, ())

    def inputs_of(self, node: str) -> Mapping[str, tuple[Link, ...]]:
        """Return the links into a node by the name of the input, in order."""
        known: dict[str, dict[str, tuple[Link, ...]]] = self._cache.setdefault("inputs", {})
        if node not in known:
            found: defaultdict[str, tuple[Link, ...]] = defaultdict(tuple)
            for link in self.links_to(node):
                found[link.input] += (link,)
            known[node] = dict(found)
        return known[node]

    def upstream(self, nodes: Iterable[str]) -> set[str]:
        """Return these nodes and all that they need."""
        return self._reach(nodes, forward=False)

    def downstream(self, nodes: Iterable[str]) -> set[str]:
        """Return these nodes and all that need them."""
        return self._reach(nodes, forward=True)

    def order(self) -> tuple[str, ...]:
        """Return the nodes so that each follows what it needs; nodes of cycles are left out."""
        names, known = [*self.nodes], self._cache.get("order")
        if known is None or known[0] != names:
            known = self._cache["order"] = names, self._ordered()
        order: tuple[str, ...] = known[1]
        return order

    def cycle(self) -> tuple[str, ...]:
        """Return the nodes of one cycle in order, or nothing."""
        if not (stuck := set(self.nodes) - set(self.order())):
            return ()
        # Every stuck node has a stuck source, so walking back must meet a node again.
        walked: dict[str, int] = {}
        node = min(stuck)
        while node not in walked:
            walked[node] = len(walked)
            node = next(link.source for link in self.links_to(node) if link.source in stuck)
        return tuple(reversed(list(walked)[walked[node] :]))

    def fresh_id(self, base: str) -> str:
        """Return an id that is free: `base`, ``base_2``, ``base_3``, ..."""
        taken = base in self.nodes
        number = 2
        while taken and f"{base}_{number}" in self.nodes:
            number += 1
        return f"{base}_{number}" if taken else base

    # --- Edits ---

    def with_node(self, node_id: str, node: Node) -> Graph:
        """Add a node, or replace one.

        Raises:
            GraphError: The id is empty.
        """
        if not node_id:
            raise GraphError("a node needs an id that is not empty")
        return self.with_nodes({node_id: node})

    def with_nodes(self, nodes: Mapping[str, Node]) -> Graph:
        """Add or replace several nodes at once."""
        return self._with(nodes={**self.nodes, **nodes})

    def without_nodes(self, *nodes: str) -> Graph:
        """Remove nodes with their links, their places in frames and their form entries."""
        for node in nodes:
            self._known(node)
        gone = set(nodes)
        cut = [link for link in self.links if link.source in gone or link.target in gone]
        lost = set(map(id, cut))
        return self._with(
            nodes={node: item for node, item in self.nodes.items() if node not in gone},
            links=tuple(link for link in self.links if id(link) not in lost) if cut else self.links,
            form=tuple(entry for entry in self.form if _form_node(entry) not in gone),
            view=self.view.without(gone, map(str, cut)),
        )

    def with_param(self, node: str, name: str, value: Any) -> Graph:
        """Set one parameter."""
        return self.with_params(node, {name: value})

    def with_params(self, node: str, params: Mapping[str, Any]) -> Graph:
        """Set several parameters."""
        held = self._known(node)
        changed = {**held.params, **{name: plain(value) for name, value in params.items()}}
        return self.with_node(node, replace(held, params=changed))

    def with_mode(self, node: str, mode: Mode, frozen: str = "") -> Graph:
        """Mute, bypass, freeze (with the key of the result that stays), or turn on."""
        return self.with_node(node, replace(self._known(node), mode=mode, frozen=frozen))

    def titled(self, node: str, title: str) -> Graph:
        """Give a node another title."""
        return self.with_node(node, replace(self._known(node), title=title))

    def with_link(self, link: Link) -> Graph:
        """Add a link; one that ends at the same place is replaced.

        Raises:
            LinkError: One of its nodes does not exist.
            CycleError: A node would wait for itself.
        """
        for end in (link.source, link.target):
            if end not in self.nodes:
                raise LinkError(f"{link} needs a node {end!r}, which does not exist")
        if link.target == link.source or link.target in self.upstream([link.source]):
            place = Place(link.target, link.input)
            raise CycleError(f"{link} would make {link.target} wait for itself", place=place)
        place_of = (link.target, link.input, link.index)
        old = [held for held in self.links_to(link.target) if _place(held) == place_of]
        kept = self.without_links(*old)
        return kept._with(links=(*kept.links, link))

    def without_links(self, *links: Link) -> Graph:
        """Remove links; those that do not exist are ignored."""
        gone = set(links)
        kept = tuple(link for link in self.links if link not in gone) if gone else self.links
        if len(kept) == len(self.links):
            return self
        return self._with(links=kept, view=self.view.without((), map(str, gone)))

    def renamed(self, old: str, new: str) -> Graph:
        """Give a node another id; links, form, frames and layout follow.

        Raises:
            GraphError: There is no such node, or the new id is taken or empty.
        """
        self._known(old)
        if new == old:
            return self
        if not new or new in self.nodes:
            raise GraphError(f"{old!r} cannot be called {new!r}, which is taken or empty")

        def word(node: str) -> str:
            return new if node == old else node

        def relinked(link: Link) -> Link:
            return replace(link, source=word(link.source), target=word(link.target))

        texts = {str(link): str(relinked(link)) for link in self.links}
        return self._with(
            nodes={word(node): item for node, item in self.nodes.items()},
            links=tuple(map(relinked, self.links)),
            form=tuple(_form_entry(entry, word) for entry in self.form),
            view=self.view.renamed(old, new, lambda text: texts.get(text, text)),
        )

    def with_graph(self, graph_id: str, definition: SubGraph) -> Graph:
        """Add or replace the definition of a sub-graph."""
        return self._with(graphs={**self.graphs, graph_id: definition})

    def with_form(self, form: Iterable[str]) -> Graph:
        """Choose the parameters of the form."""
        return self._with(form=tuple(form))

    def with_view(self, view: View) -> Graph:
        """Change how it looks."""
        return self._with(view=view)

    def with_title(self, title: str) -> Graph:
        """Give the graph another title."""
        return self._with(title=title)

    # --- Inside ---

    def _with(self, **changes: Any) -> Graph:
        """Change fields; the adjacency is shared while the links stay."""
        cache = {} if "links" in changes and changes["links"] is not self.links else self._cache
        return replace(self, **changes, _cache=cache)

    def _known(self, node: str) -> Node:
        if node not in self.nodes:
            raise GraphError(f"there is no node {node!r}", fix=f"one of {_some(self.nodes)}")
        return self.nodes[node]

    def _ends(self, side: Literal["source", "target"]) -> Mapping[str, tuple[Link, ...]]:
        if side not in self._cache:
            found: defaultdict[str, list[Link]] = defaultdict(list)
            for end, link in zip(map(attrgetter(side), self.links), self.links, strict=True):
                found[end].append(link)
            if side == "target":
                for links in found.values():
                    if len(links) > 1:
                        links.sort(key=lambda link: link.index or 0)
            self._cache[side] = {node: tuple(links) for node, links in found.items()}
        adjacency: Mapping[str, tuple[Link, ...]] = self._cache[side]
        return adjacency

    def _ordered(self) -> tuple[str, ...]:
        out, nodes = self._ends("source"), self.nodes
        waiting = dict(Counter(map(attrgetter("target"), self.links)))
        waiting |= dict.fromkeys(waiting.keys() - nodes.keys(), -1)  # these are never ready
        for source in out.keys() - nodes.keys():
            for link in out[source]:
                waiting[link.target] -= 1
        ready = [node for node in nodes if not waiting.get(node)]
        for node in ready:
            for link in out.get(node, ()):
                left = waiting[link.target] = waiting[link.target] - 1
                if not left:
                    ready.append(link.target)
        return tuple(ready)

    def _reach(self, nodes: Iterable[str], *, forward: bool) -> set[str]:
        waiting = list(nodes)
        found = set(waiting)
        links = self._ends("source" if forward else "target")
        while waiting:
            for link in links.get(waiting.pop(), ()):
                other = link.target if forward else link.source
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found


def _place(link: Link) -> tuple[str, str, int | None]:
    return link.target, link.input, link.index


def _form_node(entry: str) -> str:
    try:
        return ends.split(entry)[0]
    except ValueError:
        return ""


def _form_entry(entry: str, word: Any) -> str:
    try:
        node, name = ends.split(entry)
    except ValueError:
        return entry
    return ends.join(word(node), name)


def _some(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(found[:8]) + (", ..." if len(found) > 8 else "")
