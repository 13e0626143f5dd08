"""Mute and bypass: what runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from studio.core.graph import Graph, Link, Mode
from studio.core.migrations import node_of
from studio.core.modes import Effective, effective
from tests.counts import count
from tests.fakes import toy_registry

REGISTRY = toy_registry()


def runs(nodes: str, links: list[str], modes: Mapping[str, Mode]) -> Effective:
    held = {}
    for entry in nodes.split():
        name, kind = entry.split(":")
        held[name] = node_of(REGISTRY.specs[f"toy.{kind}"])
    graph = Graph(held, tuple(map(Link.parse, links)))
    for name, mode in modes.items():
        graph = graph.with_mode(name, mode)
    return effective(graph, REGISTRY.spec)


def texts(found: Effective) -> list[str]:
    return [str(link) for link in found.graph.links]


def test_a_graph_without_modes_is_itself() -> None:
    found = runs("a:add b:add", ["a.value -> b.a"], {})
    assert (texts(found), found.dropped, found.cut) == (["a.value -> b.a"], {}, ())


def test_a_muted_node_takes_all_that_need_it_along() -> None:
    links = ["a.value -> b.a", "b.value -> c.a", "d.value -> c.b"]
    found = runs("a:add b:add c:add d:add", links, {"b": "muted"})
    assert set(found.graph.nodes) == {"a", "d"}
    assert found.dropped == {"b": "b", "c": "b"}


def test_a_bypassed_node_passes_its_first_linked_input_of_the_type_on() -> None:
    links = ["i.image -> b.image", "b.image -> c.image", "c.image -> s.image"]
    found = runs("i:image b:blur c:blur s:save", links, {"b": "bypassed", "c": "bypassed"})
    assert texts(found) == ["i.image -> s.image"]
    assert set(found.graph.nodes) == {"i", "s"}


def test_the_order_of_the_inputs_decides_and_only_linked_ones_count() -> None:
    links = ["y.value -> s.b", "x.value -> s.a", "s.value -> z.a"]
    nodes = "x:number y:number s:add z:add"
    assert texts(runs(nodes, links, {"s": "bypassed"})) == ["x.value -> z.a"]
    assert texts(runs(nodes, [links[0], links[2]], {"s": "bypassed"})) == ["y.value -> z.a"]


def test_a_bypassed_node_with_nothing_to_pass_on_cuts_its_links() -> None:
    found = runs("i:image b:blur", ["i.image -> b.image"], {"i": "bypassed"})
    assert (texts(found), list(map(str, found.cut))) == ([], ["i.image -> b.image"])


def test_what_a_bypassed_node_hides_from_a_mute_runs() -> None:
    links = ["x.value -> b.a", "m.value -> b.b", "b.value -> c.a"]
    found = runs("x:number m:number b:add c:add", links, {"b": "bypassed", "m": "muted"})
    assert texts(found) == ["x.value -> c.a"]
    assert found.dropped == {"m": "m"}


def test_a_ring_of_bypassed_nodes_ends() -> None:
    links = ["a.value -> b.a", "b.value -> a.a", "b.value -> c.a"]
    found = runs("a:add b:add c:add", links, {"a": "bypassed", "b": "bypassed"})
    assert (texts(found), set(found.graph.nodes)) == ([], {"c"})


def test_a_frozen_node_stays() -> None:
    found = runs("a:add b:add", ["a.value -> b.a"], {"b": "frozen"})
    assert found.graph.nodes["b"].mode == "frozen"


def test_many_bypassed_nodes_in_a_row_are_led_around() -> None:
    last = count(5_000, 50_000) - 1
    plain = node_of(REGISTRY.specs["toy.add"])
    nodes = {f"n{place}": replace(plain, mode="bypassed") for place in range(last)}
    links = tuple(Link(f"n{place}", "value", f"n{place + 1}", "a") for place in range(last))
    found = effective(Graph({**nodes, "n0": plain, f"n{last}": plain}, links), REGISTRY.spec)
    assert texts(found) == [f"n0.value -> n{last}.a"]
