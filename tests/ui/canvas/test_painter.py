from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.canvas.scene import Change
from studio.canvas.state import Camera, Hit, Selection
from studio.canvas.states import NodeState, StateKind
from studio.core.graph import Graph, Link, Node
from studio.core.view import Layout, View
from studio.ui.canvas.painter import Painter
from studio.ui.canvas.rings import Ringed
from studio.ui.looks.looks import Looks
from tests.ui.canvas.pages import (
    FIRST,
    HEIGHT,
    WIDTH,
    Source,
    count,
    differ,
    frame_of,
    looks_of,
    no_pictures,
    painted,
    pair,
    registry,
    scene_of,
    sharp,
)  # fmt: skip

KINDS: tuple[StateKind, ...] = (
    "fresh", "stale", "waiting", "running", "failed", "muted", "bypassed", "frozen",
    "missing_type", "missing_model", "unknown",
)  # fmt: skip
BETWEEN = QRect(232, 60, 40, 30)
NODE = QRect(round(FIRST[0]), round(FIRST[1]), WIDTH, HEIGHT)


def with_pictures(looks: Looks, source: Source) -> Painter:
    return Painter(looks, source)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_state_of_a_node_looks_different(qapp: QApplication, name: str) -> None:
    looks = looks_of(name)
    painter = Painter(looks, no_pictures)
    pages = [
        sharp(painter, scene_of(looks, states={"a": NodeState(kind)}), frame_of()) for kind in KINDS
    ]
    stale = scene_of(looks, states={"a": NodeState("frozen", stale=True)})
    assert differ([*pages, sharp(painter, stale, frame_of())])
    painter.close()


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("failed", "status.error"), ("frozen", "state.frozen"), ("missing_model", "state.missing"),
        ("running", "state.running"), ("stale", "border.strong"),
    ],
)  # fmt: skip
def test_the_edge_of_a_node_has_the_color_of_its_state(
    looks: Looks, painter: Painter, kind: StateKind, role: str
) -> None:
    page = sharp(painter, scene_of(looks, states={"a": NodeState(kind)}), frame_of())
    middle = page.pixelColor(NODE.left() + 60, NODE.top())
    assert middle.name() == looks.theme.color(role).name()


def test_a_stale_node_is_hollow_and_a_fresh_one_is_filled(looks: Looks, painter: Painter) -> None:
    canvas, body = looks.theme.color("bg.canvas"), looks.theme.color("bg.node")
    stale = sharp(painter, scene_of(looks, states={"a": NodeState("stale")}), frame_of())
    fresh = sharp(painter, scene_of(looks, states={"a": NodeState("fresh")}), frame_of())
    empty = QRect(NODE.left() + 90, NODE.top() + 58, 60, 6)
    assert count(stale, canvas, empty) == count(fresh, body, empty) == 60 * 6


def test_a_hovered_node_is_drawn_anew_and_no_other(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    before = sharp(painter, scene, frame)
    held = painter.layer.pixmaps.get("b")
    frame.state.hover = Hit("header", "a")
    assert differ([before, painted(painter, scene, frame)])
    assert painter.layer.pixmaps.get("b") is held


def test_rings_show_what_is_selected_and_where_the_keyboard_is(
    looks: Looks, painter: Painter
) -> None:
    scene, frame = scene_of(looks), frame_of()
    ring, focus = looks.theme.color("selection"), looks.theme.color("focus")
    above = QRect(NODE.left() + 20, NODE.top() - 8, 100, 8)
    plain = sharp(painter, scene, frame)
    frame.state.selection, frame.state.focus = Selection(frozenset({"a"})), "a"
    page = painted(painter, scene, frame)
    assert not count(plain, ring, above)
    assert not count(plain, focus, above)
    assert count(page, ring, above) == count(page, focus, above) == 200


def test_progress_is_painted_without_drawing_the_node_anew(looks: Looks, painter: Painter) -> None:
    state = NodeState("running", share=0.25, footer="step 5 / 20")
    scene, frame = scene_of(looks, states={"a": state}), frame_of()
    line = QRect(NODE.left() + 2, NODE.top() + 29, WIDTH - 4, 1)
    mint = looks.theme.color("state.running")
    before = count(sharp(painter, scene, frame), mint, line)
    held = painter.layer.pixmaps.get("a")
    assert held is not None
    drawn = held.pixmap
    painter.forget(scene.set_states({"a": replace(state, share=0.75)}).nodes)
    after = count(painted(painter, scene, frame), mint, line)
    now = painter.layer.pixmaps.get("a")
    assert now is not None
    assert now.pixmap is drawn
    assert before == pytest.approx(WIDTH / 4, abs=3)
    assert after == pytest.approx(WIDTH * 3 / 4, abs=3)


def test_the_edge_of_a_running_node_pulses(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks, states={"a": NodeState("running")}), frame_of()
    bright = sharp(painter, scene, frame)
    frame.pulse = 0.5
    assert differ([bright, painted(painter, scene, frame)])


def test_only_what_is_dirty_is_painted(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    whole = sharp(painter, scene, frame)
    page = QImage(whole.size(), QImage.Format.Format_RGB32)
    page.fill(QColor("magenta"))
    frame.dirty = [(30.0, 30.0, 90.0, 90.0), (300.0, 60.0, 340.0, 80.0)]
    painted(painter, scene, frame, page)
    assert count(page, QColor("magenta")) == 480 * 320 - 60 * 60 - 40 * 20
    for box in (QRect(30, 30, 60, 60), QRect(300, 60, 40, 20)):
        assert page.copy(box) == whole.copy(box)


def test_what_is_blurred_while_zooming_becomes_exact(looks: Looks, painter: Painter) -> None:
    scene = scene_of(looks)
    sharp(painter, scene, frame_of())
    blurred = painted(painter, scene, frame_of(zoom=1.1))
    assert not painter.settled()
    rects = painter.refine(50.0)
    assert len(rects) == 2
    assert painter.settled()
    exact = painted(painter, scene, frame_of(zoom=1.1))
    fresh = Painter(looks, no_pictures)
    assert exact == sharp(fresh, scene, frame_of(zoom=1.1))
    assert differ([blurred, exact])
    fresh.close()


def test_from_far_away_nodes_are_boxes_and_no_pixmap_is_made(
    looks: Looks, painter: Painter
) -> None:
    scene = scene_of(looks, states={"a": NodeState("failed")})
    page = painted(painter, scene, frame_of(zoom=0.1))
    assert painter.settled()
    assert not len(painter.layer.pixmaps)
    assert page.pixelColor(10, 10).name() == looks.theme.color("status.error").name()


def test_a_box_from_far_away_follows_the_state(looks: Looks, painter: Painter) -> None:
    scene = scene_of(looks, states={"a": NodeState("failed")})
    painted(painter, scene, frame_of(zoom=0.1))
    painter.forget(scene.set_states({"a": NodeState("running")}).nodes)
    page = painted(painter, scene, frame_of(zoom=0.1))
    assert page.pixelColor(10, 10).name() == looks.theme.color("state.running").name()


def test_cards_show_less_than_whole_nodes(looks: Looks, painter: Painter) -> None:
    scene = scene_of(looks)
    sharp(painter, scene, frame_of(zoom=0.4))
    card = painter.layer.pixmaps.get("a")
    sharp(painter, scene, frame_of(zoom=0.5))
    whole = painter.layer.pixmaps.get("a")
    assert card is not None
    assert whole is not None
    assert card.detail < whole.detail


def test_another_theme_paints_everything_in_its_colors(looks: Looks, painter: Painter) -> None:
    scene = scene_of(looks)
    sharp(painter, scene, frame_of())
    looks.set("light", "comfortable")
    page = sharp(painter, scene, frame_of())
    assert count(page, looks.theme.color("bg.node"), NODE) > 4000


def test_a_picture_is_scaled_in_a_thread_and_appears(looks: Looks, qtbot: QtBot) -> None:
    source = QImage(2000, 1500, QImage.Format.Format_RGB32)
    source.fill(Qt.GlobalColor.red)
    painter = Painter(looks, lambda _node: source)
    state = NodeState("fresh", picture=1, picture_size=(4, 3))
    scene = scene_of(looks, states={"a": state})
    with qtbot.waitSignal(painter.ready) as told:
        page = painted(painter, scene, frame_of())
        assert painter.waiting
    assert told.args == [frozenset({"a"})]
    assert not painter.waiting
    red = QColor(Qt.GlobalColor.red)
    assert not count(page, red)
    assert count(sharp(painter, scene, frame_of()), red) > 5000
    painter.close()


def test_hidden_links_leave_only_their_ends(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    shown = sharp(painter, scene, frame)
    frame.show_links = "none"
    hidden = painted(painter, scene, frame)
    middle = QRect(246, 80, 12, 10)
    blue = shown.pixelColor(252, 84)
    assert blue.name() != looks.theme.color("bg.canvas").name()
    assert count(hidden, blue, middle) < count(shown, blue, middle)


def test_links_of_the_selection_can_be_shown_alone(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    all_links = sharp(painter, scene, frame).copy(BETWEEN)
    frame.show_links = "selection"
    none = painted(painter, scene, frame).copy(BETWEEN)
    frame.state.selection = Selection(frozenset({"b"}))
    assert painted(painter, scene, frame).copy(BETWEEN) == all_links
    assert none != all_links


def test_links_of_a_muted_node_are_dashed(looks: Looks, painter: Painter) -> None:
    far = pair("muted")
    layout = {**far.view.layout, "b": Layout(at=(1200.0, 40.0))}
    scene = scene_of(looks, replace(far, view=View(layout=layout)))
    page = sharp(painter, scene, frame_of(x=300.0))
    column = [
        any(count(page, page.pixelColor(x, y), QRect(x, y, 1, 1)) and
            page.pixelColor(x, y).name() != looks.theme.color("bg.canvas").name()
            for y in range(80, 89))
        for x in range(40, 400)
    ]  # fmt: skip
    assert 0.4 < sum(column) / len(column) < 0.95


def test_hovered_and_chosen_links_stand_out(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    rest = sharp(painter, scene, frame).copy(BETWEEN)
    frame.state.hover = Hit("link", link=scene.links[0])
    hovered = painted(painter, scene, frame).copy(BETWEEN)
    frame.state.selection = Selection(links=frozenset({scene.links[0]}))
    chosen = painted(painter, scene, frame).copy(BETWEEN)
    assert differ([rest, hovered, chosen])
    assert count(chosen, looks.theme.color("accent.line")) > 10


def test_a_node_that_left_is_not_painted(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    sharp(painter, scene, frame)
    change = scene.set_graph(Graph(), scene_spec)
    painter.forget(change.nodes)
    page = painted(painter, scene, frame)
    assert not count(page, looks.theme.color("bg.node"))
    assert painter.refine(6.0) == []


def scene_spec(_type: str) -> None:
    return None


def test_a_collapsed_node_with_another_color_and_a_comment_is_painted(
    looks: Looks, painter: Painter
) -> None:
    plain = Graph({"a": Node("test.enlarge")}, view=View(layout={"a": Layout(at=FIRST)}))
    pages = [sharp(painter, scene_of(looks, plain), frame_of())]
    for look in (
        Layout(at=FIRST, color="teal"),
        Layout(at=FIRST, comment="why it is here"),
        Layout(at=FIRST, pinned=True),
        Layout(at=FIRST, collapsed=True),
    ):
        graph = replace(plain, view=View(layout={"a": look}))
        pages.append(sharp(painter, scene_of(looks, graph), frame_of()))
    assert differ(pages)


def test_a_chosen_node_looks_as_if_its_ring_was_drawn_over_it(
    looks: Looks, painter: Painter
) -> None:
    scene, frame = scene_of(looks), frame_of()
    plain = sharp(painter, scene, frame)
    drawn = painter.layer.pixmaps.get("a")
    assert drawn
    look = Ringed(drawn.layout, drawn.face, 1.0, 1.0, whole=True)
    brush = QPainter(plain)
    painter.layer.rings.paint(brush, look, *FIRST, chosen=True, focused=False)
    brush.end()
    frame.state.selection = Selection(frozenset({"a"}))
    ringed = sharp(painter, scene, frame)
    area = NODE.adjusted(-8, -8, 8, 8)
    parts = [page.copy(area) for page in (plain, ringed)]  # they must outlive their bytes
    one, other = (np.frombuffer(part.constBits(), np.uint8).astype(np.int16) for part in parts)
    assert np.abs(one - other).max() <= 3
    assert count(ringed, looks.theme.color("selection"), area) > 500


def test_the_ring_of_a_chosen_node_follows_its_state(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    frame.state.selection = Selection(frozenset({"a"}))
    first = sharp(painter, scene, frame)
    painter.forget(scene.set_states({"a": NodeState("stale")}).nodes)
    assert differ([first, sharp(painter, scene, frame)])


def test_nodes_are_drawn_before_the_canvas_is_pushed_to_them(
    looks: Looks, painter: Painter
) -> None:
    far = {f"x{k}": Layout(at=(500.0, 40.0 * k)) for k in range(5)}
    nodes = {name: Node("test.enlarge") for name in far}
    scene = scene_of(looks, Graph(nodes, view=View(layout=far)))
    for step in range(8):
        painted(painter, scene, frame_of(x=2.0 * step))
    assert len(painter.layer.pixmaps) == len(far)
    assert painter.settled()


def test_nothing_is_drawn_ahead_while_the_canvas_rests(looks: Looks, painter: Painter) -> None:
    far = {"x": Layout(at=(500.0, 40.0))}
    scene = scene_of(looks, Graph({"x": Node("test.enlarge")}, view=View(layout=far)))
    for _ in range(4):
        painted(painter, scene, frame_of())
    assert len(painter.layer.pixmaps) == 0


def test_links_seen_from_far_away_are_those_of_a_fresh_painter(
    looks: Looks, painter: Painter
) -> None:
    names = ["a", "b", *map(str, range(320))]
    links = [Link(one, "image", other, "image") for one, other in pairwise(names)]
    places = {name: Layout(at=(k % 20 * 240.0, k // 20 * 180.0)) for k, name in enumerate(names)}
    plain = Graph({name: Node("test.enlarge") for name in names}, tuple(links), view=View(places))
    scene, known, frame = scene_of(looks, plain), registry(), frame_of(zoom=0.1)

    def same() -> QImage:
        page, fresh = painted(painter, scene, frame), Painter(looks, no_pictures)
        assert page == painted(fresh, scene, frame)
        fresh.close()
        return page

    first = same()
    assert same() == first
    shown = []
    changes: tuple[Callable[[], Change], ...] = (
        lambda: scene.move({"b": (900.0, 700.0)}),
        lambda: scene.set_graph(plain.without_links(*plain.links), known.spec),
        lambda: scene.set_graph(plain.with_mode("b", "muted"), known.spec),
        lambda: scene.set_states({"a": NodeState("muted")}),
    )
    for change in changes:
        painter.forget(change().nodes)
        shown.append(same())
    assert differ([first, *shown])
    frame.camera = Camera(30.0, 20.0, 0.1)
    same()
