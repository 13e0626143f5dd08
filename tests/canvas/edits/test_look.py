"""Edits of the view."""

from __future__ import annotations

import pytest

from studio.canvas.edits import look, reroutes
from studio.canvas.state import Camera
from studio.core.graph import Link
from tests.canvas.stage import blurs


def test_a_toggle_turns_off_when_all_have_it() -> None:
    graph = look.toggled(blurs(), ["b"], "collapsed")
    graph = look.toggled(graph, ["b", "c"], "collapsed")
    assert graph.view.layout["b"].collapsed
    assert graph.view.layout["c"].collapsed
    assert not look.toggled(graph, ["b", "c"], "collapsed").view.layout["b"].collapsed


def test_colour_comment_and_width_are_fields_of_the_layout() -> None:
    graph = look.with_layout(blurs(), ["b"], color="teal", comment="soft", width=200.0)
    found = graph.view.layout["b"]
    assert (found.color, found.comment, found.width, found.at) == ("teal", "soft", 200.0, (300, 0))
    with pytest.raises(TypeError):
        look.with_layout(graph, ["b"], colour="teal")


def test_hidden_sockets_come_back() -> None:
    graph = look.unused_hidden(blurs(), ["b"])
    assert graph.view.layout["b"].extra
    assert look.unused_hidden(graph, ["b"]).view == blurs().view


def test_a_framed_node_leaves_its_other_frame() -> None:
    graph = look.framed(look.framed(blurs(), {"i", "b"}, "one"), {"b", "c"}, "two")
    assert [(frame.title, frame.nodes) for frame in graph.view.frames] == [
        ("one", ("i",)), ("two", ("b", "c")),
    ]  # fmt: skip


def test_a_frame_without_nodes_left_goes() -> None:
    graph = look.framed(look.framed(blurs(), {"i"}), {"i", "b"})
    assert [frame.nodes for frame in graph.view.frames] == [("i", "b")]


def test_nodes_join_and_leave_frames() -> None:
    graph = look.framed(blurs(), {"i", "b"})
    assert look.joined(graph, 0, {"s"}).view.frames[0].nodes == ("i", "b", "s")
    assert look.joined(graph, -1, {"i"}).view.frames[0].nodes == ("b",)
    assert look.joined(graph, -1, {"i", "b"}).view.frames == ()


def test_frames_are_titled_coloured_and_dissolved() -> None:
    graph = look.with_frame(look.framed(blurs(), {"i"}), 0, title="T", color="teal")
    assert (graph.view.frames[0].title, graph.view.frames[0].color) == ("T", "teal")
    assert look.unframed(graph, {0}).view.frames == ()


def test_notes_come_change_and_go() -> None:
    graph, index = look.noted(blurs(), (1.0, 2.0), "hello")
    graph = look.with_note(graph, index, text="bye", size=(1.0, 500.0))
    (note,) = graph.view.notes
    assert (note.text, note.at, note.size) == ("bye", (1.0, 2.0), (look.NOTE_MIN[0], 500.0))
    assert look.without_notes(graph, {0}).view.notes == ()


def test_a_bookmark_gives_the_view_back() -> None:
    graph = look.bookmarked(blurs(), "1", Camera(1, 2, 0.5))
    assert look.bookmark(graph, "1") == Camera(1, 2, 0.5)
    assert look.bookmark(graph, "2") is None


LINK = Link.parse("i.image -> s.value")
ENDS = ((0.0, 0.0), (100.0, 0.0))


def test_a_point_is_added_where_the_way_gets_least_longer() -> None:
    graph = blurs(str(LINK))
    graph, first = reroutes.added(graph, LINK, (50.0, 10.0), ENDS)
    graph, second = reroutes.added(graph, LINK, (90.0, 5.0), ENDS)
    graph, third = reroutes.added(graph, LINK, (10.0, 5.0), ENDS)
    assert (first, second, third) == (0, 1, 0)
    assert [x for x, _ in reroutes.points_of(graph, LINK)] == [10.0, 50.0, 90.0]


def test_points_move_and_go() -> None:
    graph, _ = reroutes.added(blurs(str(LINK)), LINK, (50.0, 10.0), ENDS)
    graph = reroutes.moved(graph, LINK, 0, (60.0, 20.0))
    assert reroutes.points_of(graph, LINK) == ((60.0, 20.0),)
    assert reroutes.removed(graph, LINK, 0).view.reroutes == {}


def test_links_of_one_output_share_the_point_of_a_stroke() -> None:
    other = Link.parse("i.image -> b.image")
    graph = blurs(str(LINK), str(other))
    found = reroutes.added_across(
        graph, {LINK: (50.0, 3.0), other: (52.0, 4.0)}, {LINK: ENDS, other: ENDS}
    )
    assert reroutes.points_of(found, LINK) == reroutes.points_of(found, other) == ((50.0, 3.0),)


def test_points_follow_when_both_ends_of_their_link_move() -> None:
    graph, _ = reroutes.added(blurs(str(LINK)), LINK, (50.0, 10.0), ENDS)
    found = reroutes.shifted(graph, frozenset({"i", "s"}), (5.0, 5.0))
    assert reroutes.points_of(found, LINK) == ((55.0, 15.0),)
    assert reroutes.shifted(graph, frozenset({"i"}), (5.0, 5.0)) == graph
