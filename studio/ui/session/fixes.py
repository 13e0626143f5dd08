"""What one click can put right: for each code of an issue a name of the fix and an edit. No Qt."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from studio.core import ends
from studio.core.errors import Issue, StudioError
from studio.core.folding import Filled, Given, Made, fold
from studio.core.graph import SUB_GRAPH, Graph, Link, Node
from studio.core.registry import Registry
from studio.core.spec import Input, NodeSpec
from studio.core.sub_graphs import specs
from studio.core.types import SpecOf, fits, flow
from studio.core.widgets import SEED_LIMIT, Boxes, Choice, FilePath, Range, Seed

_NEAR = re.compile(r"near names: ([^,;]+?)(?:,|\.?$)")
_OUTSIDE = "outside of its own folders"
_OTHERS = "were made for other detections"
LOCATE = "Locate file"
"""Offered for a file that is missing and has no near name: the user says where it is."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The graph that an issue is about, and the node in it.

    Attributes:
        graph: The graph itself, or the inside of a sub-graph.
        node: Id of the node there; empty: none.
        name: Name of the input.
        spec_of: Finds the spec of a node type.
        issue: What is wrong.
    """

    graph: Graph
    node: str
    name: str
    spec_of: SpecOf
    issue: Issue

    @property
    def input(self) -> Input | None:
        """The input that it is about."""
        node = self.graph.nodes.get(self.node)
        spec = self.spec_of(node.type) if node else None
        return spec.input(self.name) if spec else None

    @property
    def value(self) -> Any:
        """What is typed there."""
        node = self.graph.nodes.get(self.node)
        return node.params.get(self.name) if node else None

    @property
    def links(self) -> tuple[Link, ...]:
        """The links into it."""
        found = self.graph.links_to(self.node)
        return tuple(link for link in found if link.input == self.name)


Change = Callable[[Spot], Graph]


def label(issue: Issue) -> str:
    """Return what one click would do about an issue, in two or three words; empty: nothing."""
    if issue.code == "G007":
        if _OUTSIDE in issue.text:
            return "Allow it"
        near = near_name(issue)
        return f"Use {near}" if near else LOCATE
    if issue.code == "W_EDITS" and _OTHERS not in issue.text:
        return ""  # some of the edits still count, and a click would take those, too
    found = _FIXES.get(issue.code)
    return found[0] if found else ""


def seen_to_by(issue: Issue) -> str:
    """Return the id of the command that lets the user look at an issue's cause and decide."""
    return "node.edit_boxes" if issue.code == "W_EDITS" else ""


def is_missing_file(issue: Issue) -> bool:
    """Say whether an issue is about a file that is not there, rather than one out of bounds."""
    return issue.code == "G007" and _OUTSIDE not in issue.text


def allowed_path(issue: Issue, graph: Graph, registry: Registry) -> str:
    """Return the absolute path that the user would allow a graph to read, or nothing."""
    if issue.code != "G007" or _OUTSIDE not in issue.text:
        return ""
    spot = spot_of(graph, issue, registry)[1]
    value = spot.value
    return str(value.get("path", "")) if isinstance(value, dict) else str(value or "")


def near_name(issue: Issue) -> str:
    """Return the name of a file that looks like one that is missing, or nothing."""
    found = _NEAR.search(issue.fix)
    return found[1].strip() if found else ""


def fixed(graph: Graph, issue: Issue, registry: Registry) -> Graph:
    """Return a graph without an issue; the same one when nothing can be done about it."""
    found = _FIXES.get(issue.code)
    if found is None:
        return graph
    owner, spot = spot_of(graph, issue, registry)
    changed = found[1](spot)
    if changed is spot.graph:
        return graph
    if not owner:
        return changed
    inner = replace(changed, graphs={})
    return graph.with_graph(owner, replace(graph.graphs[owner], graph=inner))


def spot_of(graph: Graph, issue: Issue, registry: Registry) -> tuple[str, Spot]:
    """Return the definition that an issue is in, or nothing for the graph itself, and the spot."""
    spec_of = specs(graph, registry)
    owner, node = placed(graph, issue.place.node)
    inner = graph.graphs[owner].graph if owner else graph
    return owner, Spot(inner, node, issue.place.input, spec_of, issue)


def placed(graph: Graph, name: str) -> tuple[str, str]:
    """Return the definition that an expanded id leads into (nothing: the graph), and its node.

    Args:
        graph: With its definitions.
        name: Such as ``poster/frame``, or ``graph:poster/frame`` for any use of a sub-graph.
    """
    owner = ""
    if name.startswith(SUB_GRAPH):
        owner, _, name = name.removeprefix(SUB_GRAPH).partition("/")
    while "/" in name:
        here = graph.graphs[owner].graph if owner in graph.graphs else graph
        user, _, rest = name.partition("/")
        used = here.nodes[user].sub_graph if user in here.nodes else ""
        if used not in graph.graphs:
            break
        owner, name = used, rest
    return (owner if owner in graph.graphs else ""), name


# --- What is done ---


def _without_link(spot: Spot) -> Graph:
    """Remove the links that do not fit, or that come from nothing."""
    travels = flow(spot.graph, spot.spec_of).types
    item = spot.input
    wrong = [
        link
        for link in spot.links
        if item is None
        or (link.source, link.output) not in travels
        or not fits(travels[link.source, link.output], item.type)
    ]
    return spot.graph.without_links(*wrong)


def _without_ring(spot: Spot) -> Graph:
    ring = spot.graph.cycle()
    closing = [link for link in spot.graph.links_to(ring[0]) if link.source in ring] if ring else []
    return spot.graph.without_links(*closing)


def _in_range(spot: Spot) -> Graph:
    item = spot.input
    if item is None:
        return spot.graph
    near = nearest(item, spot.value)
    return spot.graph.with_param(spot.node, spot.name, near)


def nearest(item: Input, value: Any) -> Any:
    """Return the allowed value that is nearest to one that is not; the default without any."""
    try:
        number = item.coerce(value)
    except (TypeError, ValueError):
        return item.default
    widget = item.widget
    if isinstance(widget, Seed):
        return min(max(number, 0), SEED_LIMIT - 1)
    if isinstance(widget, Range) and number == number:
        return _stepped(widget, min(max(number, widget.low), widget.high), whole=item.type == "int")
    if isinstance(widget, Choice):
        return item.default if item.default in widget.options else widget.options[0]
    return item.default


def _stepped(widget: Range, number: float, *, whole: bool) -> float:
    if widget.multiple:
        number = round(number / widget.multiple) * widget.multiple
        number += widget.multiple * ((number < widget.low) - (number > widget.high))
    return int(number) if whole else number


def _without_node(spot: Spot) -> Graph:
    return spot.graph.without_nodes(spot.node) if spot.node in spot.graph.nodes else spot.graph


def _near_file(spot: Spot) -> Graph:
    near = near_name(spot.issue)
    value = spot.value
    path = value.get("path", "") if isinstance(value, dict) else str(value or "")
    if not near or not path:
        return spot.graph
    renamed = str(PurePosixPath(path).with_name(near))
    return spot.graph.with_param(spot.node, spot.name, {"path": renamed})


def _one_link(spot: Spot) -> Graph:
    return spot.graph.without_links(*spot.links[:-1])


def _unlinked(spot: Spot) -> Graph:
    return spot.graph.without_links(*spot.links)


def _possible(spot: Spot) -> Graph:
    """Give a literal node or a switch the largest number below its own that it can work with."""
    node, item = spot.graph.nodes.get(spot.node), spot.input
    spec = spot.spec_of(node.type) if node else None
    if node is None or spec is None or item is None or not isinstance(item.widget, Range):
        return spot.graph
    inputs = _as_far_as_known(spot, node, spec)
    low, high = int(item.widget.low), int(item.widget.high)
    if inputs is not None:
        low += bisect_left(range(low, high), True, key=lambda n: _fails(spec, inputs, item, n + 1))
    return _unlinked(spot).with_param(spot.node, item.name, low)


def _as_far_as_known(spot: Spot, node: Node, spec: NodeSpec) -> dict[str, Filled] | None:
    """Return what a node is called with; ``None`` if a number comes from elsewhere."""
    found: dict[str, Filled] = {}
    for item in spec.inputs:
        links = [link for link in spot.graph.links_to(spot.node) if link.input == item.name]
        if item.is_socket:
            found[item.name] = tuple(Made(link.source, link.output) for link in links)
        elif links and item.name != spot.name:
            return None
        else:
            found[item.name] = Given(node.params.get(item.name, item.default))
    return found


def _fails(spec: NodeSpec, inputs: Mapping[str, Filled], item: Input, number: int) -> bool:
    try:
        fold(spec, {**inputs, item.name: Given(number)})
    except StudioError:
        return True
    return False


def _on(spot: Spot) -> Graph:
    """Turn on what keeps a node from getting its inputs, or from running."""
    off = {
        node: item
        for node in spot.graph.upstream([spot.node])
        if (item := spot.graph.nodes.get(node)) and item.mode in ("muted", "bypassed")
    }
    graph = spot.graph
    for node in off:
        graph = graph.with_mode(node, "on")
    return graph


def _without_param(spot: Spot) -> Graph:
    node = spot.graph.nodes.get(spot.node)
    if node is None:
        return spot.graph
    kept = {name: value for name, value in node.params.items() if name != spot.name}
    return spot.graph.with_node(spot.node, replace(node, params=kept))


def _swapped(spot: Spot) -> Graph:
    """Let a number and the one that it may not be below change places."""
    node, item = spot.graph.nodes.get(spot.node), spot.input
    spec = spot.spec_of(node.type) if node else None
    floor = spec.input(item.floor) if spec and item else None
    if node is None or item is None or floor is None:
        return spot.graph
    low, value = (node.params.get(each.name, each.default) for each in (floor, item))
    graph = spot.graph.with_param(spot.node, floor.name, value)
    return graph.with_param(spot.node, item.name, low)


def _without_edits(spot: Spot) -> Graph:
    """Drop the edits that were made by hand in what a node is given."""
    node = spot.graph.nodes.get(spot.node)
    spec = spot.spec_of(node.type) if node else None
    edits = (item.name for item in (spec.inputs if spec else ()) if isinstance(item.widget, Boxes))
    return _without_param(replace(spot, name=next(edits, "")))


def _without_form(spot: Spot) -> Graph:
    def leads_somewhere(entry: str) -> bool:
        try:
            key, name = ends.split(entry)
        except ValueError:
            return False
        node = spot.graph.nodes.get(key)
        spec = spot.spec_of(node.type) if node else None
        return node is not None and (spec is None or spec.input(name) is not None)

    return spot.graph.with_form(entry for entry in spot.graph.form if leads_somewhere(entry))


_FIXES: dict[str, tuple[str, Change]] = {
    "G002": ("Remove link", _without_link),
    "G003": ("Remove link", _without_ring),
    "G004": ("Use nearest", _in_range),
    "G005": ("Remove node", _without_node),
    "G007": ("Use near name", _near_file),
    "G009": ("Remove link", _without_link),
    "G010": ("Keep the last", _one_link),
    "G011": ("Turn it on", _on),
    "G012": ("Turn it on", _on),
    "G014": ("Remove it", _without_param),
    "G017": ("Remove it", _without_form),
    "G018": ("Remove link", _unlinked),
    "G019": ("Remove link", _unlinked),
    "G020": ("Use nearest", _possible),
    "G021": ("Swap them", _swapped),
    "W_EDITS": ("Drop edits", _without_edits),
}


def folder_to_make(issue: Issue, graph: Graph, registry: Registry) -> str:
    """Return the path of a folder that is read and does not exist, or nothing."""
    spot = spot_of(graph, issue, registry)[1]
    item = spot.input
    if issue.code != "G007" or item is None or _OUTSIDE in issue.text:
        return ""
    if not isinstance(item.widget, FilePath) or not item.widget.folder:
        return ""
    value = spot.value
    return str(value.get("path", "")) if isinstance(value, dict) else str(value or "")
