"""Short names of results: the seed that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.widgets import Seed

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

_DIGITS = 3


def tag_of(studio: Studio, document: Document, node: str) -> str:
    """Return what a result of a node is called while it is compared.

    Args:
        studio: Knows the node types and the states of nodes.
        document: Whose node.
        node: Expanded id of the node.
    """
    if studio.session.state(document, node).kind == "stale":
        return "now, stale"
    return seed_of(studio, document, node)


def seed_of(studio: Studio, document: Document, node: str) -> str:
    """Return the seed nearest before a node in short, such as ``seed ...301``."""
    spec_of = studio.session.spec_of(document)
    graph, waiting, seen = document.graph, [node.partition("/")[0]], set[str]()
    while waiting:
        here = waiting.pop(0)
        if here in seen or here not in graph.nodes:
            continue
        seen.add(here)
        used = graph.nodes[here]
        spec = spec_of(used.type)
        for item in spec.inputs if spec else ():
            if isinstance(item.widget, Seed):
                return _short(used.params.get(item.name, item.default))
        waiting += [link.source for link in graph.links_to(here)]
    return ""


def _short(seed: object) -> str:
    digits = str(seed)
    return f"seed ...{digits[-_DIGITS:]}" if len(digits) > 2 * _DIGITS else f"seed {digits}"
