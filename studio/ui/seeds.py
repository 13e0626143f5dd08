"""Seeds that advance from run to run. No Qt.

A seed advances when the next run begins, and only if the present one was run already: so the seed
on a node is always that of the picture beside it, and nothing turns stale when a run ends.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from studio.core.graph import Graph, Node
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
    for (owner, node, name), value in new.items():
        inner = graph.graphs[owner].graph if owner in graph.graphs else graph
        if (owner and owner not in graph.graphs) or node not in inner.nodes:
            continue
        if inner.nodes[node].params.get(name) == value:
            continue
        changed = inner.with_param(node, name, value)
        if owner:
            changed = graph.with_graph(owner, replace(graph.graphs[owner], graph=changed))
        graph = changed
    return graph


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
    for owner, here in (("", graph), *inner):
        for name, node in here.nodes.items():
            spec = spec_of(node.type)
            linked = {link.input for link in here.links_to(name)}
            for item in spec.inputs if spec else ():
                value = node.params.get(item.name)
                if isinstance(item.widget, Seed) and type(value) is int and item.name not in linked:
                    yield (owner, name, item.name), value, node
