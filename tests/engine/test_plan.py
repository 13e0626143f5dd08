"""What a plan says before anything runs."""

from __future__ import annotations

import os

import pytest

from studio.core.graph import Graph, Node
from studio.engine.events import RunRequest
from studio.engine.plan import Description, Plan
from tests.engine.cheap import Bench, chain, graph_of, ran, wide


def planned(bench: Bench, graph: Graph, *targets: str) -> Plan:
    return bench.host.plan(graph, RunRequest("r", "{}", targets, str(bench.output)))


def described(bench: Bench, graph: Graph) -> Description:
    return planned(bench, graph).describe(bench.host.costs)


def test_a_plan_lists_what_runs_and_counts_what_is_held(bench: Bench) -> None:
    bench.run(chain(3))
    plan = planned(bench, chain(3, n1=0.5))
    assert (plan.todo, plan.held) == (("n1", "n2"), 2)


def test_a_plan_changes_nothing(bench: Bench) -> None:
    planned(bench, chain(3))
    assert planned(bench, chain(3)).todo == ("start", "n0", "n1", "n2")
    assert bench.host.cache.held([planned(bench, chain(1)).jobs["start"].key]) == set()


@pytest.mark.parametrize("restarts", [False, True])
def test_what_names_a_touched_file_is_made_again_and_a_plan_says_so(
    bench: Bench, restarts: bool
) -> None:
    (bench.folder / "a.bin").write_bytes(b"weights")
    nodes = {"m": Node("test.model", params={"file": "a.bin"})}
    graph = graph_of(nodes)
    bench.run(graph)
    if restarts:
        bench.restart()
    assert planned(bench, graph).todo == ()
    os.utime(bench.folder / "a.bin", (5, 5))
    assert planned(bench, graph).todo == tuple(ran(graph, bench)) == ("m",)
    assert planned(bench, graph).todo == ()


def test_effects_are_the_targets_else_the_last_nodes(bench: Bench) -> None:
    nodes = {"a": Node("test.grey"), "n": Node("test.add"), "s": Node("test.save")}
    graph = graph_of(nodes, "a.image -> n.image", "a.image -> s.image")
    assert planned(bench, graph).todo == ("a", "s")
    assert planned(bench, wide(2)).todo == ("start", "n0", "n1")
    assert planned(bench, graph, "n").todo == ("a", "n")


def test_targets_and_inputs_of_effects_are_stored_whatever_they_cost(bench: Bench) -> None:
    nodes = {"a": Node("test.grey"), "n": Node("test.add"), "s": Node("test.save")}
    graph = graph_of(nodes, "a.image -> n.image", "n.image -> s.image")
    bench.run(graph)
    store = bench.host.cache.store
    assert store is not None
    jobs = planned(bench, graph).jobs
    assert store.held(job.key for job in jobs.values()) == {jobs["n"].key}


def test_the_weights_that_are_needed_are_named(bench: Bench) -> None:
    for name in ("a.safetensors", "b.safetensors"):
        (bench.folder / name).write_bytes(b"weights")
    graph = graph_of(
        {
            "m": Node("test.model", params={"file": "a.safetensors"}),
            "other": Node("test.model", params={"file": "b.safetensors"}),
            "hint": Node("test.grey"),
            "p": Node("test.patch"),
            "u": Node("test.use"),
        },
        "m.model -> p.model",
        "hint.image -> p.hint",
        "p.model -> u.model",
    )
    assert planned(bench, graph, "u").models() == (str(bench.folder / "a.safetensors"),)
    bench.run(graph, "u")
    assert planned(bench, graph, "u").models() == ()


def test_estimates_come_from_earlier_runs(bench: Bench) -> None:
    graph = graph_of({"a": Node("test.grey"), "s": Node("test.slow")}, "a.image -> s.image")
    before = described(bench, graph)
    assert (before.unknown, before.seconds, len(before.nodes)) == (2, 0.0, 2)
    bench.run(graph)
    after = described(bench, graph.with_param("a", "level", 0.1))
    assert after.unknown == 0
    assert after.seconds > 0
    assert after.peak == 7


def test_a_very_wide_graph_is_planned(bench: Bench) -> None:
    assert len(planned(bench, wide(2000)).todo) == 2001
