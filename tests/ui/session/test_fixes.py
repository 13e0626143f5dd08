"""What one click puts right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.core.check import issues
from studio.core.errors import Issue, Place, StudioError
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.registry import Registry
from studio.core.spec import Input
from studio.core.widgets import SEED_LIMIT, Choice, FileRef, Range, Seed
from studio.ui.session.fixes import allowed_path, fixed, label, nearest, placed
from tests.engine.cheap import graph_of, registry

KNOWN = registry()


class Missing:
    """Knows no file, and a near name."""

    def problem(self, ref: FileRef, /) -> StudioError | None:
        return StudioError(f"{ref.path} was not found", fix="put it there; near names: near.bin, b")

    def misfit(self, ref: FileRef, folder: str, /) -> None:
        return None

    def families(self, graph: Graph, /) -> dict[tuple[str, str], str]:
        return {}


def issue(graph: Graph, code: str) -> Issue:
    """Return the issue with a code."""
    return next(item for item in issues(graph, KNOWN, Missing()) if item.code == code)


def broken() -> dict[str, Graph]:
    """Return a graph for each code that can be put right."""
    grey, add = Node("test.grey"), Node("test.add")
    two = graph_of({"grey": grey, "add": add, "show": Node("test.show")}, "grey.image -> add.image")
    two = two.with_link(Link.parse("add.image -> show.value"))
    return {
        "G002": two.with_node("m", Node("test.model", params={"file": "a"})).with_link(
            Link.parse("m.model -> add.other")
        ),
        "G003": Graph(two.nodes, (*two.links, Link.parse("add.image -> grey.size"))),
        "G004": two.with_param("grey", "level", 7.0),
        "G005": two.with_node("x", Node("no.such")),
        "G007": two.with_node("m", Node("test.model", params={"file": "checkpoints/a.bin"})),
        "G009": Graph(two.nodes, (*two.links, Link.parse("grey.nothing -> add.other"))),
        "G010": Graph(
            {**two.nodes, "other": grey}, (*two.links, Link.parse("other.image -> add.image"))
        ),
        "G012": two.with_mode("add", "muted"),
        "G014": two.with_param("grey", "colour", 1),
        "G017": two.with_form(["grey.level", "gone.x"]),
    }


@pytest.mark.parametrize("code", sorted(broken()))
def test_each_fix_has_a_name_and_does_away_with_its_issue(code: str) -> None:
    graph = broken()[code].with_node("save", Node("test.save"))
    graph = graph.with_link(Link.parse("add.image -> save.image"))
    found = issue(graph, code)
    assert label(found)
    after = fixed(graph, found, KNOWN)
    if code == "G007":
        assert after.nodes["m"].params["file"] == {"path": "checkpoints/near.bin"}
    else:
        assert found not in issues(after, KNOWN)


def literal() -> dict[str, Graph]:
    """Return a graph for each code that is about linked values, of the shipped node types."""
    resize, three = Node("image.resize"), Node("logic.range", params={"start": 16, "count": 3})
    half = Node("logic.number", params={"value": 640.5})
    picture = Node("load.image", params={"file": {"path": "cat.png"}})
    held = graph_of({"p": picture, "r": resize, "save": Node("output.save_image")},
                    "p.image -> r.image", "r.image -> save.image")  # fmt: skip
    lists = held.with_node("a", three).with_node("b", Node("logic.range", params={"start": 16}))
    choice = {"value": half, "w": Node("logic.switch", params={"choice": 7})}
    switch = replace(held, nodes={**held.nodes, **choice})
    return {
        "G018": held.with_node("n", half).with_link(Link.parse("n.value -> r.width")),
        "G019": lists.with_link(Link.parse("a.values -> r.width")).with_link(
            Link.parse("b.values -> r.height")
        ),
        "G020": switch.with_link(Link.parse("p.image -> w.inputs[0]")).with_link(
            Link.parse("p.image -> w.inputs[1]")
        ),
    }


@pytest.mark.parametrize("code", sorted(literal()))
def test_linked_values_are_put_right(code: str, real_registry: Registry) -> None:
    graph = literal()[code]
    found = next(item for item in issues(graph, real_registry, Missing()) if item.code == code)
    assert label(found)
    after = fixed(graph, found, real_registry)
    assert code not in [item.code for item in issues(after, real_registry, Missing())]
    assert after.nodes.keys() == graph.nodes.keys()


def test_numbers_in_the_wrong_order_are_swapped(real_registry: Registry) -> None:
    graph = graph_of({"f": Node("detail.filter", params={"area_max": 0.2, "area_min": 0.6})})
    found = next(item for item in issues(graph, real_registry, Missing()) if item.code == "G021")
    assert label(found)
    after = fixed(graph, found, real_registry)
    assert after.nodes["f"].params == {"area_min": 0.2, "area_max": 0.6}
    assert "G021" not in [item.code for item in issues(after, real_registry, Missing())]


def test_numbers_that_are_swapped_are_in_the_range_of_the_other(real_registry: Registry) -> None:
    pairs = [
        (item.widget, spec.input(item.floor)) for spec in real_registry.specs.values()
        for item in spec.inputs if item.floor
    ]  # fmt: skip
    assert pairs
    assert all(floor and floor.widget == widget for widget, floor in pairs)


def test_a_switch_takes_its_last_input_where_it_has_no_such_one(real_registry: Registry) -> None:
    graph = literal()["G020"]
    found = next(item for item in issues(graph, real_registry, Missing()) if item.code == "G020")
    assert fixed(graph, found, real_registry).nodes["w"].params["choice"] == 1


def test_a_range_counts_as_far_as_numbers_go(real_registry: Registry) -> None:
    far = Node("logic.range", params={"start": SEED_LIMIT - 10, "count": 900, "step": 3})
    graph = graph_of({"n": far})
    found = next(item for item in issues(graph, real_registry, Missing()) if item.code == "G020")
    assert fixed(graph, found, real_registry).nodes["n"].params["count"] == 4


def test_a_fix_inside_of_a_sub_graph_changes_its_definition() -> None:
    inner = graph_of({"grey": Node("test.grey", params={"level": 7.0})})
    sub = SubGraph("Sub", {}, {"out": Port("out", "Image", ("grey.image",))}, inner)
    graph = Graph({"use": Node("graph:sub")}, (), {"sub": sub})
    found = issue(graph, "G004")
    assert found.place.node == "use/grey"
    after = fixed(graph, found, KNOWN)
    assert after.graphs["sub"].graph.nodes["grey"].params["level"] == 1.0
    assert placed(graph, "use/grey") == ("sub", "grey")


def test_a_file_outside_of_all_folders_can_be_allowed() -> None:
    graph = graph_of({"f": Node("test.file", params={"file": {"path": "/etc/x"}})})
    text = "the graph names /etc/x, outside of its own folders."
    found = Issue("G007", text, "", Place("f", "file"))
    assert label(found) == "Allow it"
    assert allowed_path(found, graph, KNOWN) == "/etc/x"


@pytest.mark.parametrize(
    ("kind", "widget", "value", "found"),
    [
        ("int", Range(64, 2048, multiple=64), 12, 64),
        ("int", Range(64, 2048, multiple=64), 5000, 2048),
        ("int", Range(10, 100, multiple=64), 12, 64),
        ("float", Range(0, 1), -3.0, 0),
        ("int", Seed(), -1, 0),
        ("str", Choice(("a", "b")), "c", "a"),
        ("int", Range(0, 9), "text", 5),
    ],
)
def test_the_nearest_value_is_allowed(
    kind: str, widget: Range | Seed | Choice, value: object, found: object
) -> None:
    default = {"int": 5, "float": 0.5, "str": "a"}[kind]
    item = Input("x", kind, default=default, widget=widget)
    assert nearest(item, value) == found
    assert found == default or item.problem(found) is None
