"""Where the parts of a node are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from studio.canvas.layout import (
    HIDE_UNUSED,
    NodeLayout,
    category_of,
    hides_unused,
    lay_out,
    theme_type,
)
from studio.canvas.metrics import Metrics
from studio.canvas.states import NodeState, StateKind
from studio.core.graph import Node
from studio.core.view import Layout
from tests.canvas.stage import METRICS, REGISTRY, TOKENS

NO_LINKS: frozenset[tuple[str, str]] = frozenset()
PLAIN = Layout()


def laid(
    kind: str,
    look: Layout = PLAIN,
    state: NodeState | None = None,
    linked: frozenset[tuple[str, str]] = NO_LINKS,
    metrics: Metrics = METRICS,
    hide_unused: bool = False,
    **params: Any,
) -> NodeLayout:
    node, spec = Node(kind, params=params), REGISTRY.spec(kind)
    held = state or NodeState()
    return lay_out(node, spec, look, held, linked, metrics, hide_unused=hide_unused)


def parts(layout: NodeLayout) -> list[tuple[float, float]]:
    """Return top and bottom of the parts below the title bar, in their order."""
    rects = [row.rect for row in layout.rows]
    below = (layout.thumbnail, layout.words, layout.strip, layout.footer)
    rects += [part for part in below if part]
    return [(rect[1], rect[3]) for rect in rects]


def test_inputs_and_outputs_share_rows() -> None:
    blur = laid("toy.blur")
    image, made = blur.socket("input", "image"), blur.socket("output", "image")
    assert image
    assert made
    assert image.at == (0, METRICS.header + METRICS.pad_top + METRICS.row / 2)
    assert made.at == (blur.width, image.at[1])
    mask = blur.socket("input", "mask")
    assert mask
    assert mask.at[1] == image.at[1] + METRICS.row


@pytest.mark.parametrize("kind", ["toy.sample", "toy.encode", "toy.load", "toy.switch", "none"])
@pytest.mark.parametrize("density", ["comfortable", "compact"])
def test_parts_follow_each_other_and_stay_inside(kind: str, density: str) -> None:
    state = NodeState("failed", text="It failed. " * 9, fix="Do it", picture=1, picture_size=(3, 2))
    found = laid(kind, state=state, metrics=Metrics.of(TOKENS, density))
    edges = [edge for part in parts(found) for edge in part]
    assert edges == sorted(edges)
    assert found.header[3] < edges[0]
    assert edges[-1] <= found.height


def test_sockets_say_how_many_values_they_take() -> None:
    shapes = {one.name: one.shape for kind in ("toy.blur", "toy.sum") for one in laid(kind).sockets}
    assert (shapes["mask"], shapes["items"], shapes["image"]) == ("optional", "many", "one")
    listed = laid("toy.count").socket("output", "values")
    assert listed
    assert listed.shape == "many"


def test_a_parameter_shows_its_socket_only_when_linked() -> None:
    plain, linked = laid("toy.blur"), laid("toy.blur", linked=frozenset({("input", "radius")}))
    before, after = plain.socket("input", "radius"), linked.socket("input", "radius")
    assert before
    assert after
    assert not before.shown
    assert after.shown
    assert after.linked
    row = linked.row("radius")
    assert row
    assert row.linked


def test_a_parameter_shows_while_its_condition_holds() -> None:
    assert laid("toy.sample").row("order") is None
    assert laid("toy.sample", method="custom").row("order")


def test_a_hidden_parameter_with_a_link_stays() -> None:
    assert laid("toy.sample", linked=frozenset({("input", "order")})).row("order")


def test_values_are_written_in_the_rows() -> None:
    row = laid("toy.sample", steps=75).row("steps")
    assert row
    assert (row.kind, row.value) == ("field", "75")
    assert row.fill == pytest.approx(74 / 149)


def test_a_node_fits_a_seed_of_twenty_digits_and_widths_are_in_steps() -> None:
    width = laid("toy.sample").width
    assert METRICS.width <= width <= METRICS.width_fit
    assert width % METRICS.width_step == 0
    assert width > laid("toy.blur").width


def test_typing_changes_no_size() -> None:
    short, long = laid("toy.encode", text="a"), laid("toy.encode", text="many words " * 50)
    assert (short.width, short.height) == (long.width, long.height)


@pytest.mark.parametrize(("asked", "given"), [(60, 140), (300, 300), (9000, 480)])
def test_a_width_by_hand_keeps_its_bounds(asked: float, given: float) -> None:
    assert laid("toy.blur", Layout(width=asked)).width == given


def test_collapsed_it_is_a_title_bar_with_all_links_at_its_ends() -> None:
    found = laid("toy.sample", Layout(collapsed=True))
    assert (found.height, found.rows, found.footer) == (METRICS.header, (), None)
    assert {one.at for one in found.sockets} == {(0, 14), (found.width, 14)}


@pytest.mark.parametrize("size", [(128, 128), (4000, 100), (100, 4000)])
def test_a_picture_is_fitted(size: tuple[int, int]) -> None:
    found = laid("toy.blur", state=NodeState(picture=1, picture_size=size)).thumbnail
    assert found
    left, top, right, bottom = found
    assert (right - left) / (bottom - top) == pytest.approx(size[0] / size[1])
    assert bottom - top <= METRICS.thumb_max + 1e-9
    assert left >= METRICS.thumb_inset - 1e-9


def test_a_hidden_preview_takes_no_room() -> None:
    state = NodeState(picture=1, picture_size=(8, 8))
    hidden = laid("toy.blur", Layout(preview=False), state)
    assert hidden.thumbnail is None
    assert hidden.height == laid("toy.blur").height


def said(words: str, look: Layout = PLAIN) -> NodeLayout:
    return laid("toy.blur", look, NodeState("fresh", words=words))


def test_words_have_a_line_each_but_four_at_most() -> None:
    heights = [said(words).height for words in ("7", "a\nb", "a\nb\nc\nd", "a\n" * 9, "word " * 90)]
    steps = [high - heights[0] for high in heights]
    assert steps == [0, METRICS.line, 3 * METRICS.line, 3 * METRICS.line, 3 * METRICS.line]


def test_another_number_or_state_changes_no_size_of_words() -> None:
    kinds: tuple[StateKind, ...] = ("fresh", "stale", "waiting", "running", "frozen")
    sizes = {laid("toy.blur", state=NodeState(kind, words="7")).height for kind in kinds}
    assert sizes == {said("-0.125").height}


def test_words_lie_between_the_values_and_the_footer() -> None:
    found = said("7")
    assert found.words
    places = parts(found)
    assert all(above[1] <= below[0] for above, below in pairwise(places))
    assert len(places) == len(found.rows) + 2


def test_hidden_words_take_no_room_and_collapsed_ones_none() -> None:
    assert said("7", Layout(preview=False)).words is None
    assert said("7", Layout(preview=False)).height == laid("toy.blur").height
    assert said("7", Layout(collapsed=True)).words is None


def test_states_change_no_size_until_there_is_something_to_say() -> None:
    kinds: tuple[StateKind, ...] = (
        "fresh",
        "stale",
        "waiting",
        "running",
        "muted",
        "bypassed",
        "frozen",
    )
    heights = {laid("toy.blur", state=NodeState(kind)).height for kind in kinds}
    assert len(heights) == 1
    failed = laid("toy.blur", state=NodeState("failed", text="It failed.", fix="Again"))
    assert failed.strip
    assert failed.footer is None


def test_a_longer_sentence_gets_more_lines() -> None:
    short = laid("toy.blur", state=NodeState("failed", text="No.")).height
    assert laid("toy.blur", state=NodeState("failed", text="No. " * 20)).height > short


def test_a_badge_stands_left_of_the_mark_and_shortens_the_title() -> None:
    plain, marked = laid("toy.blur"), laid("toy.blur", state=NodeState(badge="warning"))
    assert plain.badge is None
    assert marked.badge
    assert marked.title_rect[2] <= marked.badge[0] < marked.badge[2] <= marked.mark[0]


def test_a_missing_type_keeps_what_is_linked() -> None:
    found = laid("pose.estimate", linked=frozenset({("input", "image"), ("output", "hint")}))
    assert (found.title, found.category, found.footer) == ("pose.estimate", "", None)
    assert [(one.side, one.name) for one in found.sockets] == [
        ("input", "image"),
        ("output", "hint"),
    ]


def test_hiding_unused_sockets_keeps_parameters() -> None:
    linked = frozenset({("input", "model")})
    found = laid("toy.sample", linked=linked, hide_unused=True)
    assert [one.name for one in found.sockets if one.label] == ["model"]
    assert found.row("steps")
    assert found.height < laid("toy.sample", linked=linked).height


def test_hiding_unused_sockets_is_kept_with_the_layout() -> None:
    assert hides_unused(replace(PLAIN, extra={HIDE_UNUSED: True}))
    assert not hides_unused(PLAIN)


def test_nodes_that_never_run_have_no_footer() -> None:
    assert laid("toy.number").footer is None
    assert laid("toy.blur").footer


def test_words_are_written_with_spaces() -> None:
    socket = laid("toy.encode").socket("input", "text_encoder")
    assert socket
    assert socket.label == "text encoder"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("Sequence[Image]", "Image"), ("int", "number"), ("str", "text"), ("any:T", "any")],
)
def test_value_types_have_names_in_the_theme(kind: str, name: str) -> None:
    assert theme_type(kind) == name
    assert name in TOKENS["glyph"]


def test_categories_of_packs_get_the_neutral_colour() -> None:
    spec = REGISTRY.spec("toy.blur")
    assert spec
    assert category_of(spec) == "logic"
    assert category_of(replace(spec, category="Upscale")) == "upscale"
    assert category_of(replace(spec, id="graph:poster")) == "graph"
