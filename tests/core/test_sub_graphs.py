"""Sub-graphs seen from outside."""

from __future__ import annotations

import pytest

from studio.core.errors import GraphError
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.sub_graphs import (
    MAX_NESTING,
    depth,
    expanded_size,
    interfaces,
    order,
    recursion,
    refuse_excess,
    specs,
)
from studio.core.widgets import Range
from tests.fakes import toy_registry

REGISTRY = toy_registry()


def using(*names: str, extra: int = 0) -> SubGraph:
    """Return a definition that uses others, and has some nodes of its own."""
    nodes = {f"u{place}": Node(f"graph:{name}") for place, name in enumerate(names)}
    nodes |= {f"n{place}": Node("toy.add", 2) for place in range(extra)}
    return SubGraph("", {}, {}, Graph(nodes))


BLURRED = SubGraph(
    "Blurred",
    {
        "p1": Port("radius", "float", ("blur.radius", "again.radius")),
        "p2": Port("picture", "Image", ("blur.image",)),
        "p3": Port("gone", "Image", ("no.image",)),
    },
    {"q1": Port("result", "Image", ("again.image",))},
    Graph(
        {"blur": Node("toy.blur", params={"radius": 3.0}), "again": Node("toy.blur")},
        (Link("blur", "image", "again", "image"),),
    ),
)


def test_a_definition_is_a_node_type_like_any_other() -> None:
    spec = interfaces({"blurred": BLURRED}, REGISTRY)["graph:blurred"]
    radius, picture, gone = spec.inputs
    assert (spec.title, [(out.name, out.type) for out in spec.outputs]) == (
        "Blurred",
        [("q1", "Image")],
    )
    assert (radius.name, radius.help, radius.type) == ("p1", "radius", "float")
    assert (radius.widget, radius.default, radius.required) == (Range(0, 64), 3.0, False)
    assert (picture.name, picture.required, picture.is_socket) == ("p2", True, True)
    assert (gone.required, gone.type) == (False, "Image")


def test_ports_of_nested_definitions_keep_their_widgets() -> None:
    outer = SubGraph(
        "", {"a": Port("r", "float", ("u.p1",))}, {}, Graph({"u": Node("graph:blurred")})
    )
    spec = interfaces({"outer": outer, "blurred": BLURRED}, REGISTRY)["graph:outer"]
    assert (spec.inputs[0].widget, spec.inputs[0].default) == (Range(0, 64), 3.0)


def test_specs_finds_both_kinds() -> None:
    spec_of = specs(Graph(graphs={"blurred": BLURRED}), REGISTRY)
    assert spec_of("graph:blurred") is not None
    assert spec_of("toy.add") is REGISTRY.specs["toy.add"]
    assert spec_of("graph:none") is None


def test_definitions_come_after_those_they_use() -> None:
    graphs = {"a": using("b", "c"), "b": using("c"), "c": using(extra=1)}
    assert order(graphs) == ("c", "b", "a")
    assert depth(graphs) == 3
    assert recursion(graphs) == ()


def test_the_expanded_size_is_counted_without_expanding() -> None:
    graphs = {f"g{place}": using(*[f"g{place + 1}"] * 10) for place in range(12)}
    graphs["g12"] = using(extra=7)
    graph = Graph({"u": Node("graph:g0"), "n": Node("toy.add")}, graphs=graphs)
    assert expanded_size(graph) == 7 * 10**12 + 1
    with pytest.raises(GraphError, match="7000000000001 nodes, more than 100000"):
        refuse_excess(graph)


def test_a_definition_that_contains_itself_is_refused() -> None:
    graph = Graph(graphs={"a": using("b"), "b": using("a")})
    assert sorted(recursion(graph.graphs)) == ["a", "b"]
    with pytest.raises(GraphError, match="contains itself"):
        refuse_excess(graph)
    assert interfaces(graph.graphs, REGISTRY) == {}


def test_nesting_beyond_the_limit_is_refused() -> None:
    graphs = {f"g{place}": using(f"g{place + 1}") for place in range(MAX_NESTING)}
    graphs[f"g{MAX_NESTING}"] = using(extra=1)
    with pytest.raises(GraphError, match="nested more than 64 deep"):
        refuse_excess(Graph(graphs=graphs))
