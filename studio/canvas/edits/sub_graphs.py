"""Making a sub-graph of nodes. What runs is the same before and after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from studio.canvas.edits.ports import port_type, redirected
from studio.core import ends
from studio.core.errors import GraphError
from studio.core.graph import SUB_GRAPH, Graph, Link, Node, Port, SubGraph
from studio.core.types import ANY, SpecOf, fits, flow
from studio.core.view import Layout, Point, View

_End = tuple[str, str]


@dataclass(slots=True)
class _Ports:
    """The ports of a sub-graph in the making, and which one each outer end uses."""

    ports: dict[str, Port] = field(default_factory=dict)
    used: dict[_End, str] = field(default_factory=dict)

    def alone(self, inner: str) -> str:
        """Return the port that feeds this end and no other, or nothing."""
        return next((key for key, port in self.ports.items() if port.ends == (inner,)), "")

    def add(self, outer: _End, name: str, kind: str, inner: str) -> str:
        """Return the id of the port for an outer end; a new one, or one that feeds more now."""
        if outer in self.used:
            held = self.ports[self.used[outer]]
            if inner not in held.ends:
                self.ports[self.used[outer]] = replace(held, ends=(*held.ends, inner))
            return self.used[outer]
        key = Graph(dict.fromkeys(self.ports, Node(""))).fresh_id(name)
        self.ports[key] = Port(name, kind, (inner,))
        self.used[outer] = key
        return key


def made(
    graph: Graph, nodes: Collection[str], title: str, spec_of: SpecOf, inside: str = ""
) -> tuple[Graph, str]:
    """Put nodes into a new sub-graph, and one node that uses it in their place.

    What the nodes get from others becomes its inputs, what others get from them its outputs, and
    what the form shows of them its parameters.

    Args:
        graph: Where they are.
        nodes: Their ids.
        title: Of the sub-graph.
        spec_of: Finds the spec of a node type.
        inside: Id of the sub-graph that `graph` is in, whose ports go on leading to the nodes.

    Returns:
        The graph, and the id of the node that uses the sub-graph.

    Raises:
        GraphError: There are no nodes, a node outside stands between them, or the order of an
            input that takes many would change.
    """
    chosen = {key: graph.nodes[key] for key in graph.nodes if key in nodes}
    _refuse(graph, chosen)
    inner = tuple(link for link in graph.links if link.source in chosen and link.target in chosen)
    name = Graph(dict.fromkeys(graph.graphs, Node(""))).fresh_id("sub_graph")
    outside = graph.without_nodes(*chosen)
    key = outside.fresh_id("sub_graph")
    inputs, into = _inputs(graph, chosen, key, spec_of)
    around = graph.graphs.get(inside)
    shown = around.outputs.values() if around else ()
    outputs, out = _outputs(graph, chosen, inner, key, spec_of, shown)
    form = _form(graph, chosen, key, inputs, spec_of)
    if around:
        followed = _around(around, chosen, key, inputs, outputs, spec_of)
        outside = outside.with_graph(inside, followed)
    definition = SubGraph(title, inputs.ports, outputs.ports, _inside(graph, chosen, inner))
    found = outside.with_graph(name, definition).with_node(key, Node(SUB_GRAPH + name))
    # Links keep their places in the order, for an input that takes many goes by it.
    links = tuple(
        into.get(link) or out.get(link) or link for link in graph.links if link not in set(inner)
    )
    found = replace(found, links=tuple(dict.fromkeys(links)), form=form, _cache={})
    return found.with_view(_view_outside(graph, outside, chosen, key, into | out)), key


def _refuse(graph: Graph, chosen: Mapping[str, Node]) -> None:
    if not chosen:
        raise GraphError("no nodes are chosen", fix="choose those that go into the sub-graph")
    between = (graph.downstream(chosen) & graph.upstream(chosen)) - set(chosen)
    if between:
        text = f"{min(between)} stands between the chosen nodes, so they would wait for it"
        raise GraphError(f"{text} and it for them", fix="choose it too")


def _inputs(
    graph: Graph, chosen: Mapping[str, Node], key: str, spec_of: SpecOf
) -> tuple[_Ports, dict[Link, Link]]:
    """Make a port for each output outside that feeds the chosen nodes.

    Inputs that take many have a port of their own, so that their order stays.
    """
    found, moved = _Ports(), {}
    types = flow(graph, spec_of).types
    for node in chosen:
        for name, held in graph.inputs_of(node).items():
            outer = [link for link in held if link.source not in chosen]
            spec = spec_of(chosen[node].type)
            item = spec.input(name) if spec else None
            many = bool(item and item.many)
            if many:
                _refuse_mixed(held, outer)
            for place, link in enumerate(outer):
                source = (link.source, link.output)
                brought = types.get(source, f"{ANY}?")
                kind = _inner_type(item.type if item else brought, brought)
                end = (node, name) if many else (f"{link.source}\0{kind}", link.output)
                port = found.add(end, name, kind, ends.join(node, name))
                moved[link] = Link(*source, key, port, place if many else None)
    return found, moved


def _refuse_mixed(held: tuple[Link, ...], outer: list[Link]) -> None:
    """Refuse an input that takes many, where one from outside comes before one from inside."""
    if outer and list(held[len(held) - len(outer) :]) != outer:
        link = outer[0]
        text = f"{link} comes before a link from one of the chosen nodes, and would come after it"
        raise GraphError(text, fix=f"choose {link.source} too, or make it the last one")


def _inner_type(taken: str, brought: str) -> str:
    """Return the type of a port: what is taken inside, or what is brought where anything is."""
    return taken if ANY not in taken or ANY in brought else brought


def _outputs(
    graph: Graph,
    chosen: Mapping[str, Node],
    inner: tuple[Link, ...],
    key: str,
    spec_of: SpecOf,
    shown: Iterable[Port],
) -> tuple[_Ports, dict[Link, Link]]:
    """Make a port for each output inside that feeds others, or that one of `shown` leads to."""
    found, moved = _Ports(), {}
    inside, whole = flow(Graph(chosen, inner), spec_of).types, flow(graph, spec_of).types

    def add(end: _End) -> str:
        spec = spec_of(chosen[end[0]].type)
        output = spec.output(end[1]) if spec else None
        declared = output.type if output else f"{ANY}?"
        kind = inside.get(end, declared)
        kind = whole.get(end, kind) if ANY in kind else kind
        kind = kind if fits(declared, kind) else declared
        return found.add(end, end[1], kind, ends.join(*end))

    for link in graph.links:
        if link.source in chosen and link.target not in chosen:
            port = add((link.source, link.output))
            moved[link] = replace(link, source=key, output=port)
    for end in (ends.split(text) for port in shown for text in port.ends):
        if end[0] in chosen:
            add(end)
    return found, moved


def _form(
    graph: Graph, chosen: Mapping[str, Node], key: str, inputs: _Ports, spec_of: SpecOf
) -> tuple[str, ...]:
    """Keep what the form shows of the chosen nodes: as parameters of the sub-graph."""
    found = (_outer_input(entry, chosen, key, inputs, spec_of) for entry in graph.form)
    return tuple(entry for entry in found if entry)


def _outer_input(
    entry: str, chosen: Mapping[str, Node], key: str, inputs: _Ports, spec_of: SpecOf
) -> str:
    """Return what an input is outside, both written ``node.input``; empty when there is none."""
    try:
        node, name = ends.split(entry)
    except ValueError:
        return entry
    if node not in chosen:
        return entry
    spec = spec_of(chosen[node].type)
    item = spec.input(name) if spec else None
    if item is None:
        return ""
    kind = port_type(item.type, node)
    port = inputs.alone(entry) or inputs.add((f"\0{node}", name), name, kind, entry)
    return ends.join(key, port)


def _around(
    around: SubGraph,
    chosen: Mapping[str, Node],
    key: str,
    inputs: _Ports,
    outputs: _Ports,
    spec_of: SpecOf,
) -> SubGraph:
    """Let the ports of the sub-graph around lead to the ports of the new one."""

    def outer_output(entry: str) -> list[str]:
        port = outputs.used.get(ends.split(entry))
        return [ends.join(key, port) if port else entry]

    def outer_input(entry: str) -> list[str]:
        return [_outer_input(entry, chosen, key, inputs, spec_of) or entry]

    return redirected(around, outer_input, outer_output)


def _inside(graph: Graph, chosen: Mapping[str, Node], links: tuple[Link, ...]) -> Graph:
    texts = {str(link) for link in links}
    view = View(
        layout={key: item for key, item in graph.view.layout.items() if key in chosen},
        reroutes={key: item for key, item in graph.view.reroutes.items() if key in texts},
        frames=tuple(
            frame for frame in graph.view.frames if frame.nodes and set(frame.nodes) <= set(chosen)
        ),
    )
    return Graph(dict(chosen), links, view=view)


def _view_outside(
    graph: Graph, outside: Graph, chosen: Mapping[str, Node], key: str, moved: Mapping[Link, Link]
) -> View:
    """Put the new node amid the places of the chosen ones, and into their frame."""
    view = outside.view
    at = middle(graph.view.layout, chosen)
    reroutes = {
        str(new): graph.view.reroutes[str(old)]
        for old, new in moved.items()
        if str(old) in graph.view.reroutes
    }
    frames = tuple(
        replace(after, nodes=(*after.nodes, key)) if set(before.nodes) & set(chosen) else after
        for before, after in zip(graph.view.frames, view.frames, strict=True)
        if not before.nodes or after.nodes
    )
    layout = {**view.layout, key: Layout(at)} if at else view.layout
    return replace(view, layout=layout, frames=frames, reroutes={**view.reroutes, **reroutes})


def middle(layout: Mapping[str, Layout], nodes: Iterable[str]) -> Point | None:
    """Return the point amid the places of nodes, or ``None`` if none has one."""
    places = [layout[key].at for key in nodes if key in layout]
    if not places:
        return None
    lefts, tops = [x for x, _ in places], [y for _, y in places]
    return (min(lefts) + max(lefts)) / 2, (min(tops) + max(tops)) / 2
