"""Expanded equals inlined."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from studio.core.document import read, write
from studio.core.errors import GraphError
from studio.core.expand import expand
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.modes import effective
from studio.core.sub_graphs import specs
from tests import strategies
from tests.fakes import toy_registry

REGISTRY = toy_registry()


def links(*texts: str) -> tuple[Link, ...]:
    return tuple(map(Link.parse, texts))


INNER = SubGraph(
    "Inner",
    {"in": Port("in", "float", ("x.a", "y.b")), "many": Port("many", "float", ("s.items",))},
    {"out": Port("out", "float", ("y.value",)), "sum": Port("sum", "float", ("s.value",))},
    Graph(
        {
            "x": Node("toy.add", 2, {"a": 1.0, "b": 2.0}),
            "y": Node("toy.add", 2, {"b": 9.0}),
            "s": Node("toy.sum"),
        },
        links("x.value -> y.a", "x.value -> s.items[0]"),
    ),
)
OUTER = SubGraph(
    "Outer",
    {"p": Port("p", "float", ("i.in",))},
    {"q": Port("q", "float", ("i.out",))},
    Graph({"i": Node("graph:inner", params={"in": 4.0})}),
)
GRAPHS = {"outer": OUTER, "inner": INNER}


def test_nested_uses_are_what_one_would_draw_by_hand() -> None:
    graph = Graph(
        {"n": Node("toy.number"), "o": Node("graph:outer"), "z": Node("toy.add", 2)},
        links("n.value -> o.p", "o.q -> z.a"),
        GRAPHS,
    )
    found = expand(graph, REGISTRY)
    assert dict(found.nodes) == {
        "n": Node("toy.number"),
        "o/i/x": Node("toy.add", 2, {"a": 4.0, "b": 2.0}),
        "o/i/y": Node("toy.add", 2, {"b": 4.0}),
        "o/i/s": Node("toy.sum"),
        "z": Node("toy.add", 2),
    }
    assert set(found.links) == set(
        links(
            "o/i/x.value -> o/i/y.a",
            "o/i/x.value -> o/i/s.items[0]",
            "n.value -> o/i/x.a",
            "n.value -> o/i/y.b",
            "o/i/y.value -> z.a",
        )
    )


def test_parameters_of_a_use_reach_every_end_of_their_port() -> None:
    found = expand(Graph({"u": Node("graph:inner", params={"in": 7})}, (), GRAPHS), REGISTRY)
    assert (found.nodes["u/x"].params["a"], found.nodes["u/y"].params["b"]) == (7, 7)


def test_links_from_outside_follow_inner_ones_of_an_input_that_takes_many() -> None:
    graph = Graph(
        {"a": Node("toy.number"), "b": Node("toy.number"), "u": Node("graph:inner")},
        links("a.value -> u.many[0]", "b.value -> u.many[1]"),
        GRAPHS,
    )
    found = expand(graph, REGISTRY).inputs_of("u/s")["items"]
    assert [link.source for link in found] == ["u/x", "a", "b"]


def test_a_link_from_outside_replaces_an_inner_one() -> None:
    item = replace(INNER, inputs={"p": Port("p", "float", ("y.a",))})
    graph = Graph(
        {"n": Node("toy.number"), "u": Node("graph:i")}, links("n.value -> u.p"), {"i": item}
    )
    assert list(map(str, expand(graph, REGISTRY).links_to("u/y"))) == ["n.value -> u/y.a"]


def test_two_uses_are_two_sets_of_nodes() -> None:
    graph = Graph(
        {"u": Node("graph:inner"), "v": Node("graph:inner")}, links("u.out -> v.in"), GRAPHS
    )
    found = expand(graph, REGISTRY)
    assert len(found.nodes) == 6
    assert [link.source for link in found.links_to("v/x")] == ["u/y"]


def test_an_id_that_is_taken_is_made_longer() -> None:
    graph = Graph({"u": Node("graph:inner"), "u/x": Node("toy.number")}, (), GRAPHS)
    assert set(expand(graph, REGISTRY).nodes) == {"u/x_", "u/y", "u/s", "u/x"}


@pytest.mark.parametrize("mode", ["muted", "bypassed"])
def test_muted_and_bypassed_uses_stay_whole(mode: str) -> None:
    node = Node("graph:inner", mode=mode)  # type: ignore[arg-type]  # from a parameter list
    graph = Graph({"u": node}, (), GRAPHS)
    assert set(expand(graph, REGISTRY).nodes) == {"u"}


def test_a_bypassed_use_passes_on_by_the_types_of_its_ports() -> None:
    graph = Graph(
        {"n": Node("toy.number"), "u": Node("graph:inner", mode="bypassed"), "z": Node("toy.add")},
        links("n.value -> u.in", "u.sum -> z.a"),
        GRAPHS,
    )
    runs = effective(expand(graph, REGISTRY), specs(graph, REGISTRY))
    assert list(map(str, runs.graph.links)) == ["n.value -> z.a"]


def test_a_bypassed_use_inside_a_definition_passes_on_what_comes_from_outside() -> None:
    inside = {"i": replace(OUTER.graph.nodes["i"], mode="bypassed")}
    outer = replace(OUTER, graph=Graph(inside))
    graph = Graph(
        {"n": Node("toy.number"), "o": Node("graph:outer"), "z": Node("toy.add")},
        links("n.value -> o.p", "o.q -> z.a"),
        {"outer": outer, "inner": INNER},
    )
    runs = effective(expand(graph, REGISTRY), specs(graph, REGISTRY))
    assert list(map(str, runs.graph.links)) == ["n.value -> z.a"]


def test_a_frozen_use_freezes_the_nodes_that_make_its_outputs() -> None:
    one = replace(INNER, outputs={"out": INNER.outputs["out"]})
    graph = Graph({"u": Node("graph:i", mode="frozen", frozen="key")}, (), {"i": one})
    found = expand(graph, REGISTRY).nodes
    assert [(found[name].mode, found[name].frozen) for name in ("u/x", "u/y")] == [
        ("on", ""),
        ("frozen", "key"),
    ]


def test_unknown_definitions_and_ports_harm_nothing() -> None:
    graph = Graph(
        {"u": Node("graph:inner"), "g": Node("graph:gone"), "n": Node("toy.number")},
        links("n.value -> u.nothing", "u.nothing -> g.a", "g.a -> u.in"),
        GRAPHS,
    )
    found = expand(graph, REGISTRY)
    assert found.nodes["g"] == Node("graph:gone")
    assert set(map(str, found.links_from("g"))) == {"g.a -> u/x.a", "g.a -> u/y.b"}


def test_a_definition_that_contains_itself_is_refused() -> None:
    graphs = {"a": SubGraph("", {}, {}, Graph({"u": Node("graph:a")}))}
    with pytest.raises(GraphError, match="contains itself"):
        expand(Graph({"u": Node("graph:a")}, (), graphs), REGISTRY)


@given(strategies.bare_graphs(), strategies.bare_graphs())
@strategies.examples(20, 500)
def test_any_graph_put_into_a_sub_graph_expands_to_itself(inside: Graph, outside: Graph) -> None:
    on = {key: replace(node, mode="on") for key, node in outside.nodes.items()}
    item = SubGraph("", {}, {}, Graph(inside.nodes, inside.links))
    graph = Graph({**on, "use": Node("graph:it")}, outside.links, {"it": item})
    found = expand(graph, REGISTRY)
    words = {key: f"use/{key}" for key in inside.nodes}
    by_hand = {words[key]: node for key, node in inside.nodes.items()}
    assert {key: found.nodes[key] for key in by_hand} == by_hand
    assert set(found.links) == set(outside.links) | {
        replace(link, source=words[link.source], target=words[link.target]) for link in inside.links
    }


def test_an_expanded_graph_can_be_saved() -> None:
    graph = Graph({"u": Node("graph:inner")}, (), GRAPHS)
    found = expand(graph, REGISTRY)
    assert read(write(found)) == found
