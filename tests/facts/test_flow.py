from __future__ import annotations

import pytest

from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.spec import Input, NodeSpec, Output
from studio.core.widgets import FileRef, ModelFile
from studio.facts.flow import families
from tests.counts import count


def spec(name: str, inputs: dict[str, str], outputs: dict[str, str]) -> NodeSpec:
    """Return a node type; an input of type ``file`` names weights."""
    made = tuple(
        Input(item, kind, widget=ModelFile("checkpoints") if kind == "file" else None)
        for item, kind in inputs.items()
    )
    given = tuple(Output(item, kind) for item, kind in outputs.items())
    return NodeSpec(name, 1, name, "Test", "", "", made, given, "nowhere:nothing")


@pytest.fixture
def registry() -> Registry:
    found = Registry()
    found.add(spec("load", {"file": "file"}, {"model": "DiffusionModel", "vae": "Vae"}))
    found.add(spec("sample", {"latent": "Latent", "model": "DiffusionModel"}, {"latent": "Latent"}))
    found.add(spec("decode", {"vae": "Vae", "latent": "Latent"}, {"image": "Image"}))
    found.add(spec("encode", {"image": "Image", "vae": "Vae"}, {"latent": "Latent"}))
    found.add(spec("pass", {"value": "any:T"}, {"value": "any:T"}))
    found.add(spec("folder", {"model": "DiffusionModel"}, {"items": "Sequence[Latent]"}))
    return found


def of_name(file: FileRef) -> str:
    return "sdxl" if "xl" in file.path else "sd15" if "sd" in file.path else ""


def graph(nodes: dict[str, str], links: list[str], **files: str) -> Graph:
    made = {
        name: Node(kind, params={"file": {"path": files[name]}} if name in files else {})
        for name, kind in nodes.items()
    }
    return Graph(made, tuple(Link.parse(link) for link in links))


def test_outputs_of_a_loader_are_of_the_family_of_its_file(registry: Registry) -> None:
    found = families(graph({"a": "load"}, [], a="xl.safetensors"), registry, of_name)
    assert found == {("a", "model"): "sdxl", ("a", "vae"): "sdxl"}


def test_an_unknown_file_and_an_empty_path_give_no_family(registry: Registry) -> None:
    nodes = {"a": "load", "b": "load", "c": "load"}
    assert families(graph(nodes, [], a="other", b=""), registry, of_name) == {}


def test_the_first_linked_input_that_has_a_family_gives_it(registry: Registry) -> None:
    nodes = {"a": "load", "b": "load", "s": "sample", "t": "sample"}
    links = ["a.model -> s.model", "s.latent -> t.latent", "b.model -> t.model"]
    found = families(graph(nodes, links, a="sd", b="xl"), registry, of_name)
    assert (found["s", "latent"], found["t", "latent"]) == ("sd15", "sd15")


def test_a_picture_belongs_to_no_family(registry: Registry) -> None:
    nodes = {"a": "load", "b": "load", "s": "sample", "d": "decode", "e": "encode"}
    links = ["a.model -> s.model", "s.latent -> d.latent", "a.vae -> d.vae",
             "d.image -> e.image", "b.vae -> e.vae"]  # fmt: skip
    found = families(graph(nodes, links, a="sd", b="xl"), registry, of_name)
    assert ("d", "image") not in found
    assert found["e", "latent"] == "sdxl"


def test_a_node_that_passes_a_value_on_passes_its_family_on(registry: Registry) -> None:
    nodes = {"a": "load", "p": "pass", "f": "folder"}
    links = ["a.model -> p.value", "p.value -> f.model"]
    found = families(graph(nodes, links, a="sd"), registry, of_name)
    assert found["p", "value"] == found["f", "items"] == "sd15"


def test_unknown_nodes_and_cycles_are_left_out(registry: Registry) -> None:
    nodes = {"s": "sample", "t": "sample", "x": "missing"}
    links = ["s.latent -> t.latent", "t.latent -> s.latent"]
    assert families(graph(nodes, links), registry, of_name) == {}


def test_a_long_chain_is_followed(registry: Registry) -> None:
    length = count(5_000, 50_000)
    nodes = {"a": "load"} | {f"p{i}": "pass" for i in range(length)}
    links = ["a.model -> p0.value"]
    links += [f"p{i}.value -> p{i + 1}.value" for i in range(length - 1)]
    found = families(graph(nodes, links, a="sd"), registry, of_name)
    assert found[f"p{length - 1}", "value"] == "sd15"
