"""Which output fits which input, and what travels where."""

from __future__ import annotations

import pytest

from studio.core.graph import Graph, Link
from studio.core.migrations import node_of
from studio.core.types import Flow, fits, flow, maps
from tests.fakes import toy_registry

REGISTRY = toy_registry()


@pytest.mark.parametrize(
    ("output", "target"),
    [
        ("Image", "Image"), ("int", "float"), ("float", "int"), ("Image", "any:T"),
        ("any:T", "Image"), ("Sequence[Image]", "Image"), ("Sequence[int]", "float"),
        ("Sequence[Image]", "Sequence[any:T]"), ("Sequence[Image]", "any:T"),
        ("any:T", "Sequence[Image]"), ("DiffusionModel", "Handle"), ("Mask", "Value"),
    ],
)  # fmt: skip
def test_these_fit(output: str, target: str) -> None:
    assert fits(output, target)


@pytest.mark.parametrize(
    ("output", "target"),
    [
        ("Image", "Mask"), ("Image", "Sequence[Image]"), ("str", "int"), ("bool", "int"),
        ("Sequence[Image]", "Sequence[Mask]"), ("Handle", "DiffusionModel"), ("int", "str"),
        ("Sequence[Image]", "Mask"), ("Vae", "DiffusionModel"), ("str", "file"),
    ],
)  # fmt: skip
def test_these_do_not_fit(output: str, target: str) -> None:
    assert not fits(output, target)


def test_a_list_maps_over_an_input_of_one() -> None:
    assert maps("Sequence[Image]", "Image")
    assert not maps("Sequence[Image]", "Sequence[Image]")
    assert not maps("Image", "Image")


def flow_of(nodes: dict[str, str], *links: str) -> Flow:
    specs = {name: REGISTRY.specs[f"toy.{kind}"] for name, kind in nodes.items()}
    held = {name: node_of(spec) for name, spec in specs.items()}
    return flow(Graph(held, tuple(map(Link.parse, links))), REGISTRY.spec)


def test_a_mapped_node_makes_lists_and_so_do_those_behind_it() -> None:
    found = flow_of(
        {"count": "count", "a": "add", "b": "add", "sum": "collect"},
        "count.values -> a.a", "a.value -> b.b", "b.value -> sum.values",
    )  # fmt: skip
    assert found.types["a", "value"] == found.types["b", "value"] == "Sequence[float]"
    assert found.types["sum", "value"] == "int"
    assert found.mapped == {"a": ("a",), "b": ("b",)}


def test_a_switch_passes_a_list_on_whole() -> None:
    found = flow_of({"count": "count", "s": "switch"}, "count.values -> s.first")
    assert found.types["s", "value"] == "Sequence[int]"
    assert found.mapped == {}


def test_any_takes_the_type_of_what_is_linked() -> None:
    found = flow_of({"i": "image", "s": "switch", "n": "switch"}, "i.image -> s.second")
    assert found.types["s", "value"] == "Image"
    assert found.types["n", "value"] == "any:T"
