from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from studio.core.document import read
from studio.core.graph import Graph, Node, SubGraph
from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.engine.fingerprint import Fingerprints
from studio.roots import Roots
from studio.ui.known_files import with_digests
from studio.ui.studio import Studio

NAME = "checkpoints/cat.safetensors"


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
def fill(tmp_path: Path, real_registry: Registry) -> Callable[[Graph, Fingerprints], Graph]:
    roots = Roots((("checkpoints", (tmp_path / "checkpoints",)),))
    return lambda graph, known: with_digests(graph, real_registry, roots, known)


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


def test_a_saved_graph_finds_its_model_under_another_name(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = studio.paths.models / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    os.utime(path, (1000, 1000))
    document = studio.documents.add(loading({"path": NAME}))
    qtbot.waitUntil(lambda: studio.session.fingerprints().remembered(path)[0] != "")
    told: list[object] = []
    studio.documents.save(document, tmp_path / "cat.json", done=told.append)
    qtbot.waitUntil(lambda: told == [None])
    assert (document.saved, document.steps) == (True, ())
    path = path.rename(path.with_name("dog.safetensors"))
    os.utime(path, (1000, 1000))
    known = studio.session.fingerprints()
    known.of(path)
    ref = FileRef(**file_of(read((tmp_path / "cat.json").read_bytes())))
    roots = Roots((("checkpoints", (path.parent,)),), locate=known.having)
    assert roots.resolve(ref) == path
