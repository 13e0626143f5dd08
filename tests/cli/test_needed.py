"""What is wrong with nodes that a run does not need keeps it from nothing."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from studio.cli.needed import for_this_run
from studio.core.errors import Issue, Place
from studio.core.graph import Graph, Mode, Node
from tests.engine.cheap import graph_of, registry

KEY = "5" * 40


def saved() -> Graph:
    nodes = {"a": Node("test.grey"), "n": Node("test.add"), "s": Node("test.save")}
    return graph_of(
        {**nodes, "spare": Node("test.grey")}, "a.image -> n.image", "n.image -> s.image"
    )


def severity(node: str, graph: Graph, held: Iterable[str] = ()) -> str:
    wrong = Issue("G007", "it is gone.", "", Place(node, "file"), "error")
    (found,) = for_this_run([wrong], graph, registry(), lambda keys: set(keys) & set(held))
    return found.severity


@pytest.mark.parametrize(("node", "said"), [("a", "error"), ("s", "error"), ("spare", "warning")])
def test_only_what_is_saved_needs_its_nodes(node: str, said: str) -> None:
    assert severity(node, saved()) == said


@pytest.mark.parametrize("node", ["a", "n"])
@pytest.mark.parametrize(
    ("mode", "held", "said"),
    [("frozen", KEY, "warning"), ("frozen", "", "error"), ("on", KEY, "error")],
)
def test_nothing_is_needed_before_a_frozen_result(
    node: str, mode: Mode, held: str, said: str
) -> None:
    assert severity(node, saved().with_mode("n", mode, KEY), [held]) == said


def test_what_is_behind_a_frozen_node_is_needed() -> None:
    assert severity("s", saved().with_mode("n", "frozen", KEY), [KEY]) == "error"
