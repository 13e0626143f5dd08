"""Adapters told by their headers, and refused at the link where families differ."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import nodes
from studio.core.check import issues
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.facts.families import adapters, describe
from studio.facts.flow import families
from tests.tools.strip_model import from_shapes, header_of

HEADERS = Path(__file__).parents[1] / "data" / "headers"
LINKS = (
    "load.model -> net.model", "t2i.controlnet -> net.controlnet", "load.model -> ip.model",
    "adapter.ip_adapter -> ip.ip_adapter", "eye.image_encoder -> ip.image_encoder",
)  # fmt: skip


@cache
def registry() -> Registry:
    """Return all built-in node types."""
    made = Registry()
    made.scan(nodes)
    return made


def graph(checkpoint: str, t2i: str, ip_adapter: str) -> Graph:
    """Return a graph that puts adapters on a checkpoint, named by their fixtures."""
    files = {"load": ("load.checkpoint", checkpoint), "t2i": ("load.controlnet", t2i),
             "adapter": ("load.ip_adapter", ip_adapter),
             "eye": ("load.image_encoder", "image_encoder")}  # fmt: skip
    loaders = {
        node: Node(kind, params={"file": {"path": path}}) for node, (kind, path) in files.items()
    }
    users = {"net": Node("control.apply"), "ip": Node("control.ip_adapter")}
    return Graph(loaders | users, tuple(map(Link.parse, LINKS)))


class Facts:
    """What the headers of fixtures say."""

    def problem(self, ref: FileRef, /) -> None:
        return None

    def misfit(self, ref: FileRef, folder: str, /) -> None:
        return None

    def families(self, graph: Graph, /) -> dict[tuple[str, str], str]:
        return families(
            graph, registry(), lambda ref: describe(header_of(HEADERS / f"{ref.path}.json")).family
        )


def refused(graph: Graph) -> list[str]:
    """Return the nodes where families differ."""
    found = issues(graph, registry(), Facts())
    return sorted(issue.place.node for issue in found if issue.code == "G008")


@pytest.mark.parametrize(
    ("checkpoint", "t2i", "ip_adapter", "nodes_refused"),
    [
        ("sd15", "t2i_sd15", "ip_adapter_sd15", []),
        ("sd15", "t2i_light_sd15", "ip_adapter_sd15", []),
        ("sdxl", "t2i_sdxl", "ip_adapter_plus_sdxl", []),
        ("sd15", "t2i_sdxl", "ip_adapter_plus_sdxl", ["ip", "net"]),
        ("sdxl", "t2i_sd15", "ip_adapter_plus_sdxl", ["net"]),
        ("sdxl", "t2i_sdxl", "ip_adapter_sd15", ["ip"]),
    ],
)
def test_families_that_do_not_go_together_are_refused_before_anything_is_loaded(
    checkpoint: str, t2i: str, ip_adapter: str, nodes_refused: list[str]
) -> None:
    assert refused(graph(checkpoint, t2i, ip_adapter)) == nodes_refused


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ip_adapter_sd15", "base"), ("ip_adapter_plus_sdxl", "plus"),
     ("ip_adapter_face_id", "face_id"), ("sd15", None)],
)  # fmt: skip
def test_the_names_tell_what_an_ip_adapter_reads(name: str, kind: str | None) -> None:
    assert adapters.ip_kind(header_of(HEADERS / f"{name}.json").tensors) == kind


def test_an_adapter_of_odd_sizes_is_of_no_known_family() -> None:
    t2i = {"conv_in.weight": (32, 320, 3, 3), "body.0.block1.weight": (32, 32, 3, 3)}
    assert (describe(from_shapes(t2i)).kind, describe(from_shapes(t2i)).family) == (
        "t2i_adapter",
        "",
    )
    mixed = {
        "image_proj.latents": (1, 4, 8),
        "ip_adapter.1.to_k_ip.weight": (8, 768),
        "ip_adapter.3.to_k_ip.weight": (8, 2048),
    }
    assert (describe(from_shapes(mixed)).kind, describe(from_shapes(mixed)).family) == (
        "ip_adapter",
        "",
    )


def test_an_image_encoder_belongs_to_no_family() -> None:
    assert describe(header_of(HEADERS / "image_encoder.json")).family == ""
