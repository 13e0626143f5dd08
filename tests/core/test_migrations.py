"""Old files and old nodes."""

from __future__ import annotations

from typing import Any

import pytest

from studio.core.errors import DocumentError
from studio.core.graph import Graph, Node, SubGraph
from studio.core.migrations import modernised, node_of, upgraded
from studio.core.widgets import FileRef
from tests.fakes import toy_registry

REGISTRY = toy_registry()


def to_2(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "a": [1]}


def to_3(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "a": [*data["a"], 2]}


def test_formats_are_brought_up_step_by_step() -> None:
    steps = {1: to_2, 2: to_3}
    assert upgraded({"wirebrush": 1}, steps) == {"wirebrush": 3, "a": [1, 2]}
    assert upgraded({"wirebrush": 3}, steps) == {"wirebrush": 3}


@pytest.mark.parametrize("version", [0, -1, True, "1", None, 1.0])
def test_what_has_no_format_is_no_graph(version: object) -> None:
    with pytest.raises(DocumentError, match="not a Wirebrush graph"):
        upgraded({"wirebrush": version})


def test_a_newer_format_is_refused_with_what_to_do() -> None:
    with pytest.raises(DocumentError, match=r"format 9.*newer Wirebrush"):
        upgraded({"wirebrush": 9})


def test_a_new_node_has_all_its_parameters() -> None:
    spec = REGISTRY.specs["toy.sample"]
    assert node_of(spec, steps=3).params == {"seed": 0, "steps": 3, "method": "euler", "order": 2}
    assert node_of(REGISTRY.specs["toy.load"], file=FileRef("a")).params == {"file": {"path": "a"}}
    assert node_of(REGISTRY.specs["toy.save"]).params == {"folder": {"path": "out"}}


def test_nodes_in_sub_graphs_are_brought_up_to_date_too() -> None:
    inner = SubGraph("", {}, {}, Graph({"n": Node("toy.plus", params={"y": 5})}))
    found = modernised(Graph(graphs={"g": inner}), REGISTRY)
    assert found.graphs["g"].graph.nodes["n"] == Node("toy.add", 2, {"b": 5, "a": 0.0})


def test_bringing_up_to_date_twice_changes_nothing_more() -> None:
    once = modernised(Graph({"n": Node("toy.plus", params={"x": 5}), "o": Node("?")}), REGISTRY)
    assert modernised(once, REGISTRY) == once
