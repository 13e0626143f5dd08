"""What the inspector says of an input that links fill."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from studio.core.graph import Graph, Link
from studio.core.spec import Input
from studio.core.types import SpecOf
from studio.ui.inspector.targets import label_of

_NAMED = 2


def source_text(graph: Graph, links: Sequence[Link], spec_of: SpecOf) -> str:
    """Return where links come from, such as ``from Seed · value``."""
    alike: dict[Hashable, Link] = {}  # thousands of links come from few kinds of outputs
    for link in links:
        held = graph.nodes.get(link.source)
        alike.setdefault((held.type, held.title, link.output) if held else link, link)
    named = list(dict.fromkeys(_end(graph, link, spec_of) for link in alike.values()))
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"from {', '.join(named[:_NAMED])}{more}"


def unlinked_text(item: Input) -> str:
    """Return what an input without a link says."""
    return f"needs {item.type}" if item.required else f"{item.type}, optional"


def title_of(graph: Graph, node: str, spec_of: SpecOf) -> str:
    """Return the title of a node: the user's, or that of its type."""
    held = graph.nodes.get(node)
    if held is None:
        return node
    spec = spec_of(held.type)
    return held.title or (spec.title if spec else held.type)


def _end(graph: Graph, link: Link, spec_of: SpecOf) -> str:
    held = graph.nodes.get(link.source)
    spec = spec_of(held.type) if held else None
    output = spec.output(link.output) if spec else None
    is_port = spec is not None and spec.id.startswith("graph:")
    name = output.help if is_port and output else label_of(link.output)
    return f"{title_of(graph, link.source, spec_of)} · {name}"
