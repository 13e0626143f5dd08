from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.cli.setup import builtin_registry
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.registry import Registry
from studio.core.widgets import FilePath
from studio.engine.fingerprint import Fingerprints
from studio.engine.known_files import with_digests
from studio.roots import Roots

NAME = "checkpoints/cat.safetensors"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return builtin_registry()


def loading(file: object) -> Graph:
    return Graph({"load": Node("load.checkpoint", params={"file": file})})


def file_of(graph: Graph) -> Any:
    return graph.nodes["load"].params["file"]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A model that changed long enough ago for its digest to be kept."""
    path = tmp_path / "checkpoints" / "cat.safetensors"
    path.parent.mkdir()
    path.write_bytes(b"weights")
    os.utime(path, (1000, 1000))
    return path


@pytest.fixture
def fill(tmp_path: Path, registry: Registry) -> Callable[[Graph, Fingerprints], Graph]:
    roots = Roots((("checkpoints", (tmp_path / "checkpoints",)),))
    return lambda graph, known: with_digests(graph, registry, roots.resolve, known)


def test_a_model_that_was_read_gets_its_digest(
    weights: Path, fill: Callable[[Graph, Fingerprints], Graph]
) -> None:
    known = Fingerprints()
    digest = known.of(weights)
    for file in (NAME, {"path": NAME}):
        assert file_of(fill(loading(file), known)) == {"path": NAME, "blake3": digest}


def test_nobody_waits_for_a_model_that_was_not_read(
    weights: Path, fill: Callable[[Graph, Fingerprints], Graph]
) -> None:
    known, graph = Fingerprints(), loading({"path": NAME})
    assert fill(graph, known) is graph
    assert not known.knows(weights)


@pytest.mark.parametrize("file", [{"path": NAME, "blake3": "0" * 64}, {"path": ""}, 7, None])
def test_what_a_graph_says_otherwise_stays(
    weights: Path, fill: Callable[[Graph, Fingerprints], Graph], file: object
) -> None:
    known, graph = Fingerprints(), loading(file)
    known.of(weights)
    assert fill(graph, known) is graph


def test_models_inside_of_sub_graphs_get_theirs_too(
    weights: Path, fill: Callable[[Graph, Fingerprints], Graph]
) -> None:
    known = Fingerprints()
    digest = known.of(weights)
    graph = Graph({}, (), {"sub": SubGraph("Sub", {}, {}, loading(NAME))})
    inner = fill(graph, known).graphs["sub"].graph
    assert file_of(inner) == {"path": NAME, "blake3": digest}


@pytest.mark.parametrize("kinds", [(), (FilePath,)])
def test_pictures_get_theirs_where_they_are_asked_for(
    tmp_path: Path, registry: Registry, kinds: tuple[type[FilePath], ...]
) -> None:
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"picture")
    os.utime(picture, (1000, 1000))
    known = Fingerprints()
    digest = known.of(picture) if kinds else ""
    graph = Graph({"load": Node("load.image", params={"file": "cat.png"})})
    found = with_digests(graph, registry, Roots((), tmp_path).resolve, known, kinds)
    assert file_of(found) == ({"path": "cat.png", "blake3": digest} if kinds else "cat.png")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of a picture and a note."""
    for name in ("cat.png", "note.txt"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
        os.utime(path, (1000, 1000))
    return tmp_path / "photos"


def folder_in(graph: Graph, photos: Path, registry: Registry, known: Fingerprints) -> Any:
    """Return the first parameter of a graph's node ``load``, with its digest."""
    find = Roots((), photos.parent).resolve
    made = with_digests(graph, registry, find, known, (FilePath,))
    return next(iter(made.nodes["load"].params.values()))


@pytest.mark.parametrize("params", [{}, {"pattern": "*"}, {"pattern": "*.png"}], ids=str)
def test_a_folder_gets_that_of_the_files_that_count(
    photos: Path, registry: Registry, params: dict[str, str]
) -> None:
    known = Fingerprints()
    digests = {pattern: known.of(photos, pattern) for pattern in ("*", "*.png", "*.txt")}
    graph = Graph({"load": Node("load.folder", params={"folder": "photos", **params})})
    digest = digests[params.get("pattern", "*")]
    assert folder_in(graph, photos, registry, known) == {"path": "photos", "blake3": digest}


LINKED = Graph(
    {
        "load": Node("load.folder", params={"folder": "photos"}),
        "text": Node("logic.text", params={"value": "*.png"}),
    },
    (Link.parse("text.value -> load.pattern"),),
)
INSIDE = Graph(
    {"load": Node("graph:sub", params={"p1": "photos"})},
    (),
    {
        "sub": SubGraph(
            "",
            {"p1": Port("folder", "file", ("a.folder",))},
            {},
            Graph({"a": Node("load.folder", params={"pattern": "*.png"})}),
        )
    },
)


@pytest.mark.parametrize("graph", [LINKED, INSIDE], ids=["by a link", "by a sub-graph"])
def test_which_files_of_a_folder_count_is_known_by_those_that_were_read(
    photos: Path, registry: Registry, graph: Graph
) -> None:
    known = Fingerprints()
    assert folder_in(graph, photos, registry, known) == "photos"
    named = {"path": "photos", "blake3": known.of(photos, "*.png")}
    assert folder_in(graph, photos, registry, known) == named
    (photos / "cat.png").write_bytes(b"another")
    assert folder_in(graph, photos, registry, known) == "photos"
