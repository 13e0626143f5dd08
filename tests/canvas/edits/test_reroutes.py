"""Points that links pass."""

from __future__ import annotations

from dataclasses import replace

from studio.canvas.edits import reroutes
from tests.canvas.stage import blurs


def test_only_links_among_some_nodes_become_straight() -> None:
    graph = blurs("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")
    via = {str(link): ((10.0, 20.0),) for link in graph.links}
    graph = graph.with_view(replace(graph.view, reroutes=via))
    straight = reroutes.straight(graph, {"i", "b", "c"})
    assert [*straight.view.reroutes] == ["c.image -> s.value"]
    assert reroutes.straight(straight, {"i", "b"}) is straight
