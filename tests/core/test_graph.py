"""The graph as a value, and its edits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.document import read, write
from studio.core.errors import CycleError, GraphError, LinkError
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.view import Frame, Layout, View
from studio.core.widgets import FileRef
from tests import strategies


def graph(*links: str, nodes: str = "a b c d") -> Graph:
    held = {name: Node("toy.add") for name in nodes.split()}
    return Graph(held, tuple(map(Link.parse, links)))


@given(strategies.graphs(), st.lists(strategies.edits(), max_size=20))
@strategies.examples(20, 500)
def test_no_sequence_of_edits_makes_a_cycle_or_a_dangling_link(
    first: Graph, edits: list[strategies.Edit]
) -> None:
    now = first
    for edit in edits:
        now = edit(now)
        assert not now.cycle()
        assert all(link.source in now.nodes and link.target in now.nodes for link in now.links)


@given(strategies.graphs(), st.lists(strategies.edits(), max_size=10))
@strategies.examples(15, 500)
def test_undoing_all_edits_gives_the_first_graph(
    first: Graph, edits: list[strategies.Edit]
) -> None:
    before = write(first)
    history = [first]
    for edit in edits:
        history.append(edit(history[-1]))
    assert write(history[0]) == before
    assert read(write(history[-1])) == history[-1]


@given(strategies.graphs(), st.lists(strategies.edits(), max_size=10))
@strategies.examples(15, 500)
def test_the_adjacency_is_that_of_a_graph_made_afresh(
    first: Graph, edits: list[strategies.Edit]
) -> None:
    now = first
    for edit in edits:
        now.order()
        now = edit(now)
    fresh = Graph(now.nodes, now.links)
    for node in now.nodes:
        assert now.links_to(node) == fresh.links_to(node)
        assert now.links_from(node) == fresh.links_from(node)


def test_an_edit_leaves_the_graph_before_as_it_was() -> None:
    before = graph("a.value -> b.a")
    after = before.with_param("a", "b", 3).without_nodes("b").titled("c", "See")
    assert before == graph("a.value -> b.a")
    assert (after.nodes["a"].params, after.links) == ({"b": 3}, ())


def test_an_edit_of_a_parameter_shares_the_other_nodes_and_the_adjacency() -> None:
    before = graph("a.value -> b.a")
    links = before.links_to("b")
    after = before.with_param("a", "a", 1)
    assert after.nodes["b"] is before.nodes["b"]
    assert after.links_to("b") is links


@pytest.mark.parametrize("link", ["c.value -> a.a", "a.value -> a.a", "b.value -> a.b[3]"])
def test_a_link_that_would_make_a_cycle_is_refused(link: str) -> None:
    with pytest.raises(CycleError, match="wait for itself"):
        graph("a.value -> b.a", "b.value -> c.a").with_link(Link.parse(link))


def test_a_link_to_nowhere_is_refused() -> None:
    with pytest.raises(LinkError, match="needs a node 'x'"):
        graph().with_link(Link("a", "value", "x", "a"))


def test_a_link_replaces_the_one_at_the_same_place() -> None:
    held = graph("a.value -> c.a", "a.value -> d.items[0]", "a.value -> d.items[1]")
    after = held.with_link(Link("b", "value", "c", "a")).with_link(Link("b", "o", "d", "items", 1))
    assert set(map(str, after.links)) == {
        "b.value -> c.a",
        "a.value -> d.items[0]",
        "b.o -> d.items[1]",
    }


def test_links_of_one_input_come_in_the_order_of_their_indices() -> None:
    held = graph("a.value -> d.items[2]", "b.value -> d.items[0]", "c.value -> d.items[1]")
    assert [link.source for link in held.inputs_of("d")["items"]] == ["b", "c", "a"]


def test_removing_a_node_takes_what_belongs_to_it_along() -> None:
    view = View(
        {"a": Layout(), "b": Layout()}, {"a.value -> b.a": ((1, 2),)}, frames=(Frame("f", None, ("a", "b")),)
    )  # fmt: skip
    held = graph("a.value -> b.a").with_view(view).with_form(["a.a", "b.a"])
    after = held.without_nodes("a")
    assert (after.links, after.form, after.view.reroutes) == ((), ("b.a",), {})
    assert (set(after.view.layout), after.view.frames[0].nodes) == ({"b"}, ("b",))


def test_renaming_a_node_takes_links_form_and_view_along_and_keeps_the_order() -> None:
    view = View({"a": Layout()}, {"a.value -> b.a": ((1, 2),)}, frames=(Frame(nodes=("a",)),))
    held = graph("a.value -> b.a", "c.value -> a.a").with_view(view).with_form(["a.a"])
    after = held.renamed("a", "my node")
    assert list(after.nodes) == ["my node", "b", "c", "d"]
    assert list(map(str, after.links)) == ['"my node".value -> b.a', 'c.value -> "my node".a']
    assert after.form == ('"my node".a',)
    assert set(after.view.layout) == set(after.view.frames[0].nodes) == {"my node"}
    assert set(after.view.reroutes) == {'"my node".value -> b.a'}
    assert after.renamed("my node", "a") == held


@pytest.mark.parametrize("name", ["b", ""])
def test_a_taken_or_empty_id_is_refused(name: str) -> None:
    with pytest.raises(GraphError, match="taken or empty"):
        graph().renamed("a", name)


def test_editing_what_does_not_exist_is_refused_and_offers_what_does() -> None:
    for edit in ("without_nodes", "titled", "with_mode", "renamed"):
        with pytest.raises(GraphError, match="there is no node 'x'; one of a, b, c, d"):
            getattr(graph(), edit)(*{"without_nodes": ["x"]}.get(edit, ["x", "on"]))


def test_parameters_are_kept_as_plain_json() -> None:
    after = graph().with_params("a", {"file": FileRef("x", "d"), "curve": ((0, 1.0),)})
    assert after.nodes["a"].params == {"file": {"path": "x", "blake3": "d"}, "curve": [[0, 1.0]]}


def test_upstream_and_downstream_reach_everything() -> None:
    held = graph("a.value -> b.a", "b.value -> c.a", "d.value -> c.b")
    assert held.upstream(["b"]) == {"a", "b"}
    assert held.downstream(["b"]) == {"b", "c"}
    assert held.upstream(["c"]) == {"a", "b", "c", "d"}


def test_the_order_puts_every_node_after_what_it_needs() -> None:
    held = graph("c.value -> b.a", "b.value -> a.a", "d.value -> b.b")
    assert held.order() == ("c", "d", "b", "a")
    assert held.cycle() == ()


def test_a_cycle_is_found_and_named_in_order() -> None:
    held = graph("a.value -> b.a", "b.value -> c.a", "c.value -> b.b", "c.value -> d.a")
    assert held.order() == ("a",)
    ring = held.cycle()
    assert sorted(ring) == ["b", "c"]
    assert all(
        any(link.target == after for link in held.links_from(node))
        for node, after in zip(ring, (*ring[1:], ring[0]), strict=True)
    )


def test_fresh_ids_count_on() -> None:
    assert graph().fresh_id("x") == "x"
    assert graph(nodes="x x_2").fresh_id("x") == "x_3"


def test_the_order_of_ports_is_a_part_of_a_sub_graph() -> None:
    ports = {"p1": Port("width", "int", ("a.x",)), "p2": Port("height", "int", ("a.y",))}
    turned = {key: ports[key] for key in ("p2", "p1")}
    assert SubGraph("", ports, {}, Graph()) == SubGraph("", dict(ports), {}, Graph())
    assert SubGraph("", ports, {}, Graph()) != SubGraph("", turned, {}, Graph())
    assert SubGraph("", {}, ports, Graph()) != SubGraph("", {}, turned, Graph())


def test_definitions_titles_and_modes_are_edited_too() -> None:
    held = graph().with_title("T").with_mode("a", "frozen", "key")
    assert (held.title, held.nodes["a"].mode, held.nodes["a"].frozen) == ("T", "frozen", "key")
    with pytest.raises(GraphError, match="not empty"):
        held.with_node("", Node("x"))
