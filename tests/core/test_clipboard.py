"""Copy and paste."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import assets
from studio.core.clipboard import copied, pasted
from studio.core.diff import diff
from studio.core.errors import DocumentError
from studio.core.graph import Graph, Link, Node, SubGraph
from studio.core.view import Frame, Layout, Note, View
from tests import strategies

VIEW = View(
    {"a": Layout((0, 0)), "b": Layout((100, 50))},
    {"a.value -> b.a": ((10, 10),)},
    frames=(Frame("both", None, ("a", "b")), Frame("one", None, ("b",))),
)
GRAPH = Graph(
    {"x": Node("toy.number"), "a": Node("toy.add"), "b": Node("toy.add", params={"b": 3})},
    (Link("x", "value", "a", "a"), Link("a", "value", "b", "a")),
    view=VIEW,
)


def test_a_copy_has_fresh_ids_and_keeps_its_links_inside_and_to_others() -> None:
    found, new = pasted(GRAPH, copied(GRAPH, ["a", "b"]))
    assert new == ("a_2", "b_2")
    assert list(map(str, found.links[2:])) == ["a_2.value -> b_2.a", "x.value -> a_2.a"]
    assert found.nodes["b_2"] == GRAPH.nodes["b"]
    assert found.links[:2] == GRAPH.links


def test_links_to_others_can_be_left_out_and_are_left_out_elsewhere() -> None:
    text = copied(GRAPH, ["a", "b"])
    assert len(pasted(GRAPH, text, keep_links=False)[0].links) == 3
    assert len(pasted(Graph(), text)[0].links) == 1


def test_layout_frames_and_reroutes_come_along() -> None:
    found, _ = pasted(GRAPH, copied(GRAPH, ["a", "b"]), at=(1000, 500))
    assert found.view.layout["a_2"].at == (1000, 500)
    assert found.view.layout["b_2"].at == (1100, 550)
    assert found.view.reroutes["a_2.value -> b_2.a"] == ((1010, 510),)
    assert [frame.nodes for frame in found.view.frames[2:]] == [("a_2", "b_2"), ("b_2",)]


def test_notes_come_along_and_count_for_the_place() -> None:
    notes = (Note("other", (0, 0)), Note("mine", (-100, 10)))
    graph = GRAPH.with_view(replace(VIEW, notes=notes))
    found, _ = pasted(graph, copied(graph, ["a"], notes=[1]), at=(1000, 500))
    assert found.view.notes == (*notes, Note("mine", (1000, 510)))
    assert found.view.layout["a_2"].at == (1100, 500)


def test_without_a_place_the_copy_is_put_beside() -> None:
    found, _ = pasted(GRAPH, copied(GRAPH, ["b"]))
    assert found.view.layout["b_2"].at == (140, 90)


def test_a_copied_use_brings_its_definitions_once() -> None:
    inner = SubGraph("i", {}, {}, Graph({"n": Node("toy.add")}))
    outer = SubGraph("o", {}, {}, Graph({"u": Node("graph:inner")}))
    held = Graph({"u": Node("graph:outer")}, (), {"outer": outer, "inner": inner, "other": inner})
    text = copied(held, ["u"])
    assert set(pasted(Graph(), text)[0].graphs) == {"outer", "inner"}
    assert pasted(held, text)[0].graphs == held.graphs


def test_a_different_definition_of_the_same_name_gets_another_one() -> None:
    one, two = (SubGraph(title, {}, {}, Graph()) for title in ("one", "two"))
    use = Node("graph:g")
    outer = SubGraph("", {}, {}, Graph({"u": use}))
    text = copied(Graph({"u": Node("graph:h")}, (), {"g": one, "h": outer}), ["u"])
    found, new = pasted(Graph(graphs={"g": two}), text)
    assert found.graphs["g"] == two
    assert found.graphs["g_2"] == one
    assert found.graphs["h"].graph.nodes["u"].type == "graph:g_2"
    assert found.nodes[new[0]].type == "graph:h"


def test_a_definition_whose_inner_one_is_different_is_another_one() -> None:
    outer = SubGraph("o", {}, {}, Graph({"u": Node("graph:inner")}))
    mine, yours = (SubGraph("i", {}, {}, Graph({"n": Node(name)})) for name in ("toy.a", "toy.b"))
    text = copied(Graph({"u": Node("graph:outer")}, (), {"outer": outer, "inner": mine}), ["u"])
    found, (new,) = pasted(Graph(graphs={"outer": outer, "inner": yours}), text)
    inside = found.graphs[found.nodes[new].sub_graph].graph.nodes["u"].sub_graph
    assert found.graphs[inside] == mine


def test_assets_come_along_when_they_are_asked_for(tmp_path: Path) -> None:
    ref = assets.add(tmp_path / "a.json", b"mask", ".png", _save)
    graph = Graph({"n": Node("odd.type")}).with_param("n", "mask", ref)
    text = copied(graph, ["n"], partial(assets.content, tmp_path / "a.json"))
    (tmp_path / ref.path).unlink()
    file = tmp_path / "b.json"
    found, (new,) = pasted(
        Graph(), text, keep_assets=lambda part: assets.unpacked(part, file, _save)
    )
    assert (tmp_path / found.nodes[new].params["mask"]["path"]).read_bytes() == b"mask"
    assert found.extra == {}


def _save(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def test_notes_of_a_pasted_file_come_along() -> None:
    text = copied(GRAPH, ["a"]).rstrip().removesuffix("}") + ', "notes": [{"text": "hi"}]}'
    assert pasted(Graph(), text)[0].view.notes == (Note("hi", (40, 40)),)


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(DocumentError):
        pasted(GRAPH, "hello")


@given(strategies.graphs(), st.sets(strategies.ids))
@strategies.examples(20, 500)
def test_pasting_changes_nothing_that_was_there(graph: Graph, nodes: set[str]) -> None:
    found, new = pasted(graph, copied(graph, nodes))
    change = diff(graph, found)
    assert (change.removed, change.changed, change.unlinked) == ((), {}, ())
    assert set(change.added) == set(new)
    assert len(new) == len(nodes & set(graph.nodes))
    assert not found.cycle()
    assert sorted(map(repr, change.added.values())) == sorted(
        repr(graph.nodes[key]) for key in nodes & set(graph.nodes)
    )
