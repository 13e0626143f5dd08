"""A union ControlNet that does not know a kind of hint is told before a run, by its header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.cli.setup import builtin_registry
from studio.core.check import issues
from studio.core.errors import Issue, UnsupportedError
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.facts.families import controls
from studio.facts.files import FileFacts
from studio.roots import Roots
from tests.facts.test_controls import FILES, write

SIX = "It knows openpose, depth, soft_edge, hard_edge, normal, segment; choose one of these"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return builtin_registry()


def told(folder: Path, registry: Registry, kind: str, *links: str, **params: Any) -> list[Issue]:
    """Return what is said of networks where one of ``net.safetensors`` is linked to a node."""
    nodes = {
        "load": Node("load.controlnet", params={"file": "net.safetensors"}),
        "text": Node("logic.text", params={"value": "tile"}),
        "number": Node("logic.number", params={"value": 1.0}),
        "use": Node(kind, params=params),
    }
    found = ("load.controlnet -> use.controlnet", *links)
    graph = Graph(nodes, tuple(map(Link.parse, found)))
    facts = FileFacts(registry, Roots((), folder))
    return [issue for issue in issues(graph, registry, facts) if issue.code == "G022"]


@pytest.fixture
def union(tmp_path: Path) -> Path:
    """The folder of a union that knows six kinds."""
    write(tmp_path / "net.safetensors", FILES["union"][0])
    return tmp_path


def test_a_kind_that_it_does_not_know_is_told_with_those_that_it_knows(
    union: Path, registry: Registry
) -> None:
    (found,) = told(union, registry, "control.apply", union_type="tile")
    assert str(found.place) == "use.union_type"
    assert found.text == "this union network does not know hints of the kind tile."
    assert found.fix.startswith(SIX)


def test_a_node_that_shows_tiles_alone_is_told_at_its_network(
    union: Path, registry: Registry
) -> None:
    (found,) = told(union, registry, "upscale.redraw")
    assert str(found.place) == "use.controlnet"
    assert found.fix.startswith(SIX)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("control.apply", {}),
        ("control.apply", {"union_type": "depth"}),
        ("control.apply", {"union_type": "tile", "strength": 0.0}),
        ("control.apply", {"union_type": "odd"}),
        ("upscale.redraw", {"control_strength": 0}),
    ],
    ids=str,
)
def test_what_runs_is_not_refused(
    union: Path, registry: Registry, kind: str, params: dict[str, Any]
) -> None:
    assert told(union, registry, kind, **params) == []


def test_a_link_from_nowhere_is_the_matter_of_another_rule(union: Path, registry: Registry) -> None:
    link = "gone.controlnet -> use.controlnet"
    assert len(told(union, registry, "control.apply", link, union_type="tile")) == 1


@pytest.mark.parametrize(
    "link", ["text.value -> use.union_type", "number.value -> use.strength"], ids=str
)
def test_what_a_link_says_is_left_to_the_run(union: Path, registry: Registry, link: str) -> None:
    assert told(union, registry, "control.apply", link, union_type="tile") == []


@pytest.mark.parametrize("shapes", [8, "bare", "adapter", "none", "other"], ids=str)
def test_other_networks_are_never_refused_for_a_kind(
    tmp_path: Path, registry: Registry, shapes: int | str
) -> None:
    path = tmp_path / "net.safetensors"
    if shapes == 8:
        write(path, FILES["union"][0] | {"task_embedding": (8, 320)})
    elif shapes == "other":
        write(path, {"weight": (1,)})
    elif shapes != "none":
        write(path, FILES[str(shapes)][0])
    found = told(tmp_path, registry, "control.apply", union_type="tile")
    assert [issue for issue in found if issue.place.node == "use"] == []


def test_a_union_knows_the_first_kinds_alone() -> None:
    assert controls.number_of("tile", 8) == 6
    with pytest.raises(UnsupportedError, match="of the kind tile"):
        controls.number_of("tile", 6)
    controls.refuse_kind("auto", 6)
    controls.refuse_kind("tile", 0)
