"""How a graph looks is no part of what it computes."""

from __future__ import annotations

from studio.core.diff import diff
from studio.core.graph import Graph, Node
from studio.core.view import Layout, View


def test_moving_adds_places_and_keeps_the_rest() -> None:
    view = View({"a": Layout((0, 0), width=80)}).moved({"a": (5, 6), "b": (7, 8)})
    assert view.layout == {"a": Layout((5, 6), width=80), "b": Layout((7, 8))}


def test_the_view_computes_nothing() -> None:
    graph = Graph({"a": Node("toy.add")})
    assert not diff(graph, graph.with_view(View({"a": Layout((1, 2), collapsed=True)}))).computes
