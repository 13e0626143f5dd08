"""Seeds that advance from run to run. No Qt.

A seed advances when the next run begins, and only if the present one was run already: so the seed
on a node is always that of the picture beside it, and nothing turns stale when a run ends.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from studio.core import ends
from studio.core.graph import Graph, Node
from studio.core.spec import NodeSpec
from studio.core.types import SpecOf
from studio.core.widgets import SEED_LIMIT, Seed

RANDOM, INCREMENT = "random", "increment"
MODES = (RANDOM, INCREMENT)

SeedPlace = tuple[str, str, str]
"""Definition of a sub-graph (empty: the graph itself), node, parameter."""


def seeds(graph: Graph, spec_of: SpecOf) -> dict[SeedPlace, int]:
    """Return every seed that is typed in, inside of sub-graphs too."""
    return {place: value for place, value, _ in _seeds(graph, spec_of)}


def advanced(
    graph: Graph,
    spec_of: SpecOf,
    used: Mapping[SeedPlace, int],
    source: random.Random,
    *,
    fixed: bool = True,
) -> Graph:
    """Return a graph whose seeds that shall change, and were used, are other ones.

    Args:
        graph: As it is.
        spec_of: Finds the spec of a node type.
        used: Seeds of the last run; one that is not among them, or differs, stays.
        source: Makes random seeds.
        fixed: Whether seeds that shall not change stay; else they count up, too.
    """
    new: dict[SeedPlace, int] = {}
    for place, value, node in _seeds(graph, spec_of):
        if used.get(place) != value:
            continue
        if node.seed_mode == RANDOM:
            new[place] = source.getrandbits(64)
        elif node.seed_mode == INCREMENT or not fixed:
            new[place] = (value + 1) % SEED_LIMIT
    return with_seeds(graph, new)


def with_seeds(graph: Graph, new: Mapping[SeedPlace, int]) -> Graph:
    """Return a graph with other seeds; places that are gone are left out."""
    changed: defaultdict[str, dict[str, Node]] = defaultdict(dict)
    for (owner, key, name), value in new.items():
        inner = _inside(graph, owner)
        node = changed[owner].get(key) or (inner.nodes.get(key) if inner else None)
        if node and node.params.get(name) != value:
            changed[owner][key] = replace(node, params={**node.params, name: value})
    for owner, nodes in changed.items():
        inner = _inside(graph, owner)
        if inner and nodes:
            inner = inner.with_nodes(nodes)
            held = graph.graphs.get(owner)
            graph = graph.with_graph(owner, replace(held, graph=inner)) if held else inner
    return graph


def _inside(graph: Graph, owner: str) -> Graph | None:
    """Return the graph that a definition holds; the graph itself has none."""
    held = graph.graphs.get(owner)
    return held.graph if held else None if owner else graph


def with_changing(graph: Graph, spec_of: SpecOf, new: Mapping[SeedPlace, int]) -> Graph:
    """Return a graph with other seeds where these change from run to run; fixed ones stay."""
    changing = {place for place, _, node in _seeds(graph, spec_of) if node.seed_mode in MODES}
    return with_seeds(graph, {place: new[place] for place in changing & new.keys()})


def change_of(before: Graph, after: Graph, spec_of: SpecOf) -> dict[SeedPlace, int]:
    """Return the seeds that differ, as they are afterwards."""
    held = seeds(before, spec_of)
    return {
        place: value for place, value in seeds(after, spec_of).items() if held.get(place) != value
    }


def _seeds(graph: Graph, spec_of: SpecOf) -> Iterator[tuple[SeedPlace, int, Node]]:
    inner = ((name, item.graph) for name, item in graph.graphs.items())
    names: dict[str, tuple[str, ...]] = {}
    given = _given(graph)
    for owner, here in (("", graph), *inner):
        for key, node in here.nodes.items():
            if node.type not in names:
                names[node.type] = _names(spec_of(node.type))
            for name in names[node.type]:
                value, place = node.params.get(name), (owner, key, name)
                if type(value) is int and name not in here.inputs_of(key) and place not in given:
                    yield place, value, node


def _given(graph: Graph) -> set[SeedPlace]:
    """Return the inputs inside of sub-graphs that get their values from outside in every use."""
    uses: defaultdict[str, list[tuple[Graph, str]]] = defaultdict(list)
    for here in (graph, *(item.graph for item in graph.graphs.values())) if graph.graphs else ():
        for key, node in here.nodes.items():
            uses[node.sub_graph].append((here, key))
    return {
        (owner, *ends.split(end))
        for owner, item in graph.graphs.items()
        for port, held in item.inputs.items()
        if uses[owner] and all(_gets(here, key, port) for here, key in uses[owner])
        for end in held.ends
    }


def _gets(here: Graph, key: str, port: str) -> bool:
    return port in here.nodes[key].params or port in here.inputs_of(key)


def _names(spec: NodeSpec | None) -> tuple[str, ...]:
    """Return the inputs of a node type that are seeds."""
    return tuple(item.name for item in spec.inputs if isinstance(item.widget, Seed)) if spec else ()
