"""What two graphs differ in, in words; no Qt."""

from __future__ import annotations

from studio.core.diff import diff
from studio.core.graph import Graph, Node

MOST = 12
"""How many differences are told one by one."""


def differences(before: Graph, after: Graph) -> list[str]:
    """Return one sentence for each difference, the first ones only when there are many."""
    change = diff(before, after)
    said = [f"{_name(key, node)} is new" for key, node in change.added.items()]
    said += [f"{_name(key, before.nodes[key])} is gone" for key in change.removed]
    for key, node in change.changed.items():
        said += _node(key, before.nodes[key], node)
    said += [f"the link {link} is new" for link in change.linked]
    said += [f"the link {link} is gone" for link in change.unlinked]
    said += [f"{_FIELDS[name]} differ" for name in change.whole if name in _FIELDS]
    more = len(said) - MOST
    return [*said[:MOST], f"and {more} more"] if more > 0 else said


_FIELDS = {
    "graphs": "sub-graphs",
    "form": "the entries of the form",
    "view": "places, frames or notes",
    "title": "the titles",
    "extra": "data of other programs",
}


def _node(key: str, old: Node, new: Node) -> list[str]:
    name = _name(key, new)
    said = [
        f"{name}: {param} is {_short(new.params.get(param))}, was {_short(old.params.get(param))}"
        for param in sorted({*old.params, *new.params})
        if old.params.get(param) != new.params.get(param)
    ]
    if old.mode != new.mode:
        said.append(f"{name} is {new.mode}, was {old.mode}")
    return said or [f"{name} is another"]


def _name(key: str, node: Node) -> str:
    return node.title or key


def _short(value: object) -> str:
    text = repr(value) if value is not None else "not set"
    return text if len(text) <= 40 else f"{text[:39]}…"
