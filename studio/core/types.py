"""Which output fits which input, and what travels on every link of a graph.

A list linked to an input of one value maps the node over the list: its outputs become lists. A
number fits a number, so that a linked 7 is a typed 7; whether it is whole is seen when it is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from studio.core.graph import Graph, Link
from studio.core.spec import Input, NodeSpec, Output
from studio.core.values import value_types

ANY = "any:"
_LIST = "Sequence["
_NUMBERS = ("int", "float")

SpecOf = Callable[[str], NodeSpec | None]


def is_list(kind: str) -> bool:
    """Tell whether a type is a list of values."""
    return kind.startswith(_LIST)


def item_of(kind: str) -> str:
    """Return the type of a list's items; any other type as it is."""
    return kind[len(_LIST) : -1] if is_list(kind) else kind


def fits(output: str, target: str) -> bool:
    """Tell whether an output of one type may be linked to an input of another.

    Args:
        output: Type of the output; ``any:T`` when it is not known yet.
        target: Type of the input.
    """
    if is_list(target):
        return output.startswith(ANY) or (
            is_list(output) and fits(item_of(output), item_of(target))
        )
    output = item_of(output)
    if output == target or ANY in output or ANY in target:
        return True
    return (output in _NUMBERS and target in _NUMBERS) or target in _ancestors(output)


def maps(output: str, target: str) -> bool:
    """Tell whether this link makes its node run once for each item of a list."""
    return is_list(output) and not is_list(target)


@cache
def _ancestors(kind: str) -> frozenset[str]:
    found = value_types().get(kind)
    return frozenset(base.__name__ for base in found.__mro__) if found else frozenset()


@dataclass(frozen=True, slots=True)
class Flow:
    """What travels on the links of a graph.

    Attributes:
        types: Type of each output, by node and name; ``any:T`` where nothing decides it.
        mapped: For each node that runs once for each item of a list: the inputs that bring lists.
    """

    types: Mapping[tuple[str, str], str] = field(default_factory=dict)
    mapped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def flow(graph: Graph, spec_of: SpecOf) -> Flow:
    """Follow the types through a graph, in the order of its links.

    Args:
        graph: Nodes of cycles and of unknown types are left out.
        spec_of: Finds the spec of a node type.
    """
    types: dict[tuple[str, str], str] = {}
    mapped: dict[str, tuple[str, ...]] = {}
    for node in graph.order():
        spec = spec_of(graph.nodes[node].type)
        if spec is None:
            continue
        bound, lists = _bound(spec, graph.inputs_of(node), types)
        if lists:
            mapped[node] = lists
        for output in spec.outputs:
            kind = _resolved(output, bound)
            types[node, output.name] = f"{_LIST}{kind}]" if lists else kind
    return Flow(types, mapped)


def _bound(
    spec: NodeSpec, links: Mapping[str, tuple[Link, ...]], types: Mapping[tuple[str, str], str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what ``any:T`` stands for, by letter, and the inputs that bring lists."""
    bound: dict[str, str] = {}
    lists = []
    for item in spec.inputs:
        for link in links.get(item.name, ()):
            kind = types.get((link.source, link.output), f"{ANY}?")
            if not spec.folds and maps(kind, item.type) and item.name not in lists:
                lists.append(item.name)
            if item_of(item.type).startswith(ANY):
                bound.setdefault(item_of(item.type), _taken(spec, item, kind))
    return bound, tuple(lists)


def _taken(spec: NodeSpec, item: Input, kind: str) -> str:
    """Return the type that one call sees: an item of a list, unless the node only passes it on."""
    return kind if spec.folds and not is_list(item.type) else item_of(kind)


def _resolved(output: Output, bound: Mapping[str, str]) -> str:
    inner = item_of(output.type)
    kind = bound.get(inner, inner)
    return f"{_LIST}{kind}]" if is_list(output.type) else kind
