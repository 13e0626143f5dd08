from __future__ import annotations

from dataclasses import replace

import pytest

from studio.core.errors import GraphError
from studio.core.graph import Graph, Node, SubGraph
from studio.ui.documents.trails import definition, scene, valid, with_scene

INNER = Graph({"deep": Node("graph:low")})
LOW = Graph({"blur": Node("toy.blur")})
ROOT = Graph(
    {"poster": Node("graph:high"), "twin": Node("graph:high"), "plain": Node("toy.blur")},
    graphs={"high": SubGraph("High", {}, {}, INNER), "low": SubGraph("Low", {}, {}, LOW)},
)


def test_a_trail_leads_through_definitions() -> None:
    assert definition(ROOT, ("poster", "deep")) == "low"
    assert scene(ROOT, ("poster", "deep")).nodes == LOW.nodes
    assert scene(ROOT, ()) is ROOT


def test_a_scene_has_the_definitions_of_the_document() -> None:
    assert scene(ROOT, ("poster",)).graphs is ROOT.graphs


@pytest.mark.parametrize("trail", [("plain",), ("nobody",), ("poster", "nobody")])
def test_a_trail_to_nowhere_is_refused(trail: tuple[str, ...]) -> None:
    with pytest.raises(GraphError):
        definition(ROOT, trail)


def test_of_a_trail_as_much_stays_as_leads_somewhere() -> None:
    assert valid(ROOT, ("poster", "nobody", "deep")) == ("poster",)


def test_an_edit_inside_reaches_every_user_of_the_definition() -> None:
    after = with_scene(ROOT, ("poster",), scene(ROOT, ("poster",)).with_node("new", Node("x")))
    assert "new" in scene(after, ("twin",)).nodes
    assert after.nodes == ROOT.nodes
    assert not after.graphs["high"].graph.graphs


def test_an_edit_inside_can_add_a_definition() -> None:
    inside = scene(ROOT, ("poster",)).with_graph("third", SubGraph("", {}, {}, Graph()))
    assert "third" in with_scene(ROOT, ("poster",), inside).graphs


def test_an_edit_cannot_remove_what_it_is_inside_of() -> None:
    inside = replace(scene(ROOT, ("poster",)), graphs={})
    with pytest.raises(GraphError, match="inside"):
        with_scene(ROOT, ("poster",), inside)
