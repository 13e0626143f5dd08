"""Graphs to measure the canvas with: as large as one likes, all alike, with one hub."""

from __future__ import annotations

import random

from studio.canvas.states import NodeState
from studio.core.define import node, spec_of
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.values import Image
from studio.core.view import Layout, View

HUB = "n0"
_STEP = (260.0, 240.0)


@node("bench.mix", category="Image", title="Mix")
def mix(first: Image, second: Image | None = None, amount: float = 0.5) -> Image:
    """Mix two pictures; it stands for any node with four labelled sockets.

    Args:
        first: One.
        second: Another.
        amount: Share of the second.
    """
    return first if second is None or amount < 0.5 else second


def registry() -> Registry:
    """Return the registry that knows the nodes of these graphs."""
    found = Registry()
    found.add(spec_of(mix))
    return found


def large(count: int, links_each: float = 1.2, hub_links: int = 10, seed: int = 0) -> Graph:
    """Return a graph on a grid: mostly near links, and one hub with more of them.

    Args:
        count: Nodes.
        links_each: Links for each node.
        hub_links: All links of the hub; each goes to another row of the grid.
        seed: Of the random choice of links.
    """
    chance = random.Random(seed)
    columns = max(round((count * 16 / 9) ** 0.5), 1)
    nodes = {f"n{k}": Node("bench.mix", params={"amount": k % 10 / 10}) for k in range(count)}
    taken: dict[tuple[str, str], Link] = {}
    while len(taken) < min(int(count * links_each), count * 2 - 4):
        target = chance.randrange(1, count)
        source = target - chance.choice((1, 1, 1, 2, columns))
        name = chance.choice(("first", "second"))
        if source > 0:  # the hub's links come apart
            taken.setdefault((f"n{target}", name), Link(f"n{source}", "image", f"n{target}", name))
    for k in range(1, min(hub_links, count - 1) + 1):
        near = (f"n{k * columns % count or k}", "second")
        taken[near] = Link(HUB, "image", *near)
    layout = {
        f"n{k}": Layout(at=(k % columns * _STEP[0], k // columns * _STEP[1])) for k in range(count)
    }
    return Graph(nodes, tuple(taken.values()), view=View(layout=layout))


def states(count: int) -> dict[str, NodeState]:
    """Return states for such a graph: a tenth of the nodes show a picture."""
    return {
        f"n{k}": NodeState("fresh", footer="0.4 s", note="held", picture=k + 1, picture_size=(4, 3))
        for k in range(0, count, 10)
    }
