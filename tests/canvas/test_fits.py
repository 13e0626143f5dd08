"""What a link may be joined to."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from studio.canvas.edits.links import ends_of
from studio.canvas.fits import End, Fits, converters, model_folder, refusal, types_that_fit
from studio.core.check import Facts
from studio.core.errors import Issue, StudioError
from studio.core.graph import Graph
from studio.core.sub_graphs import specs
from studio.core.widgets import FileRef
from tests.canvas.plain_judge import link_issue
from tests.canvas.stage import REGISTRY, blurs, links, node, placed
from tests.strategies import examples


class Families:
    """Facts that know families by the path of a checkpoint."""

    def problem(self, ref: FileRef, /) -> StudioError | None:
        return None

    def misfit(self, ref: FileRef, folder: str, /) -> None:
        return None

    def families(self, graph: Graph, /) -> Mapping[tuple[str, str], str]:
        found = {}
        for key, item in graph.nodes.items():
            if item.type == "toy.load":
                for output in ("model", "text_encoder", "vae"):
                    found[key, output] = item.params["file"]["path"]
        for link in graph.links:
            if graph.nodes[link.target].type == "toy.encode":
                found[link.target, "conditioning"] = found.get((link.source, link.output), "")
        return found


FACTS: Facts = Families()
TWO = placed(
    {
        "x": node("toy.load", file={"path": "xl"}),
        "y": node("toy.load", file={"path": "sd"}),
        "e": node("toy.encode"),
        "s": node("toy.sample"),
    },
    "x.text_encoder -> e.text_encoder",
    "y.model -> s.model",
)


def fits_from(graph: Graph, node_id: str, name: str, facts: Facts | None = None) -> Fits:
    return Fits(graph, specs(graph, REGISTRY), facts, End(node_id, name, "output"))


def test_another_type_is_refused_with_a_sentence() -> None:
    issue = fits_from(TWO, "x", "vae").issue(End("s", "model", "input"))
    assert issue
    assert issue.text == "x.vae is a Vae, model takes a DiffusionModel."


def test_another_family_is_refused_and_names_the_files_that_would_do() -> None:
    fits = fits_from(TWO, "e", "conditioning", FACTS)
    end = End("s", "positive", "input")
    issue = fits.issue(end)
    assert issue
    assert issue.code == "G008"
    shelf = {("checkpoints", "sd"): ("a.safetensors", "b.safetensors", "c.safetensors")}
    choices = fits.choices(end, lambda folder, family: shelf.get((folder, family), ()))
    assert refusal(issue, choices).endswith(
        "; 3 files in your folder can: a.safetensors, b.safetensors, c.safetensors"
    )


def test_a_link_that_spoils_what_a_switch_passes_on_is_refused() -> None:
    kinds = {"n": "toy.number", "i": "toy.image", "w": "toy.switch", "s": "toy.save"}
    held = placed({key: node(kind) for key, kind in kinds.items()}, "w.value -> s.image")
    assert fits_from(held, "i", "image").issue(End("w", "first", "input")) is None
    issue = fits_from(held, "n", "value").issue(End("w", "first", "input"))
    assert issue
    assert (issue.code, str(issue.place)) == ("G002", "s.image")


def test_a_link_that_closes_a_ring_is_refused() -> None:
    graph = blurs("i.image -> b.image", "b.image -> c.image")
    issue = fits_from(graph, "c", "image").issue(End("b", "image", "input"))
    assert issue
    assert issue.code == "G003"


def test_two_ends_of_one_side_never_fit() -> None:
    assert fits_from(blurs(), "i", "image").issue(End("b", "image", "output"))


def test_the_best_input_is_a_free_one_of_the_very_type() -> None:
    free = fits_from(blurs(), "i", "image").best("b")
    assert free == End("b", "image", "input")
    sample = placed({"l": node("toy.load"), "e": node("toy.encode"), "s": node("toy.sample")})
    taken = Graph(sample.nodes, links("e.conditioning -> s.positive"))
    assert fits_from(taken, "e", "conditioning").best("s") == End("s", "negative", "input")


def test_an_occupied_input_is_the_last_resort() -> None:
    graph = placed(
        {"i": node("toy.image"), "j": node("toy.image"), "b": node("toy.blur")},
        "i.image -> b.image",
    )
    assert fits_from(graph, "j", "image").best("b") == End("b", "image", "input")


def test_a_number_prefers_the_parameter_of_its_name() -> None:
    graph = placed({"n": node("toy.number"), "m": node("toy.number"), "a": node("toy.add")})
    assert fits_from(graph, "n", "value").best("m") == End("m", "value", "input")
    assert fits_from(graph, "n", "value").best("a") == End("a", "a", "input")


def test_nothing_fits_a_body_without_a_matching_input() -> None:
    assert fits_from(TWO, "x", "vae").best("s") is None


def test_from_an_input_the_best_output_is_sought() -> None:
    graph = TWO
    fits = Fits(graph, specs(graph, REGISTRY), None, End("e", "text_encoder", "input"))
    assert fits.best("y") == End("y", "text_encoder", "output")


def test_the_nearest_loader_tells_the_folder() -> None:
    assert model_folder(TWO, specs(TWO, REGISTRY), "e") == "checkpoints"
    assert model_folder(blurs(), specs(blurs(), REGISTRY), "b") == ""


def test_node_types_that_fit_a_dangling_link_come_by_nearness() -> None:
    found = types_that_fit(REGISTRY.specs.values(), "Image", "output")
    names = [item.spec.id for item in found]
    assert names.index("toy.blur") < names.index("toy.show")
    assert "toy.load" not in names
    sources = types_that_fit(REGISTRY.specs.values(), "Vae", "input")
    assert next((item.spec.id, item.name) for item in sources) == ("toy.load", "vae")


def test_a_converter_takes_one_type_and_makes_the_other() -> None:
    (found,) = converters(REGISTRY.specs.values(), "TextEncoder", "Conditioning")
    assert (found.spec.id, found.input, found.output) == (
        "toy.encode", "text_encoder", "conditioning",
    )  # fmt: skip
    assert converters(REGISTRY.specs.values(), "Vae", "Image") == []


def test_a_sentence_without_choices_is_that_of_the_check() -> None:
    assert refusal(Issue("G002", "no.")) == "no."


TYPES = ("toy.number", "toy.add", "toy.sum", "toy.switch", "toy.image", "toy.blur", "toy.count",
         "toy.collect", "toy.load", "toy.encode", "toy.sample", "toy.show")  # fmt: skip

OF_FILES = ("toy.load", "toy.encode", "toy.sample")


@st.composite
def toy_graphs(draw: st.DrawFn, files: bool = True) -> Graph:
    """Draw a graph whose links all fit."""
    types = [kind for kind in TYPES if files or kind not in OF_FILES]
    kinds = draw(st.lists(st.sampled_from(types), min_size=2, max_size=6))
    nodes = {f"n{place}": node(kind) for place, kind in enumerate(kinds)}
    for key, item in nodes.items():
        if item.type == "toy.load":
            path = draw(st.sampled_from(["xl", "sd"]))
            nodes[key] = node("toy.load", file={"path": path})
    graph = placed(nodes)
    spec_of = specs(graph, REGISTRY)
    ends = [end for key in nodes for end in ends_of(key, spec_of(nodes[key].type))]
    outs = [end for end in ends if end.side == "output"]
    ins = [end for end in ends if end.side == "input"]
    for _ in range(draw(st.integers(0, 8)) if outs and ins else 0):
        link = draw(st.sampled_from(outs)).link_to(draw(st.sampled_from(ins)))
        if link_issue(graph, REGISTRY, link, FACTS) is None:
            graph = graph.with_link(link)
    return graph


@examples(60, 1000)
@given(toy_graphs(), st.data())
def test_the_quick_answer_is_that_of_the_check(graph: Graph, data: st.DataObject) -> None:
    spec_of = specs(graph, REGISTRY)
    ends = [end for key in graph.nodes for end in ends_of(key, spec_of(graph.nodes[key].type))]
    start = data.draw(st.sampled_from(ends))
    fits = Fits(graph, spec_of, FACTS, start)
    for other in (end for end in ends if end.side != start.side):
        said = link_issue(graph, REGISTRY, start.link_to(other), FACTS)
        found = fits.issue(other)
        assert (said and said.code) == (found and found.code)
        assert fits.fitting([other]) == (
            frozenset() if said else {(other.node, other.side, other.name)}
        )
