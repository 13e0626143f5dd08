"""Which family each output of a graph carries, told before anything runs.

A loader's outputs take theirs from the file's header, every other output from its first linked
input that has one. Pictures and masks belong to no family, so it ends where a latent is decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Protocol

from studio.core.graph import Graph
from studio.core.spec import LITERALS, NodeSpec
from studio.core.types import flow, item_of
from studio.core.values import value_types
from studio.core.widgets import FileRef, ModelFile


class Specs(Protocol):
    """What finds the spec of a node type: a registry."""

    def spec(self, type_id: str) -> NodeSpec | None:
        """Return the spec of a node type, or ``None``."""


def families(
    graph: Graph, registry: Specs, family_of_file: Callable[[FileRef], str]
) -> dict[tuple[str, str], str]:
    """Return the family of each output that has one, by node and output.

    Args:
        graph: Expanded, without bypassed and muted nodes; nodes of cycles are left out.
        registry: The node types.
        family_of_file: Returns the id of a file's family, or nothing. It is asked once for each
            loader and never raises.
    """
    types = {node.type for node in graph.nodes.values()}
    if not any(_names_weights(registry.spec(type_id)) for type_id in types):
        return {}
    kinds = flow(graph, registry.spec).types
    found: dict[tuple[str, str], str] = {}
    for node in graph.order():
        spec = registry.spec(graph.nodes[node].type)
        outputs = [item.name for item in spec.outputs] if spec else []
        outputs = [name for name in outputs if _has_family(kinds[node, name])]
        if spec is None or not outputs:
            continue
        family = _of_file(spec, graph.nodes[node].params, family_of_file)
        family = family or _of_links(graph, node, spec, found)
        if family:
            found |= {(node, name): family for name in outputs}
    return found


def _names_weights(spec: NodeSpec | None) -> bool:
    """Tell whether nodes of a type may name a weights file, where families come from."""
    return spec is not None and any(isinstance(item.widget, ModelFile) for item in spec.inputs)


def _of_file(
    spec: NodeSpec, params: Mapping[str, object], family_of_file: Callable[[FileRef], str]
) -> str:
    """Return the family of the first weights file that a node names."""
    for item in spec.inputs:
        if isinstance(item.widget, ModelFile) and item.problem(params.get(item.name)) is None:
            family = family_of_file(item.coerce(params[item.name]))
            if family:
                return family
    return ""


def _of_links(graph: Graph, node: str, spec: NodeSpec, found: Mapping[tuple[str, str], str]) -> str:
    """Return the family of the first linked input that has one, in the order of the inputs."""
    links = graph.inputs_of(node)
    for item in spec.inputs:
        for link in links.get(item.name, ()):
            family = found.get((link.source, link.output))
            if family:
                return family
    return ""


@cache
def _has_family(kind: str) -> bool:
    """Return whether values of a type belong to a family; of an unknown type they may."""
    item = item_of(kind)
    known = value_types().get(item)
    if known is None:
        return item not in LITERALS
    return any(entry.name == "family" for entry in fields(known))
