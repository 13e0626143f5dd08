"""Whatever is edited: a run with held results gives what a run from nothing gives."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core.errors import CycleError
from studio.core.graph import Graph, Link, Node
from studio.engine.events import RunRequest
from tests.counts import count
from tests.engine.cheap import Bench, graph_of

NAMES = [f"n{index}" for index in range(6)]
SHARED = settings(
    max_examples=count(15, 500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

levels = st.sampled_from([0.0, 0.25, 0.5])
edits = st.one_of(
    st.tuples(st.just("amount"), st.sampled_from(NAMES), levels),
    st.tuples(
        st.just("mode"), st.sampled_from(NAMES), st.sampled_from(["on", "bypassed", "muted"])
    ),
    st.tuples(st.just("link"), st.sampled_from(NAMES), st.sampled_from(["start", *NAMES])),
    st.tuples(st.just("other"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("restart"), st.just(""), st.just("")),
)


def edited(graph: Graph, kind: str, node: str, value: object) -> Graph:
    """Return a graph after one edit; one that would make a circle changes nothing."""
    if kind == "amount":
        return graph.with_param(node, "amount", value)
    if kind == "mode":
        return graph.with_mode(node, value)  # type: ignore[arg-type]  # drawn from the modes
    try:
        return graph.with_link(Link(str(value), "image", node, "image" if kind == "link" else kind))
    except CycleError:
        return graph


def contents(bench: Bench, graph: Graph) -> dict[str, bytes]:
    """Return what every node that runs holds."""
    found = {}
    for node, job in bench.host.plan(graph, RunRequest("r", "{}", tuple(graph.nodes))).jobs.items():
        outputs = bench.host.cache.get(job.key)
        assert outputs is not None, node
        found[node] = outputs["image"].pixels.tobytes()
    return found


@SHARED
@given(steps=st.lists(edits, min_size=1, max_size=8))
def test_held_results_are_what_a_fresh_run_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("run")
    bench, fresh = Bench(folder / "a"), Bench(folder / "b")
    graph = graph_of(
        {"start": Node("test.grey"), **{name: Node("test.add") for name in NAMES}},
        *(f"start.image -> {name}.image" for name in NAMES),
    )
    for kind, node, value in steps:
        if kind == "restart":
            bench.restart()
            continue
        graph = edited(graph, kind, node, value)
        bench.run(graph, *graph.nodes)
    fresh.run(graph, *graph.nodes)
    bench.run(graph, *graph.nodes)
    assert contents(bench, graph) == contents(fresh, graph)
    assert bench.run(graph, *graph.nodes).ran == 0
    bench.host.close()
    fresh.host.close()
