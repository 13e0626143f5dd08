"""Seeds advance when the next run begins, and only those that were run."""

from __future__ import annotations

import random

from studio.core.graph import Graph, Node, Port, SubGraph
from studio.core.sub_graphs import specs
from studio.ui.session.seeds import advanced, seeds, with_seeds
from tests.engine.cheap import graph_of, registry

KNOWN = registry()


def seeded(mode: str, seed: int = 7) -> Graph:
    """Return a graph with one seed."""
    node = Node("test.seeded", params={"seed": seed}, seed_mode=mode)
    return graph_of({"grey": Node("test.grey"), "s": node}, "grey.image -> s.image")


def next_seed(graph: Graph, used: int | None = 7, **how: bool) -> object:
    """Return the seed of the next run."""
    place = ("", "s", "seed")
    found = {} if used is None else {place: used}
    after = advanced(graph, KNOWN.spec, found, random.Random(1), **how)
    return after.nodes["s"].params["seed"]


def test_a_fixed_seed_stays() -> None:
    assert next_seed(seeded("")) == 7


def test_an_incrementing_seed_counts_and_wraps() -> None:
    assert next_seed(seeded("increment")) == 8
    assert next_seed(seeded("increment", 2**64 - 1), 2**64 - 1) == 0


def test_a_random_seed_has_64_bits() -> None:
    found = next_seed(seeded("random"))
    assert found != 7
    assert isinstance(found, int)
    assert 0 <= found < 2**64


def test_a_seed_that_was_not_run_yet_stays() -> None:
    assert next_seed(seeded("random"), None) == 7
    assert next_seed(seeded("random"), 6) == 7


def test_of_several_runs_fixed_seeds_count_too() -> None:
    assert next_seed(seeded(""), fixed=False) == 8


def test_a_linked_seed_is_none() -> None:
    graph = seeded("random").with_node("v", Node("test.value"))
    from studio.core.graph import Link

    graph = graph.with_link(Link("v", "value", "s", "seed"))
    assert seeds(graph, KNOWN.spec) == {}


def test_seeds_inside_of_sub_graphs_advance_in_their_definition() -> None:
    inner = seeded("increment")
    sub = SubGraph("Sub", {}, {"out": Port("out", "Image", ("s.image",))}, inner)
    graph = Graph({"use": Node("graph:sub")}, (), {"sub": sub})
    spec_of = specs(graph, KNOWN)
    assert seeds(graph, spec_of) == {("sub", "s", "seed"): 7}
    after = advanced(graph, spec_of, {("sub", "s", "seed"): 7}, random.Random(1))
    assert after.graphs["sub"].graph.nodes["s"].params["seed"] == 8


def test_a_seed_that_every_use_gives_from_outside_stays_inside() -> None:
    ports = {"seed": Port("seed", "int", ("s.seed",))}
    held = SubGraph("", ports, {}, seeded("random"))
    uses = {key: Node("graph:g", params={"seed": number}) for number, key in enumerate("ab")}
    graph = Graph(uses, graphs={"g": held})
    assert ("g", "s", "seed") not in seeds(graph, specs(graph, KNOWN))
    graph = graph.with_node("a", Node("graph:g"))
    assert ("g", "s", "seed") in seeds(graph, specs(graph, KNOWN))


def test_seeds_of_places_that_are_gone_are_left_out() -> None:
    graph = seeded("")
    assert with_seeds(graph, {("", "gone", "seed"): 1, ("no", "s", "seed"): 1}) is graph
