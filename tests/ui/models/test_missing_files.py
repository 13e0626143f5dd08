"""Which files a graph misses, and what is offered for them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.check import issues
from studio.core.graph import Graph, Node, Port, SubGraph
from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.engine.fingerprint import Fingerprints
from studio.facts.files import FileFacts
from studio.paths import Paths
from studio.roots import Roots, roots
from studio.settings import Settings
from studio.ui.models.missing_files import Missing, missing_files, replaced, search

GONE = {"path": "checkpoints/gone.safetensors"}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data", tmp_path / "cache", tmp_path / "resources")


@pytest.fixture
def known() -> Fingerprints:
    return Fingerprints()


def placed(paths: Paths, known: Fingerprints) -> Roots:
    return roots(paths, Settings(), locate=known.having)


def weights(paths: Paths, name: str, content: bytes = b"weights") -> Path:
    path = paths.models / "checkpoints" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1000, 1000))
    return path


def loader(params: dict[str, object] | None = None) -> Node:
    return Node("load.checkpoint", params={"file": GONE, **(params or {})})


def missed(graph: Graph, registry: Registry, places: Roots) -> tuple[Missing, ...]:
    return missing_files(issues(graph, registry, FileFacts(registry, places)), graph, registry)


def missing(blake3: str = "") -> Missing:
    ref = FileRef("checkpoints/old name.safetensors", blake3)
    return Missing(ref, "checkpoints", (("", "load", "file"),))


def test_a_file_that_two_nodes_name_is_missing_once(
    real_registry: Registry, paths: Paths, known: Fingerprints
) -> None:
    graph = Graph({"a": loader(), "b": loader()})
    found = missed(graph, real_registry, placed(paths, known))
    assert [(item.name, item.kind, len(item.places)) for item in found] == [
        ("gone.safetensors", "checkpoints", 2)
    ]


def test_everything_that_names_it_names_the_other_file_then(
    real_registry: Registry, paths: Paths, known: Fingerprints
) -> None:
    inside = SubGraph(
        "Sub", {}, {"out": Port("out", "Model", ("a.model",))}, Graph({"a": loader()})
    )
    graph = Graph({"b": loader(), "use": Node("graph:sub")}, (), {"sub": inside})
    found = missed(graph, real_registry, placed(paths, known))
    after = replaced(graph, {item: FileRef("checkpoints/new.safetensors") for item in found})
    assert after.nodes["b"].params["file"] == {"path": "checkpoints/new.safetensors"}
    inner = after.graphs["sub"].graph.nodes["a"]
    assert inner.params["file"] == {"path": "checkpoints/new.safetensors"}


def test_the_same_content_under_another_name_is_offered(paths: Paths, known: Fingerprints) -> None:
    digest = known.of(weights(paths, "entirely different.safetensors"))
    found = search(missing(digest), placed(paths, known), "", known)
    assert found.offer is not None
    assert found.offer.how == "content"
    assert found.offer.ref == FileRef("checkpoints/entirely different.safetensors", digest)


def test_a_renamed_file_is_known_by_what_its_old_name_held(
    paths: Paths, known: Fingerprints
) -> None:
    before = weights(paths, "old name.safetensors")
    known.of(before)
    before.rename(before.with_name("x.safetensors"))
    found = search(missing(), placed(paths, known), "", known)
    assert found.offer is not None
    assert (found.offer.how, found.offer.ref.path) == ("content", "checkpoints/x.safetensors")


def test_a_file_of_another_size_is_not_read(paths: Paths) -> None:
    read: list[str] = []

    def digest(path: Path) -> str:
        read.append(path.name)
        return "same"

    known = Fingerprints(digest=digest)
    before = weights(paths, "old name.safetensors")
    known.of(before)
    before.unlink()
    weights(paths, "long.safetensors", b"much longer")
    weights(paths, "alike.safetensors", b"1234567")
    search(missing(), placed(paths, known), "", known)
    assert read == ["old name.safetensors", "alike.safetensors"]


def test_a_near_name_is_offered_where_no_content_is_the_same(
    paths: Paths, known: Fingerprints
) -> None:
    weights(paths, "old_name_v2.safetensors")
    found = search(missing(), placed(paths, known), "", known)
    assert found.offer is not None
    assert (found.offer.how, found.offer.ref.path) == (
        "near",
        "checkpoints/old_name_v2.safetensors",
    )


def test_nothing_is_offered_for_a_name_like_no_other(paths: Paths, known: Fingerprints) -> None:
    weights(paths, "zzz.pt")
    assert search(missing(), placed(paths, known), "", known).offer is None


def test_a_thorough_search_reads_all_files_of_the_kind(paths: Paths, known: Fingerprints) -> None:
    path = weights(paths, "zzz.pt")
    digest = Fingerprints().of(path)
    assert search(missing(digest), placed(paths, known), "", known).offer is None
    found = search(missing(digest), placed(paths, known), "", known, thorough=True)
    assert found.offer is not None
    assert found.offer.how == "content"


def test_the_digest_of_the_graph_counts_more_than_what_the_old_name_held(
    paths: Paths, known: Fingerprints
) -> None:
    before = weights(paths, "old name.safetensors")
    known.of(before)
    before.rename(before.with_name("x.safetensors"))
    wanted = replace(missing("0" * 64))
    found = search(wanted, placed(paths, known), "", known)
    assert found.offer is None or found.offer.how == "near"
