from __future__ import annotations

import pytest

from studio.core.graph import Graph, Link, Node
from studio.core.spec import Input
from studio.ui.documents.document import Document
from studio.ui.inspector.targets import MIXED, Target, shared_inputs
from studio.ui.studio import Studio


@pytest.fixture
def document(studio: Studio) -> Document:
    nodes = {
        "a": Node("kinds.numbers", params={"width": 256}),
        "b": Node("kinds.shared", params={"width": 512}),
        "c": Node("kinds.shared"),
    }
    return studio.documents.add(Graph(nodes))


def target(studio: Studio, document: Document, *nodes: str, name: str = "width") -> Target:
    spec = studio.registry.spec(document.graph.nodes[nodes[0]].type)
    item = spec.input(name) if spec else None
    assert item
    return Target(document, nodes, item)


def test_nodes_that_differ_have_a_mixed_value(studio: Studio, document: Document) -> None:
    assert target(studio, document, "a", "b").value is MIXED
    assert target(studio, document, "b", "c").value == 512


def test_a_value_is_written_to_all_nodes_as_one_step(studio: Studio, document: Document) -> None:
    target(studio, document, "a", "b", "c").write(1024)
    assert [node.params["width"] for node in document.graph.nodes.values()] == [1024] * 3
    document.undo()
    assert document.graph.nodes["a"].params["width"] == 256
    assert "width" not in document.graph.nodes["c"].params


def test_the_edits_of_one_gesture_are_one_step(studio: Studio, document: Document) -> None:
    width = target(studio, document, "a")
    for value in (300, 320, 340):
        width.write(value, gesture=7)
    width.write(400, gesture=8)
    document.undo()
    assert width.value == 340
    document.undo()
    assert width.value == 256


def test_a_reset_goes_back_to_the_default(studio: Studio, document: Document) -> None:
    width = target(studio, document, "a")
    assert width.changed
    width.reset()
    assert (width.value, width.changed) == (512, False)


def test_unlinking_gives_the_value_back(studio: Studio, document: Document) -> None:
    steps = target(studio, document, "a", name="steps")
    document.edit("Link", document.graph.with_link(Link("b", "latent", "a", "steps")))
    assert steps.links
    steps.unlink()
    assert not steps.links


def test_what_the_graph_says_of_it_is_the_same_until_an_edit_touches_it(
    studio: Studio, document: Document
) -> None:
    steps, seed = (target(studio, document, "a", name=name) for name in ("steps", "seed"))
    before = steps.told, seed.told
    document.edit("Set", document.graph.with_param("a", "width", 320))
    document.edit("Set", document.graph.with_param("b", "width", 320))
    assert (steps.told, seed.told) == before
    seed.set_seed_mode("random")
    assert seed.told != before[1]
    document.edit("Link", document.graph.with_link(Link("b", "latent", "a", "steps")))
    linked = steps.told
    assert linked != before[0]
    document.edit("Rename", document.graph.titled("b", "Another"))
    assert steps.told != linked


def test_reusing_a_seed_keeps_it(studio: Studio, document: Document) -> None:
    seed = target(studio, document, "a", name="seed")
    seed.set_seed_mode("random")
    assert seed.seed_mode == "random"
    seed.keep_seed(2**64 - 1)
    assert (seed.value, seed.seed_mode) == (2**64 - 1, "fixed")


def test_what_no_node_could_run_with_is_said(studio: Studio, document: Document) -> None:
    width = target(studio, document, "a")
    width.write(100)
    assert "multiple of 8" in width.problem
    width.write(104)
    assert width.problem == ""


def test_several_nodes_share_inputs_of_the_same_name_type_and_widget(
    studio: Studio, document: Document
) -> None:
    found = shared_inputs(document.graph, ["a", "b"], studio.registry.spec)
    assert [item.name for item in found] == ["width"]


def test_a_node_of_an_unknown_type_shares_nothing(studio: Studio) -> None:
    graph = Graph({"a": Node("kinds.shared"), "x": Node("gone.type")})
    assert shared_inputs(graph, ["a", "x"], studio.registry.spec) == ()


def test_a_value_that_cannot_be_read_stays_as_the_file_has_it(
    studio: Studio, document: Document
) -> None:
    document.edit("Break", document.graph.with_param("a", "width", "wide"))
    assert target(studio, document, "a").value == "wide"
    assert isinstance(target(studio, document, "a").item, Input)
