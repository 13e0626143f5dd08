"""Edits of links: join, move, break, insert a node, heal what a node leaves behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from studio.canvas.fits import Converter, End, Fits
from studio.core.check import Facts
from studio.core.errors import CycleError
from studio.core.graph import Graph, Link, Mode
from studio.core.modes import effective
from studio.core.spec import NodeSpec
from studio.core.types import SpecOf, fits, flow


def connected(graph: Graph, link: Link, spec_of: SpecOf) -> Graph:
    """Add a link as a drop does: last to an input that takes many, else in place of the old one.

    Raises:
        LinkError: One of its nodes does not exist.
        CycleError: A node would wait for itself.
    """
    spec = spec_of(graph.nodes[link.target].type) if link.target in graph.nodes else None
    item = spec.input(link.input) if spec else None
    held = graph.inputs_of(link.target).get(link.input, ())
    if any((old.source, old.output) == (link.source, link.output) for old in held):
        return graph
    if not (item and item.many):
        return graph.without_links(*held).with_link(replace(link, index=None))
    last = max((old.index or 0 for old in held), default=-1)
    return graph.with_link(replace(link, index=last + 1))


def disconnected(graph: Graph, end: End) -> Graph:
    """Break all links of a socket."""
    return graph.without_links(*end.links(graph))


def moved(graph: Graph, links: Sequence[Link], end: End, spec_of: SpecOf) -> Graph:
    """Lead links to another socket of the side that `end` is of; their reroutes stay.

    Raises:
        CycleError: A node would wait for itself.
    """
    found = graph.without_links(*links)
    for link in links:
        if end.side == "output":
            new = replace(link, source=end.node, output=end.name)
            found = found.with_link(new)
        else:
            new = replace(link, target=end.node, input=end.name, index=None)
            found = connected(found, new, spec_of)
        found = _rerouted_as(found, link, _as_added(found, new), graph)
    return found


def inserted(graph: Graph, node: str, link: Link, spec_of: SpecOf) -> Graph | None:
    """Put a node between the two ends of a link; ``None`` where it does not fit.

    The first half keeps the reroutes. Other links of the node stay.
    """
    through = passage_of(graph, node, link, spec_of)
    if through is None or node in (link.source, link.target):
        return None
    before = replace(link, target=node, input=through[0], index=None)
    after = replace(link, source=node, output=through[1])
    try:
        found = connected(graph.without_links(link), before, spec_of).with_link(after)
    except CycleError:
        return None
    return _rerouted_as(found, link, _as_added(found, before), graph)


def passage_of(
    graph: Graph, node: str, link: Link, spec_of: SpecOf, kind: str | None = None
) -> tuple[str, str] | None:
    """Return the input and output by which a node would best sit on a link, or ``None``.

    Args:
        graph: Where they are.
        node: The node.
        link: The link.
        spec_of: Finds the spec of a node type.
        kind: What travels on the link, if that is known.
    """
    spec, after = spec_of(graph.nodes[node].type), spec_of(graph.nodes[link.target].type)
    target = after.input(link.input) if after else None
    kind = kind or flow(graph, spec_of).types.get((link.source, link.output))
    if spec is None or target is None or kind is None:
        return None
    held = graph.inputs_of(node)
    ways = [
        ((item.name in held and not item.many, item.type != kind, output.type != target.type),
         item.name, output.name)
        for item in spec.inputs if item.is_socket and fits(kind, item.type)
        for output in spec.outputs if fits(_through(kind, item.type, output.type), target.type)
    ]  # fmt: skip
    return min(ways, key=lambda way: way[0])[1:] if ways else None


def _through(kind: str, taken: str, made: str) -> str:
    """Return what a node makes of a type, when it may pass on whatever it gets."""
    return kind if taken == made else made


def healed(graph: Graph, nodes: Collection[str], spec_of: SpecOf) -> Graph:
    """Take nodes out of their links, and join what they stood between, as a bypass would.

    Links among them stay.
    """
    gone = set(nodes)
    cut = [link for link in graph.links if (link.source in gone) != (link.target in gone)]
    if not cut:
        return graph
    on = {}
    for key, node in graph.nodes.items():
        mode: Mode = "bypassed" if key in gone else "on"
        on[key] = node if node.mode == mode else replace(node, mode=mode)
    around = effective(Graph(on, graph.links, graph.graphs), spec_of).graph.links
    found = graph.without_links(*cut)
    held = set(graph.links)
    for link in around:
        if link not in held:
            found = found.with_link(link)
    return found


def linked_in_order(
    graph: Graph, nodes: Sequence[str], spec_of: SpecOf, facts: Facts | None
) -> Graph:
    """Link each node to the next one, where an output of it fits a free input of that."""
    for source, target in pairwise(nodes):
        spec = spec_of(graph.nodes[source].type)
        for output in spec.outputs if spec else ():
            end = End(source, output.name, "output")
            best = Fits(graph, spec_of, facts, end).best(target)
            if best and (_takes_more(graph, best, spec_of) or not best.links(graph)):
                graph = connected(graph, end.link_to(best), spec_of)
                break
    return graph


def converted(graph: Graph, link: Link, converter: Converter, node: str, spec_of: SpecOf) -> Graph:
    """Join two ends by way of a converter that has been added already.

    What else the converter needs is taken from above, where just one output gives it.
    """
    before = Link(link.source, link.output, node, converter.input)
    after = replace(link, source=node, output=converter.output)
    found = connected(connected(graph, before, spec_of), after, spec_of)
    return fed(found, node, spec_of)


def fed(graph: Graph, node: str, spec_of: SpecOf) -> Graph:
    """Link required inputs that are free to the one output of their type above the node, if any."""
    above = graph.upstream([node]) - {node}
    spec = spec_of(graph.nodes[node].type)
    for item in spec.inputs if spec else ():
        if not item.required or not item.is_socket or item.name in graph.inputs_of(node):
            continue
        makers = list(_makers(graph, above, item.type, spec_of))
        if len(makers) == 1:
            graph = connected(graph, makers[0].link_to(End(node, item.name, "input")), spec_of)
    return graph


def _makers(graph: Graph, nodes: Iterable[str], kind: str, spec_of: SpecOf) -> Iterable[End]:
    for key in nodes:
        spec = spec_of(graph.nodes[key].type)
        for output in spec.outputs if spec else ():
            if output.type == kind:
                yield End(key, output.name, "output")


def ends_of(node: str, spec: NodeSpec | None) -> list[End]:
    """Return all sockets that a node of a type has."""
    if spec is None:
        return []
    inputs = [End(node, item.name, "input") for item in spec.inputs]
    return [*inputs, *(End(node, item.name, "output") for item in spec.outputs)]


def _takes_more(graph: Graph, end: End, spec_of: SpecOf) -> bool:
    spec = spec_of(graph.nodes[end.node].type)
    item = spec.input(end.name) if spec else None
    return bool(item and item.many)


def _as_added(graph: Graph, link: Link) -> Link:
    """Return a link as it stands in the graph, with the index that it was given."""
    held = graph.inputs_of(link.target).get(link.input, ())
    return next(
        (item for item in held if (item.source, item.output) == (link.source, link.output)), link
    )


def _rerouted_as(graph: Graph, old: Link, new: Link, before: Graph) -> Graph:
    """Give a link the reroutes that another one had."""
    points = before.view.reroutes.get(str(old))
    if not points or str(new) in graph.view.reroutes:
        return graph
    view = replace(graph.view, reroutes={**graph.view.reroutes, str(new): points})
    return graph.with_view(view)
