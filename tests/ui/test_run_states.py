"""States of nodes between judgements, and what an edit touches."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from studio.canvas.states import NodeState
from studio.core.graph import Graph, Link, Node, SubGraph
from studio.core.view import View
from studio.engine.fingerprint import Fingerprints
from studio.roots import Roots
from studio.ui.checks import Surroundings, Verdict, judge
from studio.ui.judged import Numbers, all_shown
from studio.ui.marking import touched
from studio.ui.run_states import Failure, RunStates, summed
from tests.engine.cheap import chain, graph_of, registry


def verdict_of(graph: Graph) -> Verdict:
    """Judge a graph without a store."""
    around = Surroundings(
        registry(), Roots(()), Fingerprints(), lambda keys: {}, None, Path(), "fake"
    )
    return judge(graph, around)


def judged(graph: Graph) -> RunStates:
    """Return the states of a graph that nothing is held of."""
    states, verdict = RunStates(), verdict_of(graph)
    states.judged(verdict, all_shown(verdict, {}, set(), {}, Numbers(), {}))
    return states


def test_titles_and_places_touch_nothing() -> None:
    graph = chain(2)
    assert touched(graph, graph.titled("n0", "Other")) == frozenset()
    assert touched(graph, graph.with_view(View().moved({"n0": (1.0, 1.0)}))) == frozenset()


def test_parameters_modes_and_links_touch_their_nodes() -> None:
    graph = chain(3)
    assert touched(graph, graph.with_param("n1", "amount", 3.0)) == {"n1"}
    assert touched(graph, graph.with_mode("n2", "muted")) == {"n2"}
    cut = graph.without_links(Link.parse("n0.image -> n1.image"))
    assert touched(graph, cut) == {"n1"}
    assert touched(cut, graph) == {"n1"}


def test_a_definition_touches_all_that_use_it() -> None:
    sub = SubGraph("S", {}, {}, graph_of({"g": Node("test.grey")}))
    outer = SubGraph("O", {}, {}, graph_of({"s": Node("graph:sub")}))
    graph = Graph({"use": Node("graph:outer")}, (), {"sub": sub, "outer": outer})
    changed = replace(sub, graph=sub.graph.with_param("g", "level", 0.1))
    assert touched(graph, graph.with_graph("sub", changed)) == {"use"}


def test_a_failure_stays_until_its_node_is_touched() -> None:
    graph = chain(2)
    states = judged(graph)
    states.failing("n1", Failure("it broke"))
    verdict = verdict_of(graph)
    states.judged(verdict, all_shown(verdict, {}, set(), states.states, Numbers(), {}))
    kinds = [states.states["n1"].kind]
    states.edited(graph, graph.with_param("start", "level", 0.2))
    kinds.append(states.states["n1"].kind)
    assert kinds == ["failed", "stale"]


def test_a_muted_node_is_so_and_what_needs_it_says_why() -> None:
    states = judged(chain(2).with_mode("n0", "muted"))
    assert states.states["n0"].kind == "muted"
    assert (states.states["n1"].kind, states.states["n1"].footer) == ("unknown", "Add is muted")


def test_a_missing_type_and_a_wrong_value_are_marked() -> None:
    graph = chain(2).with_node("x", Node("no.such")).with_param("n0", "count", -4)
    states = judged(graph)
    assert states.states["x"].kind == "missing_type"
    assert states.states["n0"].badge == "error"
    assert "-4" in states.states["n0"].hint


def test_a_sub_graph_looks_like_the_worst_inside() -> None:
    fresh, stale = NodeState("fresh"), NodeState("stale")
    assert summed([fresh, stale], None).kind == "stale"
    assert summed([stale, NodeState("running", footer="step 1 / 2")], None).footer == "step 1 / 2"
    assert summed([NodeState("failed"), NodeState("running")], None).kind == "failed"
    assert summed([NodeState("fresh", picture=3), fresh], None).picture == 3


def test_marking_a_chain_of_5000_is_quick() -> None:
    graph = chain(5000)
    after = graph.with_param("start", "level", 0.3)
    graph.links_from("start")
    best = 1.0
    for _ in range(5):
        states = RunStates(states=dict.fromkeys(graph.nodes, NodeState("fresh", footer="1 s")))
        began = time.thread_time()
        marked = states.edited(graph, after)
        best = min(best, time.thread_time() - began)
        assert len(marked) == 5001
    assert best < 0.048  # a third of it on a machine that does nothing else
