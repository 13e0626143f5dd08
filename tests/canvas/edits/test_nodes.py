"""Edits of nodes."""

from __future__ import annotations

from studio.canvas.edits import nodes as edits
from studio.canvas.fits import End
from studio.core.view import Frame, View
from tests.canvas.stage import REGISTRY, blurs, node, placed

SPECS = REGISTRY.spec


def spec(type_id: str):  # type: ignore[no-untyped-def]
    found = REGISTRY.spec(type_id)
    assert found
    return found


def texts(graph) -> set[str]:  # type: ignore[no-untyped-def]
    return set(map(str, graph.links))


def test_a_new_node_has_its_defaults_and_a_random_seed() -> None:
    graph, key = edits.added(blurs(), spec("toy.image"), (7.0, 8.0))
    assert key == "image"
    assert graph.nodes[key].params == {"seed": 0, "width": 8}
    assert graph.nodes[key].seed_mode == "random"
    assert graph.view.layout[key].at == (7.0, 8.0)


def test_a_node_dropped_on_nothing_is_linked_from_either_end() -> None:
    graph = blurs()
    found, key = edits.added_to(
        graph, spec("toy.blur"), (0, 0), End("i", "image", "output"), "image", SPECS
    )
    assert texts(found) == {f"i.image -> {key}.image"}
    found, key = edits.added_to(
        graph, spec("toy.blur"), (0, 0), End("s", "value", "input"), "image", SPECS
    )
    assert texts(found) == {f"{key}.image -> s.value"}


def test_deleting_heals_or_not_as_asked() -> None:
    graph = blurs("i.image -> b.image", "b.image -> c.image")
    assert texts(edits.deleted_and_healed(graph, {"b"}, SPECS)) == {"i.image -> c.image"}
    assert edits.deleted(graph, ["b"]).links == ()


def test_a_frame_goes_with_the_last_of_its_nodes() -> None:
    graph = blurs().with_view(View(frames=(Frame("x", None, ("i",)), Frame("empty"))))
    assert [frame.title for frame in edits.deleted(graph, ["i"]).view.frames] == ["empty"]


def test_a_replaced_node_keeps_links_params_place_and_title_that_fit() -> None:
    graph = placed(
        {"n": node("toy.number"), "a": node("toy.add", a=3.0), "s": node("toy.show")},
        "n.value -> a.b",
        "a.value -> s.value",
    ).titled("a", "Mine")
    found, lost = edits.replaced(graph, "a", spec("toy.sum"), SPECS)
    assert texts(found) == {"n.value -> a.items[0]", "a.value -> s.value"}
    assert (found.nodes["a"].type, found.nodes["a"].title, lost) == ("toy.sum", "Mine", ())
    assert found.view.layout["a"] == graph.view.layout["a"]


def test_a_node_that_replaces_a_frozen_one_keeps_no_result() -> None:
    graph = blurs().with_mode("b", "frozen", "key")
    found, _ = edits.replaced(graph, "b", spec("toy.sum"), SPECS)
    assert (found.nodes["b"].mode, found.nodes["b"].frozen) == ("on", "")


def test_a_replaced_node_says_which_links_it_lost() -> None:
    graph = blurs("i.image -> b.image", "b.image -> c.image")
    found, lost = edits.replaced(graph, "b", spec("toy.number"), SPECS)
    assert [str(link) for link in lost] == ["i.image -> b.image", "b.image -> c.image"]
    assert found.links == ()


def test_copies_get_incoming_links_only_when_asked() -> None:
    graph = blurs("i.image -> b.image", "b.image -> c.image")
    found, new = edits.duplicated(graph, ["b", "c"], (40.0, 40.0), incoming=False)
    assert texts(found) - texts(graph) == {"b_2.image -> c_2.image"}
    assert new == ("b_2", "c_2")
    assert found.view.layout["b_2"].at == (340.0, 40.0)
    found, _ = edits.duplicated(graph, ["b", "c"], (40.0, 40.0), incoming=True)
    assert "i.image -> b_2.image" in texts(found)


def test_a_mode_turns_off_when_all_have_it() -> None:
    graph = edits.toggled(blurs().with_mode("b", "muted"), ["b", "c"], "muted")
    assert {graph.nodes[key].mode for key in "bc"} == {"muted"}
    graph = edits.toggled(graph, ["b", "c"], "muted")
    assert {graph.nodes[key].mode for key in "bc"} == {"on"}


def test_freezing_keeps_the_key_of_the_result() -> None:
    graph = edits.toggled(blurs(), ["b"], "frozen", {"b": "key"})
    assert (graph.nodes["b"].mode, graph.nodes["b"].frozen) == ("frozen", "key")
    assert edits.toggled(graph, ["b"], "frozen").nodes["b"].frozen == ""


def test_the_title_of_the_type_is_no_title() -> None:
    title = spec("toy.blur").title
    assert edits.titled(blurs(), "b", f" {title} ", SPECS).nodes["b"].title == ""
    assert edits.titled(blurs(), "b", "Mine", SPECS).nodes["b"].title == "Mine"


def test_a_value_is_set_where_it_is_taken() -> None:
    graph = placed({"b": node("toy.blur"), "c": node("toy.blur"), "i": node("toy.image")})
    found = edits.with_param(graph, graph.nodes, "radius", 3.0, SPECS)
    assert [found.nodes[key].params.get("radius") for key in "bci"] == [3.0, 3.0, None]
    assert edits.with_param(graph, ["b"], "radius", 1e9, SPECS) == graph


def test_a_parameter_goes_back_to_its_default() -> None:
    graph = placed({"b": node("toy.blur", radius=9.0)})
    assert edits.without_param(graph, ["b"], "radius", SPECS).nodes["b"].params == {"radius": 1.0}
