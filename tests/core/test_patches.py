from __future__ import annotations

import json

import pytest
from hypothesis import given

from studio.core.errors import DocumentError
from studio.core.graph import Graph, Link, Node, SubGraph
from studio.core.patches import patch, patched
from studio.core.view import Frame, Layout, View
from tests.strategies import edits, examples, graphs

CHAIN = Graph(
    {name: Node("toy.blur") for name in "abc"},
    (Link("a", "image", "b", "image"), Link("b", "image", "c", "image")),
    view=View({name: Layout((1, 2)) for name in "abc"}),
)


def written(before: Graph, after: Graph) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(patch(before, after)))
    return found


@given(graphs(), graphs())
@examples(25, 2000)
def test_a_patch_leads_from_any_graph_to_any_other(before: Graph, after: Graph) -> None:
    found = patched(before, written(before, after))
    assert found == after
    assert list(found.nodes) == list(after.nodes)


@given(graphs(), edits())
@examples(25, 2000)
def test_a_patch_does_what_an_edit_did(graph: Graph, edit: object) -> None:
    after = edit(graph)  # type: ignore[operator]
    assert patched(graph, written(graph, after)) == after


def test_a_patch_holds_only_what_changed() -> None:
    found = written(CHAIN, CHAIN.with_param("b", "radius", 3))
    assert list(found["part"]["nodes"]) == ["b"]  # type: ignore[index]
    assert len(json.dumps(found)) < 200


def test_a_patch_of_a_move_holds_only_what_moved() -> None:
    found = written(CHAIN, CHAIN.with_view(CHAIN.view.moved({"a": (5, 5)})))
    assert len(json.dumps(found)) < 200


def test_a_patch_of_a_cut_link_names_only_that() -> None:
    found = written(CHAIN, CHAIN.without_links(CHAIN.links[0]))
    assert found["way"] == {"stretch": [0, 1]}


def test_a_patch_of_a_link_that_takes_the_place_of_another_names_only_those() -> None:
    before = CHAIN.with_node("d", Node("toy.image"))
    after = before.with_link(Link("d", "image", "b", "image"))
    assert written(before, after)["way"] == {"cut": ["a.image -> b.image"]}
    back = written(after, before)
    assert back["part"]["links"] == ["a.image -> b.image", "b.image -> c.image"]  # type: ignore[index]
    assert patched(after, back) == before


def test_a_patch_of_a_definition_holds_only_what_changed_inside() -> None:
    before = CHAIN.with_graph("inner", SubGraph("", {}, {}, CHAIN))
    after = before.with_graph("inner", SubGraph("", {}, {}, CHAIN.titled("a", "A")))
    found = written(before, after)
    assert list(found["part"]["graphs"]["inner"]["nodes"]) == ["a"]  # type: ignore[index]
    assert patched(before, found) == after


def test_frames_that_go_are_gone() -> None:
    before = CHAIN.with_view(View(frames=(Frame("one"),)))
    assert patched(before, written(before, CHAIN)) == CHAIN


@pytest.mark.parametrize(
    "data", [{}, {"part": {}}, {"part": 1, "way": {}}, {"part": {}, "way": {"cut": ["x"]}}]
)
def test_what_is_no_patch_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(DocumentError):
        patched(CHAIN, data)
