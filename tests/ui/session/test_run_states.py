"""States of nodes between judgements, and what an edit touches."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from studio.canvas.states import NodeState
from studio.core.graph import Graph, Link, Node, SubGraph
from studio.core.view import View
from studio.engine.fingerprint import Fingerprints
from studio.roots import Roots
from studio.ui.documents.marking import touched
from studio.ui.session.checks import Surroundings, Verdict, judge
from studio.ui.session.judged import HOLLOW, Judged, Numbers, Picture, all_shown, hollowed
from studio.ui.session.run_states import Failure, RunStates, summed
from tests.counts import count
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


def test_an_edit_before_a_node_keeps_what_it_says() -> None:
    state = hollowed(NodeState("fresh", footer="1 s", words="7"))
    assert state == NodeState("stale", footer="needs a run", words="7")


def test_words_of_the_result_before_are_taken_back_and_a_picture_is_not() -> None:
    states = judged(chain(2))
    states.show("n0", Picture(0, "old", words="7"))
    states.show("n1", Picture(1, "old", 4, 4))
    states.hide_words("n0", "old")
    kept = set(states.pictures)
    for node in ("n0", "n1"):
        states.hide_words(node, "new")
    assert (kept, set(states.pictures)) == ({"n0", "n1"}, {"n1"})


def test_a_node_shows_the_beginning_of_long_words() -> None:
    assert len(Picture(0, "k", words="x" * 9_000).on(NodeState()).words) < 1_000


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
    assert summed([NodeState("fresh", words="7")], None) == fresh
    muted = NodeState("muted")
    assert summed([muted, muted], None) == NodeState(footer="all inside is muted")
    assert summed([fresh, muted], None).kind == "fresh"


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


def woven(chance: random.Random, nodes: int) -> Graph:
    """Return nodes that each take what one before them gives."""
    names = [*chain(nodes).nodes]
    links = (
        Link(names[chance.randrange(place)], "image", names[place], "image")
        for place in range(1, len(names))
    )
    return Graph(chain(nodes).nodes, tuple(links))


@pytest.mark.parametrize("seed", range(count(10, 100)))
def test_what_an_edit_makes_hollow_is_all_that_follows_whatever_was_known(seed: int) -> None:
    chance = random.Random(seed)
    graph = woven(chance, 12)
    names, states = [*graph.nodes], judged(graph)
    for step in range(40):
        node = chance.choice(names)
        match chance.randrange(4):
            case 0:
                states.finished(node, NodeState("fresh", footer=f"{step} s"))
            case 1:
                states.at_work(node, NodeState("running", share=0.5))
            case 2:
                states.ended()
                fresh = {name: NodeState(chance.choice(("fresh", "frozen"))) for name in names}
                hollow = {name: hollowed(state) for name, state in fresh.items()}
                states.judged(verdict_of(graph), Judged(fresh, frozenset(hollow), hollow))
            case _:
                before = dict(states.states)
                after = graph.with_param(
                    node, "level" if node == "start" else "amount", float(step)
                )
                follow = graph.downstream([node])
                wanted = {
                    name: hollowed(state) if name in follow else state
                    for name, state in before.items()
                }
                new = states.edited(graph, after)
                assert states.states == wanted
                assert new == {name for name in names if before[name] != wanted[name]}
                graph = after


def test_nodes_that_look_alike_share_their_states() -> None:
    states = judged(chain(50))
    assert len(set(map(id, states.states.values()))) < 5


def test_what_is_stale_already_stays_so() -> None:
    assert hollowed(HOLLOW) is HOLLOW
    frozen = hollowed(NodeState("frozen"))
    assert frozen.stale
    assert hollowed(frozen) is frozen


def test_what_a_run_says_while_a_graph_is_judged_is_told_again() -> None:
    graph = chain(2)
    states, verdict = judged(graph), verdict_of(graph)
    found = all_shown(verdict, {}, set(), states.taken(), Numbers(), {})
    states.finished("n0", NodeState("fresh"))
    assert states.judged(verdict, found) == {"n0"}


def test_states_that_only_are_other_objects_are_no_news() -> None:
    verdict, copies = verdict_of(chain(3)), {"n0": replace(HOLLOW), "n1": replace(HOLLOW)}
    before = {**judged(chain(3)).states, **copies, "gone": HOLLOW}
    assert all_shown(verdict, {}, set(), before, Numbers(), {}).changed == {"gone"}
