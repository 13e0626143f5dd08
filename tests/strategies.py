"""Hypothesis strategies: random graphs of the toy node types, and random edits of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from studio.core.errors import GraphError
from studio.core.graph import Graph, Link, Mode, Node, Port, SubGraph
from studio.core.view import Frame, Layout, Note, View
from tests.counts import count

TYPES = (
    "toy.number", "toy.add", "toy.sum", "toy.switch", "toy.image", "toy.blur", "toy.show",
    "toy.count", "toy.collect", "graph:inner", "unknown.type",
)  # fmt: skip
INPUTS = ("a", "b", "first", "second", "image", "mask", "value", "items", "values", "odd name")
OUTPUTS = ("value", "image", "values", "p2", "odd.name")

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
ids = st.one_of(
    st.sampled_from(["n1", "n2", "n3", "n4", "n5", "my node", 'a "b".c'])
) | texts.filter(bool)
finite = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | finite | texts
flat = st.lists(scalars, max_size=2) | st.dictionaries(texts, scalars, max_size=2)
values = st.one_of(scalars, scalars, flat, st.lists(flat, max_size=2))
extras: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.dictionaries(
    texts.map(lambda text: f"x{text}"), values, max_size=2
)
points = st.tuples(finite, finite)
modes = st.sampled_from(["on", "muted", "bypassed", "frozen"])

nodes: st.SearchStrategy[Node] = st.builds(
    Node,
    type=st.sampled_from(TYPES) | texts,
    version=st.integers(1, 3),
    params=st.dictionaries(st.sampled_from(INPUTS) | texts, values, max_size=3),
    title=texts,
    mode=modes,
    frozen=texts,
    seed_mode=texts,
    extra=extras,
)
full_views = st.builds(
    View,
    layout=st.dictionaries(
        ids,
        st.builds(
            Layout,
            at=points,
            width=st.none() | finite,
            collapsed=st.booleans(),
            color=st.none() | texts,
            comment=texts,
            extra=extras,
        ),
        max_size=3,
    ),
    reroutes=st.dictionaries(texts, st.lists(points, max_size=2).map(tuple), max_size=2),
    bookmarks=st.dictionaries(texts, st.tuples(finite, finite, finite), max_size=2),
    frames=st.lists(
        st.builds(Frame, title=texts, nodes=st.lists(ids, max_size=2).map(tuple), extra=extras),
        max_size=2,
    ).map(tuple),
    notes=st.lists(
        st.builds(Note, text=texts, at=points, size=points, extra=extras), max_size=2
    ).map(tuple),
)
views: st.SearchStrategy[View] = st.just(View()) | full_views


def examples(reduced: int, full: int) -> settings:
    """Return how many examples a property test draws; drawing a graph takes its time."""
    return settings(
        max_examples=count(reduced, full),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@st.composite
def links_between(draw: Callable[..., Any], keys: list[str], acyclic: bool) -> tuple[Link, ...]:
    """Draw links between nodes; without cycles they lead from earlier nodes to later ones."""
    found: dict[tuple[str, str, int | None], Link] = {}
    for _ in range(draw(st.integers(0, 2 * len(keys))) if len(keys) > 1 else 0):
        first, second = draw(st.lists(st.integers(0, len(keys) - 1), min_size=2, max_size=2))
        if acyclic and first == second:
            continue
        low, high = (min(first, second), max(first, second)) if acyclic else (first, second)
        index = draw(st.none() | st.integers(0, 3))
        link = Link(
            keys[low],
            draw(st.sampled_from(OUTPUTS)),
            keys[high],
            draw(st.sampled_from(INPUTS)),
            index,
        )
        found[link.target, link.input, link.index] = link
    return tuple(found.values())


@st.composite
def bare_graphs(draw: Callable[..., Any], acyclic: bool = True) -> Graph:
    """Draw a graph without sub-graphs."""
    held: dict[str, Node] = draw(st.dictionaries(ids, nodes, max_size=6))
    links = draw(links_between(list(held), acyclic))
    return Graph(held, links, view=draw(views), extra=draw(extras))


ends_texts = st.sampled_from(["n1.a", "n1.value", "n2.image", '"my node".value'])
ports = st.builds(
    Port,
    name=texts,
    type=st.sampled_from(["float", "Image", "any:T"]),
    ends=st.lists(ends_texts, max_size=2).map(tuple),
    extra=extras,
)
out_ports = st.builds(
    Port,
    name=texts,
    type=st.sampled_from(["float", "Image", "any:T"]),
    ends=ends_texts.map(lambda text: (text,)),
    extra=extras,
)
sub_graphs = st.builds(
    SubGraph,
    title=texts,
    inputs=st.dictionaries(st.sampled_from(["p1", "p3"]), ports, max_size=2),
    outputs=st.dictionaries(st.sampled_from(["p2", "p4"]), out_ports, max_size=2),
    graph=bare_graphs(),
)


@st.composite
def graphs(draw: Callable[..., Any], acyclic: bool = True) -> Graph:
    """Draw a whole document."""
    bare: Graph = draw(bare_graphs(acyclic))
    return Graph(
        bare.nodes,
        bare.links,
        draw(st.dictionaries(st.sampled_from(["inner", "other"]), sub_graphs, max_size=2)),
        tuple(draw(st.lists(st.sampled_from(["n1.a", "n2.value", "odd"]), max_size=2))),
        bare.view,
        draw(texts),
        bare.extra,
    )


Edit = Callable[[Graph], Graph]


@st.composite
def edits(draw: Callable[..., Any]) -> Edit:
    """Draw one edit; where it makes no sense for a graph, the graph stays as it is."""
    first, second, name = draw(ids), draw(ids), draw(st.sampled_from(INPUTS))
    link = Link(first, draw(st.sampled_from(OUTPUTS)), second, name, draw(st.none() | st.just(1)))
    node: Node = draw(nodes)
    value, mode = draw(values), draw(modes)
    kinds: list[Edit] = [
        lambda graph: graph.with_node(first, node),
        lambda graph: graph.without_nodes(first),
        lambda graph: graph.with_param(first, name, value),
        lambda graph: _in_mode(graph, first, mode),
        lambda graph: graph.titled(first, second),
        lambda graph: graph.with_link(link),
        lambda graph: graph.with_link(link),
        lambda graph: graph.without_links(*graph.links[:1]),
        lambda graph: graph.renamed(first, second),
        lambda graph: graph.with_form([f"n1.{name}"]),
        lambda graph: graph.with_view(graph.view.moved({first: (1, 2)})),
    ]
    return _forgiving(draw(st.sampled_from(kinds)))


def _in_mode(graph: Graph, node: str, mode: Mode) -> Graph:
    return graph.with_mode(node, mode)


def _forgiving(edit: Edit) -> Edit:
    def tried(graph: Graph) -> Graph:
        try:
            return edit(graph)
        except GraphError:
            return graph

    return tried
