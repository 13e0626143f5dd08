"""Edits of links."""

from __future__ import annotations

from studio.canvas.edits import links as edits
from studio.canvas.edits import nodes as node_edits
from studio.canvas.fits import End, converters
from studio.core.graph import Graph, Link
from tests.canvas.stage import REGISTRY, blurs, links, node, placed


def texts(graph: Graph) -> set[str]:
    return set(map(str, graph.links))


SPECS = REGISTRY.spec


def test_an_occupied_input_takes_the_new_link() -> None:
    graph = blurs("i.image -> c.image")
    found = edits.connected(graph, Link.parse("b.image -> c.image"), SPECS)
    assert texts(found) == {"b.image -> c.image"}


def test_an_input_that_takes_many_takes_one_more_last_and_none_twice() -> None:
    graph = placed({"n": node("toy.number"), "m": node("toy.number"), "t": node("toy.sum")})
    for text in ("n.value -> t.items", "m.value -> t.items", "n.value -> t.items"):
        graph = edits.connected(graph, Link.parse(text), SPECS)
    assert texts(graph) == {"n.value -> t.items[0]", "m.value -> t.items[1]"}


def test_a_link_that_is_there_is_not_made_again() -> None:
    graph = blurs("i.image -> b.image")
    assert edits.connected(graph, graph.links[0], SPECS) is graph


def test_all_links_of_a_socket_break() -> None:
    graph = blurs("i.image -> b.image", "i.image -> c.image", "c.image -> s.value")
    assert texts(edits.disconnected(graph, End("i", "image", "output"))) == {"c.image -> s.value"}


def test_links_move_to_another_output_with_their_reroutes() -> None:
    graph = blurs("i.image -> c.image", "i.image -> s.value")
    view = graph.view
    graph = graph.with_view(
        type(view)(layout=view.layout, reroutes={"i.image -> s.value": ((5.0, 5.0),)})
    )
    found = edits.moved(graph, graph.links, End("b", "image", "output"), SPECS)
    assert texts(found) == {"b.image -> c.image", "b.image -> s.value"}
    assert found.view.reroutes == {"b.image -> s.value": ((5.0, 5.0),)}


def test_a_node_is_put_between_the_ends_of_a_link() -> None:
    graph = blurs("i.image -> s.value")
    found = edits.inserted(graph, "b", graph.links[0], SPECS)
    assert found
    assert texts(found) == {"i.image -> b.image", "b.image -> s.value"}


def test_an_inserted_node_keeps_the_place_among_many_links() -> None:
    kinds = {
        "n": "toy.number",
        "m": "toy.number",
        "a": "toy.add",
        "t": "toy.switch",
        "u": "toy.sum",
    }
    graph = placed(
        {key: node(kind) for key, kind in kinds.items()},
        "n.value -> u.items[0]",
        "m.value -> u.items[1]",
    )
    found = edits.inserted(graph, "t", graph.links[0], SPECS)
    assert found
    assert "t.value -> u.items[0]" in texts(found)


def test_a_node_that_does_not_fit_is_not_inserted() -> None:
    graph = placed(
        {"i": node("toy.image"), "s": node("toy.show"), "a": node("toy.load")}, "i.image -> s.value"
    )
    assert edits.inserted(graph, "a", graph.links[0], SPECS) is None


def test_pulling_out_joins_what_a_node_stood_between() -> None:
    graph = blurs("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")
    found = edits.healed(graph, {"b"}, SPECS)
    assert texts(found) == {"i.image -> c.image", "c.image -> s.value"}
    assert set(found.nodes) == set(graph.nodes)


def test_pulling_out_several_keeps_the_links_among_them() -> None:
    graph = blurs("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")
    assert texts(edits.healed(graph, {"b", "c"}, SPECS)) == {
        "b.image -> c.image", "i.image -> s.value",
    }  # fmt: skip


def test_pulling_out_a_source_leaves_nothing_behind() -> None:
    graph = blurs("i.image -> b.image")
    assert edits.healed(graph, {"i"}, SPECS).links == ()


def test_the_mode_of_other_nodes_does_not_matter_to_healing() -> None:
    graph = blurs("i.image -> b.image", "b.image -> c.image").with_mode("c", "bypassed")
    assert texts(edits.healed(graph, {"b"}, SPECS)) == {"i.image -> c.image"}


def test_nodes_are_linked_in_order() -> None:
    found = edits.linked_in_order(blurs(), ["i", "b", "c", "s"], SPECS, None)
    assert texts(found) == {"i.image -> b.image", "b.image -> c.image", "c.image -> s.value"}


def test_linking_in_order_replaces_nothing() -> None:
    graph = placed(
        {"i": node("toy.image"), "j": node("toy.image"), "s": node("toy.show")},
        "i.image -> s.value",
    )
    assert edits.linked_in_order(graph, ["j", "s"], SPECS, None).links == graph.links


def test_a_converter_is_fed_with_what_is_above() -> None:
    graph = placed({"l": node("toy.load"), "s": node("toy.sample")}, "l.model -> s.model")
    (way,) = converters(REGISTRY.specs.values(), "TextEncoder", "Conditioning")
    graph, key = node_edits.added(graph, way.spec, (0.0, 0.0))
    link = Link.parse("l.text_encoder -> s.positive")
    found = edits.converted(graph, link, way, key, SPECS)
    assert texts(found) == {
        "l.model -> s.model", f"l.text_encoder -> {key}.text_encoder", f"{key}.conditioning -> s.positive",
    }  # fmt: skip


def test_a_required_input_is_fed_where_one_output_above_gives_it() -> None:
    graph = Graph(
        {"l": node("toy.load"), "e": node("toy.encode"), "s": node("toy.sample")},
        links("l.text_encoder -> e.text_encoder", "e.conditioning -> s.positive"),
    )
    assert "l.model -> s.model" in texts(edits.fed(graph, "s", SPECS))
