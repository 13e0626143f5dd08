"""Bring old files and old nodes up to date: one function per step of the file format.

Node types carry their own migrations (`studio.core.define.migrates`); a `Registry` runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from studio.core.errors import DocumentError
from studio.core.graph import Graph, Node
from studio.core.registry import Registry
from studio.core.spec import NodeSpec
from studio.core.widgets import plain

FORMAT = 1
Step = Callable[[dict[str, Any]], dict[str, Any]]
STEPS: Mapping[int, Step] = {}
"""From each former format to the next one; format 1 is the first."""


def upgraded(data: dict[str, Any], steps: Mapping[int, Step] = STEPS) -> dict[str, Any]:
    """Bring the content of a file to the present format.

    Args:
        data: The whole file.
        steps: One function for each former format.

    Raises:
        DocumentError: It has no format, or one that this program does not know.
    """
    present = max(steps, default=FORMAT - 1) + 1
    version = data.get("wirebrush")
    if type(version) is not int or version < 1:
        text = 'it is not a Wirebrush graph: its first key must be "wirebrush": 1'
        raise DocumentError(text, field="wirebrush")
    if version > present:
        text = f"it has format {version}; this program knows formats up to {present}"
        raise DocumentError(text, fix="open it with a newer Wirebrush", field="wirebrush")
    for step in range(version, present):
        data = {**steps[step](data), "wirebrush": step + 1}
    return data


def node_of(spec: NodeSpec, **params: Any) -> Node:
    """Make a node of a type with all its parameters at their defaults, or as given."""
    given = {name: plain(value) for name, value in params.items()}
    return Node(spec.id, spec.version, {**_defaults(spec), **given})


def modernised(graph: Graph, registry: Registry) -> Graph:
    """Bring all nodes to the present versions of their types, and write out their defaults.

    Unknown types, and nodes of a newer version than the installed one, stay as they are.
    """
    graphs = {
        name: replace(definition, graph=_modern_nodes(definition.graph, registry))
        for name, definition in graph.graphs.items()
    }
    return replace(_modern_nodes(graph, registry), graphs=graphs)


def _modern_nodes(graph: Graph, registry: Registry) -> Graph:
    specs = {kind: registry.spec(kind) for kind in {node.type for node in graph.nodes.values()}}
    optional = {kind: _optional(spec) for kind, spec in specs.items() if spec}
    old = {
        key: _modern(node, spec, registry)
        for key, node in graph.nodes.items()
        if (spec := specs[node.type])
        and not (
            spec.id == node.type
            and spec.version == node.version
            and node.params.keys() >= optional[node.type]
        )
    }
    return replace(graph, nodes={**graph.nodes, **old}) if old else graph


def _modern(node: Node, spec: NodeSpec, registry: Registry) -> Node:
    if node.version > spec.version:
        return node
    present = spec.id == node.type and spec.version == node.version
    params = node.params if present else registry.migrate(node.type, node.version, node.params)
    missing = {name: value for name, value in _defaults(spec).items() if name not in params}
    return replace(node, type=spec.id, version=spec.version, params={**params, **missing})


def _defaults(spec: NodeSpec) -> dict[str, Any]:
    optional = _optional(spec)
    return {item.name: plain(item.default) for item in spec.inputs if item.name in optional}


def _optional(spec: NodeSpec) -> frozenset[str]:
    """Return the names of the parameters that have a default."""
    return frozenset(item.name for item in spec.inputs if item.widget and not item.required)
