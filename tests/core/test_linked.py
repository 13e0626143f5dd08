"""Values on links that are known before a run: refused with the place and the way out."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given

import nodes
from studio.core.check import issues
from studio.core.errors import Issue, RangeError
from studio.core.expand import expand
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.modes import effective
from studio.core.registry import Registry
from studio.core.sub_graphs import specs
from studio.core.types import fits, flow
from studio.engine.fingerprint import Fingerprints
from studio.engine.keys import World, keys
from studio.roots import Roots
from tests import strategies
from tests.fakes import toy_registry

REGISTRY = Registry()
REGISTRY.scan(nodes)
TOYS = toy_registry()
ABOUT_LINKS = ("G018", "G019", "G020")


def graph(held: dict[str, tuple[str, dict[str, Any]]], *links: str) -> Graph:
    made = {name: Node(kind, params=params) for name, (kind, params) in held.items()}
    return Graph(made, tuple(map(Link.parse, links)))


def resized(source: dict[str, tuple[str, dict[str, Any]]], *links: str) -> Graph:
    """Return a picture that is made larger by what some literal nodes say."""
    held = {
        "load": ("load.image", {"file": {"path": "cat.png"}}),
        "resize": ("image.resize", {}),
        "save": ("output.save_image", {}),
    }
    joined = ("load.image -> resize.image", "resize.image -> save.image")
    return graph({**held, **source}, *joined, *links)


def found(held: Graph) -> list[Issue]:
    return [item for item in issues(held, REGISTRY) if item.severity == "error"]


def said(held: Graph) -> list[str]:
    return [str(item) for item in found(held)]


def test_a_half_number_is_refused_where_a_whole_one_is_taken() -> None:
    held = resized({"n": ("logic.number", {"value": 640.5})}, "n.value -> resize.width")
    assert said(held) == [
        "G018 resize.width: width: 640.5 is not a whole number. "
        "Change what n gives, or remove the link."
    ]


def test_a_whole_number_goes_where_a_whole_one_is_taken() -> None:
    held = resized({"n": ("logic.number", {"value": 640.0})}, "n.value -> resize.width")
    assert said(held) == []


def test_a_linked_value_outside_its_range_is_refused_through_switches_and_literals() -> None:
    held = resized(
        {
            "n": ("logic.number", {"value": -4}),
            "m": ("logic.number", {}),
            "w": ("logic.switch", {"choice": 1}),
        },
        "m.value -> w.inputs[0]", "n.value -> w.inputs[1]", "w.value -> resize.width",
    )  # fmt: skip
    assert [(item.code, str(item.place)) for item in found(held)] == [("G018", "resize.width")]
    assert found(held.with_param("w", "choice", 0)) == found(held.with_param("n", "value", 0))


def test_a_text_that_is_no_choice_is_refused() -> None:
    held = resized({"t": ("logic.text", {"value": "magic"})}, "t.value -> resize.method")
    assert [(item.code, str(item.place)) for item in found(held)] == [("G018", "resize.method")]


def test_a_text_that_is_linked_where_a_number_chooses_is_one_issue_of_types() -> None:
    held = graph(
        {"t": ("logic.text", {}), "s": ("logic.switch", {})},
        "t.value -> s.inputs[0]",
        "t.value -> s.choice",
    )
    assert [(issue.code, str(issue.place)) for issue in found(held)] == [("G002", "s.choice")]


def test_each_number_of_a_list_is_checked() -> None:
    wide = {"start": 16, "count": 4, "step": 8}
    held = resized({"r": ("logic.range", wide)}, "r.values -> resize.width")
    assert said(held) == []
    below = held.with_param("r", "start", -8)
    assert [(item.code, str(item.place)) for item in found(below)] == [("G018", "resize.width")]


def test_lists_of_different_lengths_are_refused_where_they_meet() -> None:
    held = resized(
        {"a": ("logic.range", {"start": 16, "count": 3}), "b": ("logic.range", {"start": 16})},
        "a.values -> resize.width", "b.values -> resize.height",
    )  # fmt: skip
    assert said(held) == [
        "G019 resize.height: width brings 3 items, but height 4. Link lists of one length."
    ]
    assert said(held.with_param("a", "count", 4)) == []


def test_lists_are_compared_behind_the_nodes_that_run_over_them() -> None:
    held = resized(
        {
            "a": ("logic.range", {"start": 16, "count": 3}),
            "b": ("logic.range", {"start": 16, "count": 2}),
            "blur": ("image.blur", {}),
        },
        "a.values -> resize.width", "resize.image -> blur.image", "b.values -> blur.radius",
    )  # fmt: skip
    assert [(item.code, str(item.place)) for item in found(held)] == [("G019", "blur.radius")]


def test_a_choice_that_a_switch_does_not_have_is_refused_at_the_choice() -> None:
    held = resized(
        {"n": ("logic.number", {"value": 64}), "w": ("logic.switch", {"choice": 1})},
        "n.value -> w.inputs[0]", "w.value -> resize.width",
    )  # fmt: skip
    assert said(held) == [
        "G020 w.choice: choice 1 of a switch with 1 inputs. Inputs are counted from 0."
    ]


def test_a_linked_choice_counts_like_a_typed_one() -> None:
    held = resized(
        {"n": ("logic.number", {"value": 64}), "c": ("logic.number", {"value": 7}),
         "w": ("logic.switch", {})},
        "n.value -> w.inputs[0]", "c.value -> w.choice", "w.value -> resize.width",
    )  # fmt: skip
    assert [(item.code, str(item.place)) for item in found(held)] == [("G020", "w.choice")]


def test_a_row_of_numbers_that_leaves_the_numbers_is_refused() -> None:
    params = {"start": 2**64 - 2, "count": 4}
    held = resized({"r": ("logic.range", params)}, "r.values -> resize.width")
    assert [(item.code, str(item.place)) for item in found(held)] == [("G020", "r.count")]


def test_a_value_that_is_refused_where_it_is_typed_is_said_once() -> None:
    held = resized({"n": ("logic.number", {"value": "wide"})}, "n.value -> resize.width")
    assert [(item.code, str(item.place)) for item in found(held)] == [("G004", "n.value")]


def test_a_link_of_the_wrong_type_is_said_once() -> None:
    held = resized({"t": ("logic.text", {"value": "64"})}, "t.value -> resize.width")
    assert [item.code for item in found(held)] == ["G002"]


@pytest.mark.parametrize("mode", ["muted", "bypassed"])
def test_what_does_not_run_is_not_refused(mode: Any) -> None:
    held = resized({"n": ("logic.number", {"value": 0.5})}, "n.value -> resize.width")
    assert "G018" not in [item.code for item in issues(held.with_mode("resize", mode), REGISTRY)]


def test_inside_a_sub_graph_the_way_is_named() -> None:
    inner = graph({"n": ("logic.number", {"value": 0.5}), "r": ("image.resize", {})},
                  "n.value -> r.width")  # fmt: skip
    port = {"p1": Port("image", "Image", ("r.image",))}
    held = graph({"load": ("load.image", {"file": {"path": "cat.png"}}),
                  "use": ("graph:g", {}), "save": ("output.save_image", {})},
                 "load.image -> use.p1", "use.p1 -> save.image")  # fmt: skip
    held = held.with_graph("g", SubGraph("G", port, port, inner))
    assert [(item.code, str(item.place)) for item in found(held)] == [("G018", "use/r.width")]


@given(strategies.graphs())
@strategies.examples(20, 500)
def test_whatever_the_planner_refuses_on_a_link_the_check_refuses_before(held: Graph) -> None:
    checked = issues(held, TOYS)
    if any(item.code == "G015" for item in checked):
        return
    spec_of = specs(held, TOYS)
    runs = effective(expand(held, TOYS), spec_of).graph
    travels = flow(runs, spec_of).types
    jobs = keys(runs, World(TOYS, Fingerprints(), Roots(()).resolve)).jobs
    places = {item.place for item in checked if item.severity == "error"}
    for job in jobs.values():
        links = [link for link in runs.links_to(job.id) if job.spec and job.spec.input(link.input)]
        if isinstance(job.error, RangeError) and links:
            fitting = [
                link.input
                for link in links
                if job.spec
                and (item := job.spec.input(link.input))
                and fits(travels.get((link.source, link.output), "any:?"), item.type)
            ]
            assert job.error.place in places or job.error.place.input not in fitting


def test_a_thousand_literals_are_folded_in_a_moment() -> None:
    held = {f"n{place}": Node("logic.number", params={"value": 1.0}) for place in range(1000)}
    links = tuple(Link(f"n{place}", "value", f"n{place + 1}", "value") for place in range(999))
    begun = time.process_time()
    issues(Graph(held, links), REGISTRY)
    assert time.process_time() - begun < 0.5
