"""The rules that a graph can break, one test each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated

import pytest
from hypothesis import given

from studio.core.check import Memory, issues
from studio.core.define import node, spec_of
from studio.core.errors import ISSUES, FamilyMismatchError, Issue, MissingFileError
from studio.core.graph import Graph, Link, Mode, Node, Port, SubGraph
from studio.core.migrations import node_of
from studio.core.registry import Registry
from studio.core.values import Image
from studio.core.widgets import FileRef, Range
from tests import strategies
from tests.fakes import toy_registry

REGISTRY = toy_registry()


class Facts:
    """Says that some files are there, and which families outputs have."""

    def __init__(self, families: Mapping[tuple[str, str], str], *files: str) -> None:
        self.known = families
        self.files = files

    def problem(self, ref: FileRef, /) -> MissingFileError | None:
        if ref.path in self.files:
            return None
        return MissingFileError(f"{ref.path} was not found", fix="near names: b.safetensors")

    def misfit(self, ref: FileRef, folder: str, /) -> FamilyMismatchError | None:
        if not ref.path.startswith("other/"):
            return None
        return FamilyMismatchError(f"{ref.path} is none of the {folder}", fix="load it elsewhere")

    def families(self, graph: Graph, /) -> Mapping[tuple[str, str], str]:
        return self.known


def graph(nodes: str, *links: str, **params: Mapping[str, object]) -> Graph:
    held = {}
    for entry in nodes.split():
        name, kind = entry.split(":", 1)
        spec = REGISTRY.specs.get(f"toy.{kind}")
        held[name] = node_of(spec, **params.get(name, {})) if spec else Node(kind)
    return Graph(held, tuple(map(Link.parse, links)))


def codes(found: list[Issue]) -> list[str]:
    return [f"{issue.code} {issue.place}" for issue in found]


GOOD = graph("i:image b:blur s:save", "i.image -> b.image", "b.image -> s.image")


def test_a_good_graph_has_no_issue() -> None:
    assert issues(GOOD, REGISTRY, Facts({})) == []


def test_g001_a_missing_input() -> None:
    found = issues(graph("s:save"), REGISTRY)
    assert codes(found) == ["G001 s.image"]
    assert str(found[0]) == "G001 s.image: image is missing. Link an Image."


def test_g001_a_missing_value() -> None:
    assert "G001 l.file" in codes(issues(graph("l:load"), REGISTRY))


def test_g002_a_wrong_type() -> None:
    found = issues(graph("n:number s:save", "n.value -> s.image"), REGISTRY)
    assert codes(found) == ["G002 s.image"]
    assert found[0].text == "n.value is a float, image takes an Image."


def test_g002_any_but_the_same() -> None:
    held = graph(
        "n:number i:image w:switch s:show", "n.value -> w.first", "i.image -> w.second",
        "w.value -> s.value",
    )  # fmt: skip
    assert codes(issues(held, REGISTRY)) == ["G002 w.second"]


def test_g002_a_list_maker_cannot_run_for_each_item() -> None:
    held = graph("c:count d:count s:show", "c.values -> d.stop", "d.values -> s.value")
    assert "G002 d.stop" in codes(issues(held, REGISTRY))


def test_g003_a_cycle_names_its_nodes() -> None:
    held = graph("a:add b:add s:show", "a.value -> b.a", "b.value -> a.a", "b.value -> s.value")
    found = issues(held, REGISTRY)
    assert [issue.code for issue in found] == ["G003"]
    assert "wait for themselves: " in found[0].text
    assert " -> " in found[0].text


@pytest.mark.parametrize("value", [2000, -1, 1.5, "many", None, True, [1], {}])
def test_g004_a_bad_value(value: object) -> None:
    held = graph("c:count s:show", "c.values -> s.value", c={"stop": 3})
    held = held.with_param("c", "stop", value)
    assert codes(issues(held, REGISTRY)) == ["G004 c.stop"]


def test_a_value_under_a_link_is_not_checked() -> None:
    held = graph("n:number c:count s:show", "n.value -> c.stop", "c.values -> s.value")
    assert issues(held.with_param("c", "stop", -5), REGISTRY) == []


def test_g005_an_unknown_type() -> None:
    held = graph("x:pack/odd s:show", "x.what -> s.value")
    assert codes(issues(held, REGISTRY)) == ["G005 x"]


def test_g006_an_unused_result_is_only_said() -> None:
    found = issues(graph("i:image"), REGISTRY)
    assert [(issue.code, issue.severity) for issue in found] == [("G006", "info")]


def test_g007_a_missing_file() -> None:
    held = graph("l:load s:show", "l.model -> s.value", l={"file": "checkpoints/a.safetensors"})
    found = issues(held, REGISTRY, Facts({}))
    assert codes(found) == ["G007 l.file"]
    assert found[0].text == "checkpoints/a.safetensors was not found."
    assert found[0].fix == "Near names: b.safetensors."
    assert issues(held, REGISTRY, Facts({}, "checkpoints/a.safetensors")) == []
    assert issues(held, REGISTRY) == []


TWO = graph(
    "l:load m:load p:encode s:sample o:show",
    "l.model -> s.model", "m.text_encoder -> p.text_encoder", "p.conditioning -> s.positive",
    "s.latent -> o.value", l={"file": "a"}, m={"file": "b"},
)  # fmt: skip
FAMILIES = {("l", "model"): "sd15", ("p", "conditioning"): "sdxl"}


def test_g008_two_families_are_both_named() -> None:
    found = issues(TWO, REGISTRY, Facts(FAMILIES, "a", "b"))
    assert codes(found) == ["G008 s.positive"]
    assert found[0].text == "model is sd15, but positive is sdxl."


@pytest.mark.parametrize("known", [{}, {("l", "model"): "sd15"}, {("l", "model"): ""}])
def test_an_unknown_family_is_never_refused(known: Mapping[tuple[str, str], str]) -> None:
    assert issues(TWO, REGISTRY, Facts(known, "a", "b")) == []


def test_g009_links_from_and_to_nothing() -> None:
    held = graph("i:image s:save", "i.what -> s.image", "x.y -> s.folder", "i.image -> s.odd")
    found = codes(issues(held, REGISTRY))
    assert found[:3] == ["G009 s.image", "G009 s.folder", "G009 s.odd"]


def test_g010_several_links_where_one_fits() -> None:
    held = graph("i:image j:image s:save", "i.image -> s.image", "j.image -> s.image[1]")
    assert codes(issues(held, REGISTRY)) == ["G010 s.image"]


def with_mode(held: Graph, node: str, mode: Mode) -> list[str]:
    return codes(issues(held.with_mode(node, mode), REGISTRY))


def test_g011_a_bypassed_node_with_nothing_to_pass_on() -> None:
    assert with_mode(GOOD, "i", "bypassed") == ["G001 b.image", "G011 b.image"]
    assert with_mode(GOOD, "b", "bypassed") == []


def test_g012_a_muted_target_is_reported_and_no_error() -> None:
    assert with_mode(GOOD, "b", "muted") == ["G012 s", "G006 i"]


def test_what_is_muted_is_named_as_people_call_it() -> None:
    graph = GOOD.titled("b", "Soft").with_mode("b", "muted")
    texts = {issue.place.node: issue.text for issue in issues(graph, REGISTRY)}
    assert texts["s"] == "it does not run, as Soft (b) is muted."


def test_g013_a_node_of_a_newer_version() -> None:
    held = Graph({"a": Node("toy.show", 9)})
    assert "G013 a" in codes(issues(held, REGISTRY))


def test_g014_an_unknown_parameter() -> None:
    assert codes(issues(GOOD.with_param("i", "odd", 1), REGISTRY)) == ["G014 i.odd"]


def recursive() -> Graph:
    item = SubGraph("", {}, {}, Graph({"u": Node("graph:a")}))
    return Graph({"u": Node("graph:a")}, graphs={"a": item})


def test_g015_a_sub_graph_inside_itself() -> None:
    assert "G015 graph" in codes(issues(recursive(), REGISTRY))


def test_g016_and_g002_ports_that_lead_wrong() -> None:
    item = SubGraph(
        "",
        {"p": Port("p", "float", ("x.a",)), "q": Port("q", "Mask", ("b.image",))},
        {"r": Port("r", "Image", ("b.what",))},
        Graph({"b": Node("toy.blur")}),
    )
    found = codes(issues(Graph(graphs={"g": item}), REGISTRY))
    assert found == ["G016 graph:g.p", "G002 graph:g.q", "G016 graph:g.r"]


def test_g017_a_form_that_names_nothing() -> None:
    held = GOOD.with_form(["i.seed", "x.y", "i.odd", "odd"])
    assert codes(issues(held, REGISTRY)) == ["G017 graph"] * 3


def test_g022_a_file_of_another_kind() -> None:
    held = graph("l:load s:show", "l.model -> s.value", l={"file": "other/a"})
    found = issues(held, REGISTRY, Facts({}, "other/a"))
    assert codes(found) == ["G022 l.file"]
    assert (found[0].text, found[0].fix) == (
        "other/a is none of the checkpoints.", "Load it elsewhere.",
    )  # fmt: skip
    assert codes(issues(held, REGISTRY, Facts({}))) == ["G007 l.file"]


def test_issues_inside_a_sub_graph_name_the_way() -> None:
    item = SubGraph("", {}, {}, graph("s:save"))
    held = Graph({"u": Node("graph:g")}, graphs={"g": item})
    assert "G001 u/s.image" in codes(issues(held, REGISTRY))


def test_every_code_is_explained() -> None:
    assert list(ISSUES) == [f"G{number:03}" for number in range(1, 23)]


@given(strategies.graphs(acyclic=False))
@strategies.examples(30, 1000)
def test_no_graph_makes_the_check_fail(held: Graph) -> None:
    for issue in issues(held, REGISTRY, Facts({("n1", "value"): "sd15"})):
        assert issue.code in ISSUES
        assert len(str(issue)) < 3000


@node("toy.span", category="Toy", floors={"end": "start"})
def span(
    image: Image,
    start: Annotated[float, Range(0, 1)] = 0.0,
    end: Annotated[float, Range(0, 1)] = 1.0,
) -> Image:
    """Return an image.

    Args:
        image: Any.
        start: First.
        end: Last.
    """
    return image


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"start": 0.5, "end": 0.4}, ["G021 s.end"]),
        ({"start": 0.5}, []),
        ({"start": 0.5, "end": 0.5}, []),
        ({"start": 2.0, "end": 0.5}, ["G004 s.start"]),
    ],
    ids=str,
)
def test_g021_an_end_before_the_start(params: dict[str, object], found: list[str]) -> None:
    known = toy_registry()
    known.add(spec_of(span))
    held = GOOD.with_node("s", Node("toy.span", params=params))
    seen = issues(Graph(held.nodes, (Link.parse("i.image -> s.image"),)), known)
    assert [item for item in codes(seen) if " s." in item] == found


def test_a_thousand_nodes_are_checked_in_a_moment() -> None:
    nodes = {f"n{place}": node_of(REGISTRY.specs["toy.add"]) for place in range(1000)}
    links = tuple(Link(f"n{place}", "value", f"n{place + 1}", "a") for place in range(999))
    begun = time.process_time()
    issues(Graph(nodes, links), REGISTRY)
    assert time.process_time() - begun < 0.5


@given(strategies.graphs(acyclic=False), strategies.edits(), strategies.edits())
@strategies.examples(20, 500)
def test_a_check_that_remembers_finds_what_a_new_one_finds(
    before: Graph, first: strategies.Edit, second: strategies.Edit
) -> None:
    memory = Memory()
    edited = first(before)
    for version in (before, edited, second(edited), before):
        assert issues(version, REGISTRY, Facts({}), memory) == issues(version, REGISTRY, Facts({}))


def test_a_check_that_remembers_looks_at_types_again_that_are_others_now() -> None:
    memory, known = Memory(), toy_registry()
    assert issues(GOOD, known, memory=memory) == []
    gone = Registry()
    found = issues(GOOD, gone, memory=memory)
    assert {issue.code for issue in found} == {"G005"}
