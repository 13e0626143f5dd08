"""The rules of `studio.core.check`, one function each: what they take and the issues they find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studio.core import ends
from studio.core.errors import Issue, Place, Severity
from studio.core.graph import Graph, Link, Node, Port
from studio.core.modes import Effective
from studio.core.spec import Input, NodeSpec
from studio.core.types import ANY, Flow, SpecOf, fits, is_list, item_of
from studio.core.widgets import ModelFile

_SEVERITIES: dict[str, Severity] = {
    "G006": "info", "G011": "warning", "G012": "info", "G013": "warning", "G014": "warning",
    "G017": "warning",
}  # fmt: skip
_NEAR = 3


def issue(code: str, text: str, fix: str = "", node: str = "", name: str = "") -> Issue:
    """Make an issue with the severity of its code."""
    return Issue(code, text, fix, Place(node, name), _SEVERITIES.get(code, "error"))


def of_node(graph: Graph, key: str, spec_of: SpecOf, travels: Flow) -> Iterator[Issue]:
    """Find what is wrong with one node, its parameters and the links into it."""
    node = graph.nodes[key]
    spec = spec_of(node.type)
    if spec is None:
        yield unknown_type(key, node)
        return
    links = graph.inputs_of(key)
    yield from _versions(key, node, spec)
    for item in spec.inputs:
        held = links.get(item.name, ())
        yield from _value(key, node, item, linked=bool(held))
        yield from _links(key, item, held, travels)
        if item.floor and not held and not links.get(item.floor):
            yield from _above(key, node, item, spec.input(item.floor))
    yield from _bindings(key, spec, links, travels)
    if key in travels.mapped and any(is_list(output.type) for output in spec.outputs):
        text = "it makes a list, so it cannot run once for each item of another list."
        yield issue("G002", text, "Collect the items first.", key, travels.mapped[key][0])
    if not spec.effect and not graph.links_from(key):
        yield issue("G006", "its result is neither shown nor saved.", node=key)


def unknown_type(key: str, node: Node) -> Issue:
    """Say that no pack has this node type."""
    text = f"the node type {node.type[:80]!r} is not installed."
    return issue("G005", text, "Install the pack that has it, or remove the node.", key)


def _versions(key: str, node: Node, spec: NodeSpec) -> Iterator[Issue]:
    if node.version > spec.version:
        text = f"it has version {node.version} of {spec.id}; version {spec.version} is installed."
        yield issue("G013", text, "Results may differ; install the newer pack.", key)
    for name in node.params:
        if spec.input(name) is None:
            text = f"{spec.id} has no parameter {name[:80]!r}; the file keeps it."
            yield issue("G014", text, node=key, name=name)


def _value(key: str, node: Node, item: Input, *, linked: bool) -> Iterator[Issue]:
    """Check what is typed; a link takes its place."""
    if linked:
        return
    if item.widget is not None and item.name in node.params:
        problem = item.problem(node.params[item.name])
        if problem:
            yield issue("G004", f"{problem}.", "Choose another value.", key, item.name)
    elif item.required:
        named = item.widget.nothing if isinstance(item.widget, ModelFile) else ""
        fix = "Choose a value." if item.widget else f"Link {_article(item.type)}."
        yield issue("G001", f"{named or f'{item.name} is missing'}.", fix, key, item.name)


def _above(key: str, node: Node, item: Input, floor: Input | None) -> Iterator[Issue]:
    """Check that a number is not below another one."""
    if floor is None:
        return
    pair = [(each, node.params.get(each.name, each.default)) for each in (floor, item)]
    if any(each.problem(value) for each, value in pair):
        return
    low, value = (each.coerce(value) for each, value in pair)
    if value < low:
        text = f"{item.name} is {value:g}, below {floor.name}, which is {low:g}."
        fix = f"Raise {item.name}, or lower {floor.name}."
        yield issue("G021", text, fix, key, item.name)


def _links(key: str, item: Input, links: tuple[Link, ...], travels: Flow) -> Iterator[Issue]:
    if len(links) > 1 and not item.many:
        text = f"{len(links)} links lead to {item.name}, which takes one."
        yield issue("G010", text, "Remove the others.", key, item.name)
    for link in links:
        kind = travels.types.get((link.source, link.output))
        if kind is not None and not fits(kind, item.type):
            text = f"{link.source}.{link.output} is {_article(kind)}, {item.name} takes "
            yield issue("G002", f"{text}{_article(item.type)}.", "Remove the link.", key, item.name)


def _bindings(
    key: str, spec: NodeSpec, links: Mapping[str, tuple[Link, ...]], travels: Flow
) -> Iterator[Issue]:
    """Check that inputs of "any, but the same" bring the same."""
    bound: dict[str, tuple[str, str]] = {}
    for item in spec.inputs:
        letter = item_of(item.type)
        for link in links.get(item.name, ()) if letter.startswith(ANY) else ():
            kind = item_of(travels.types.get((link.source, link.output), ANY))
            first, name = bound.setdefault(letter, (kind, item.name))
            if not (fits(kind, first) or fits(first, kind)):
                text = f"{item.name} brings {_article(kind)}, but {name} {_article(first)}."
                yield issue("G002", text, "Link the same to both.", key, item.name)


def dangling(graph: Graph, spec_of: SpecOf, prefix: str = "") -> Iterator[Issue]:
    """Find links that come from nothing or lead to nothing."""
    fine: set[tuple[str, str, str, str]] = set()  # most links join what others join, too
    for link in graph.links:
        source, target = graph.nodes.get(link.source), graph.nodes.get(link.target)
        kind = (source.type, link.output, target.type, link.input) if source and target else None
        if kind in fine:
            continue
        place = (f"{prefix}{link.target}", link.input)
        if source is None or target is None:
            gone = link.source if source is None else link.target
            yield issue("G009", f"{link}: there is no node {gone[:80]!r}.", _CUT, *place)
            continue
        made, taken = spec_of(source.type), spec_of(target.type)
        if made and made.output(link.output) is None:
            text = f"{link.source} has no output {link.output[:80]!r}."
            yield issue("G009", text, _offer([item.name for item in made.outputs]), *place)
        if taken and taken.input(link.input) is None:
            text = f"{link.target} has no input {link.input[:80]!r}."
            yield issue("G009", text, _offer([item.name for item in taken.inputs]), *place)
        elif kind and not (made and made.output(link.output) is None):
            fine.add(kind)


_CUT = "Remove the link."


def cycle(graph: Graph) -> Iterator[Issue]:
    """Find nodes that wait for themselves."""
    ring = graph.cycle()
    if ring:
        said = " -> ".join([*ring[:8], *(["..."] if len(ring) > 8 else []), ring[0]])
        yield issue("G003", f"nodes wait for themselves: {said}.", "Remove one link.", ring[0])


def modes(runs: Effective, graph: Graph, spec_of: SpecOf) -> Iterator[Issue]:
    """Find what a mute keeps from running, and bypassed nodes with nothing to pass on."""
    for link in runs.cut:
        source = _called(graph, link.source, spec_of)
        text = f"{source} is bypassed and has nothing to pass on as {link.output}."
        yield issue("G011", text, "Turn it on, or remove the link.", link.target, link.input)
    for key, muted in runs.dropped.items():
        spec = spec_of(graph.nodes[key].type) if key in graph.nodes else None
        if spec and spec.effect:
            why = f"it does not run, as {_called(graph, muted, spec_of)} is muted."
            yield issue("G012", "it is muted." if key == muted else why, node=key)


def _called(graph: Graph, key: str, spec_of: SpecOf) -> str:
    """Return what people call another node, and its id, since several may be called so."""
    node = graph.nodes[key]
    spec = spec_of(node.type)
    title = node.title or (spec.title if spec else "")
    return f"{title} ({key})" if title else key


def ports(graph: Graph, spec_of: SpecOf) -> Iterator[Issue]:
    """Find ports of sub-graphs that lead nowhere, or to something of another type."""
    for name, item in graph.graphs.items():
        for key, port in item.inputs.items():
            yield from _port(f"graph:{name}", key, port, item.graph, spec_of, is_input=True)
        for key, port in item.outputs.items():
            yield from _port(f"graph:{name}", key, port, item.graph, spec_of, is_input=False)


def _port(
    owner: str, key: str, port: Port, inside: Graph, spec_of: SpecOf, *, is_input: bool
) -> Iterator[Issue]:
    for text in port.ends:
        node_id, name = ends.split(text)
        node = inside.nodes.get(node_id)
        spec = spec_of(node.type) if node else None
        if node is not None and spec is None:
            continue
        end = (spec.input(name) if is_input else spec.output(name)) if spec else None
        if end is None:
            yield issue("G016", f"its port {port.name} leads to {text}, which does not exist.",
                        "Remove the port.", owner, key)  # fmt: skip
        elif not fits(*((port.type, end.type) if is_input else (end.type, port.type))):
            said = f"its port {port.name} is {_article(port.type)}, {text} {_article(end.type)}."
            yield issue("G002", said, "Change the type of the port.", owner, key)


def form(graph: Graph, spec_of: SpecOf) -> Iterator[Issue]:
    """Find entries of the form that name no parameter."""
    for entry in graph.form:
        try:
            key, name = ends.split(entry)
        except ValueError:
            key, name = entry, ""
        node = graph.nodes.get(key)
        spec = spec_of(node.type) if node else None
        if node is None or (spec and spec.input(name) is None):
            text = f"the form names {entry[:80]}, which does not exist."
            yield issue("G017", text, "Remove it from the form.")


def families(
    graph: Graph, spec_of: SpecOf, known: Mapping[tuple[str, str], str]
) -> Iterator[Issue]:
    """Find nodes that would bring two model families together."""
    for key in graph.nodes if known else ():
        yield from family_of_node(graph, key, spec_of, known)


def family_of_node(
    graph: Graph, key: str, spec_of: SpecOf, known: Mapping[tuple[str, str], str]
) -> Iterator[Issue]:
    """Check that all inputs of one node whose family is known are of the same one."""
    spec = spec_of(graph.nodes[key].type)
    first: tuple[str, str] | None = None
    for item in spec.inputs if spec else ():
        if ANY in item.type:
            continue
        for link in graph.inputs_of(key).get(item.name, ()):
            family = known.get((link.source, link.output))
            if family and first and family != first[1]:
                text = f"{first[0]} is {first[1]}, but {item.name} is {family}."
                fix = "Take both from checkpoints of one family."
                yield issue("G008", text, fix, key, item.name)
            elif family and not first:
                first = (item.name, family)


def _article(kind: str) -> str:
    if kind.startswith(ANY):
        return "a value"
    if is_list(kind):
        return f"a list of {item_of(kind)}"
    return f"{'an' if kind[0] in 'AEIOUaeiou' else 'a'} {kind}" if kind else "a value"


def _offer(names: list[str]) -> str:
    return f"It has {', '.join(names)}." if names else _CUT
