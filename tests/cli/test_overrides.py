"""Changes to a graph from the command line."""

from __future__ import annotations

import pytest

import nodes
from studio.cli.overrides import assign, seeded
from studio.core.errors import GraphError, RangeError, TypeMismatchError
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.registry import Registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    found = Registry()
    found.scan(nodes)
    return found


def graph() -> Graph:
    made = Graph().with_node("crop", Node("image.blur", title="Soften"))
    return made.with_node("seed", Node("logic.seed")).with_node("load", Node("load.image"))


def test_a_parameter_is_set_by_id_and_by_title(registry: Registry) -> None:
    for name in ("crop", "Soften"):
        changed, _ = assign(graph(), registry, [f"{name}.radius=3"])
        assert changed.nodes["crop"].params == {"radius": 3.0}


def test_a_port_of_a_sub_graph_is_set_by_its_name(registry: Registry) -> None:
    ports = {"p1": Port("softness", "float", ("b.radius",))}
    inside = SubGraph("Poster", ports, {}, Graph({"b": Node("image.blur")}))
    held = Graph({"s": Node("graph:poster")}, graphs={"poster": inside})
    for name in ("p1", "softness"):
        changed, _ = assign(held, registry, [f"s.{name}=3"])
        assert changed.nodes["s"].params == {"p1": 3.0}
    with pytest.raises(GraphError, match="it has softness"):
        assign(held, registry, ["s.hardness=3"])


def test_a_linked_parameter_is_not_set(registry: Registry) -> None:
    number = Node("logic.number", title="How soft")
    linked = (
        graph().with_node("number", number).with_link(Link("number", "value", "crop", "radius"))
    )
    with pytest.raises(GraphError, match=r"crop\.radius is linked.*set a parameter of number"):
        assign(linked, registry, ["crop.radius=3"])
    assert assign(linked, registry, ["How soft.value=3"])[0].nodes["number"].params == {"value": 3}


def test_a_named_file_is_granted(registry: Registry) -> None:
    changed, granted = assign(graph(), registry, ["load.file=/pictures/cat.png"])
    assert granted == ["/pictures/cat.png"]
    assert changed.nodes["load"].params == {"file": {"path": "/pictures/cat.png"}}


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("crop.radius", GraphError, "node.param=value"),
        (".file=cat.png", GraphError, "there is no node ''"),
        ("nothing.radius=1", GraphError, "there are crop, seed, load"),
        ("crop.width=1", GraphError, "it has radius"),
        ("crop.radius=-1", RangeError, "outside"),
        ("crop.radius=wide", TypeMismatchError, "is not a number"),
    ],
)
def test_a_wrong_assignment_says_what_is_right(
    registry: Registry, text: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        assign(graph(), registry, [text])


def test_the_seed_reaches_every_unlinked_seed(registry: Registry) -> None:
    inner = Graph().with_node("inside", Node("sample"))
    made = graph().with_node("sample", Node("sample")).with_graph("g", SubGraph("G", {}, {}, inner))
    changed = seeded(made, registry, 2**64 - 1)
    assert changed.nodes["sample"].params == {"seed": 2**64 - 1}
    assert changed.graphs["g"].graph.nodes["inside"].params == {"seed": 2**64 - 1}
    assert changed.nodes["crop"].params == {}


def test_a_linked_seed_is_left_alone(registry: Registry) -> None:
    made = graph().with_node("sample", Node("sample"))
    made = made.with_link(Link("seed", "value", "sample", "seed"))
    assert seeded(made, registry, 5).nodes["sample"].params == {}


def test_a_seed_beyond_64_bits_is_refused(registry: Registry) -> None:
    with pytest.raises(RangeError, match="--seed"):
        seeded(graph(), registry, 2**64)
