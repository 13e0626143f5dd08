"""Scrubbing numbers on nodes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.canvas.state import Selection
from studio.canvas.tools.scrub import scrubbed
from studio.core.spec import Input
from studio.core.widgets import Range, Seed
from tests.canvas.stage import FakeStage, blurs, node, placed
from tests.strategies import examples


def test_a_drag_over_a_number_is_one_step() -> None:
    stage = FakeStage(blurs())
    x, y = stage.field("b", "radius")
    stage.drag((x, y), (x + 20, y), (x + 40, y), (x + 30, y))
    assert stage.graph.nodes["b"].params["radius"] > 1
    assert stage.steps == ["Set radius"]


def test_shift_is_finer() -> None:
    stages = [FakeStage(blurs()), FakeStage(blurs())]
    for stage, later in zip(stages, ("", "Shift"), strict=True):
        x, y = stage.field("b", "radius")
        stage.drag((x, y), (x + 100, y), later=later)
    coarse, fine = (stage.graph.nodes["b"].params["radius"] for stage in stages)
    assert coarse - 1 == pytest.approx(10 * (fine - 1))


def test_all_chosen_nodes_that_have_it_follow() -> None:
    stage = FakeStage(blurs())
    stage.select(Selection(frozenset("ibc")))
    x, y = stage.field("b", "radius")
    stage.drag((x, y), (x + 40, y))
    found = [stage.graph.nodes[key].params.get("radius") for key in "ibc"]
    assert found[0] is None
    assert found[1] == found[2] != 1.0
    assert stage.steps == ["Set radius"]


def test_a_cancelled_scrub_leaves_no_trace() -> None:
    stage = FakeStage(blurs())
    before = stage.graph
    x, y = stage.field("b", "radius")
    stage.drag((x, y), (x + 40, y), (x + 90, y), cancel=True)
    assert (stage.graph, stage.steps) == (before, [])


def test_a_click_opens_the_field() -> None:
    stage = FakeStage(blurs())
    stage.click(stage.field("b", "radius"))
    assert [(hit.kind, hit.name) for hit in stage.opened] == [("field", "radius")]


def test_a_drag_over_a_text_or_a_linked_number_carries_the_node() -> None:
    graph = placed({"t": node("toy.text"), "n": node("toy.number"), "a": node("toy.add")},
                   "n.value -> a.a")  # fmt: skip
    stage = FakeStage(graph)
    for key, name in (("t", "value"), ("a", "a")):
        x, y = stage.field(key, name)
        stage.drag((x, y), (x, y + 400))
    assert stage.steps == ["Move", "Move"]


def of(kind: str, widget: Range | Seed) -> Input:
    return Input("x", kind, widget=widget)


ranges = st.builds(
    lambda low, span, step, scale, multiple, kind: of(
        kind, Range(low * max(multiple, 1), (low + span) * max(multiple, 1), step, "", scale, multiple)
    ),
    st.integers(-50, 50), st.integers(1, 5000), st.sampled_from([0, 0.01, 0.5, 8]),
    st.sampled_from(["linear", "log"]), st.sampled_from([0, 8, 64]), st.sampled_from(["int", "float"]),
)  # fmt: skip


@examples(200, 2000)
@given(ranges, st.floats(-3000, 3000), st.booleans(), st.data())
def test_every_scrubbed_value_is_allowed(
    item: Input, pixels: float, fine: bool, data: st.DataObject
) -> None:
    span = item.widget
    assert isinstance(span, Range)
    grain = max(span.multiple, 1)
    first = data.draw(st.integers(int(span.low) // grain, int(span.high) // grain)) * grain
    value = scrubbed(item, first, pixels, fine=fine)
    assert item.problem(value) is None


def test_a_seed_is_scrubbed_by_ones_and_stays_exact() -> None:
    item = of("int", Seed())
    assert scrubbed(item, 2**63 + 1, 20.0) == 2**63 + 11
    assert scrubbed(item, 3, -4000.0) == 0
    assert scrubbed(item, 2**64 - 2, 4000.0) == 2**64 - 1


def test_a_logarithmic_number_grows_by_shares() -> None:
    item = of("float", Range(0.01, 100, scale="log"))
    small, large = scrubbed(item, 0.1, 40.0), scrubbed(item, 10.0, 40.0)
    assert small / 0.1 == pytest.approx(large / 10.0, rel=0.02)


def test_a_multiple_is_kept() -> None:
    item = of("int", Range(64, 2048, multiple=64))
    assert scrubbed(item, 512, 3.0) in (576, 640)
    assert scrubbed(replace(item), 512, 1e6) == 2048


def test_a_drag_back_gives_the_number_back() -> None:
    assert scrubbed(of("float", Range(0, 1, step=0.05)), 0.333, 0.0) == 0.333
