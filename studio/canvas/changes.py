"""What differs between two graphs for the eye, and what must therefore be painted anew."""

from __future__ import annotations

from dataclasses import dataclass

from studio.canvas.state import Rect
from studio.core.diff import Diff, replaced
from studio.core.graph import Graph


@dataclass(frozen=True, slots=True)
class Change:
    """What must be painted anew.

    Attributes:
        nodes: Those that look different, moved, came or went; not those that only ran on.
        links: Whether a link moved, came or went.
        all: Whether everything is to be painted.
        rects: Parts of the canvas, before and after; empty when everything is painted.
        moved: Whether the nodes only lie elsewhere, and look as they did.
    """

    nodes: frozenset[str] = frozenset()
    links: bool = False
    all: bool = False
    rects: tuple[Rect, ...] = ()
    moved: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything is to be painted."""
        return bool(self.nodes or self.links or self.all or self.rects)


def relooked(before: Graph, after: Graph) -> set[str]:
    """Return the nodes that are placed or drawn in another way."""
    old, new = before.view.layout, after.view.layout
    if old is new:
        return set()
    return {*replaced(old, new), *(old.keys() - new.keys())}


def types_differ(before: Graph, change: Diff) -> bool:
    """Tell whether other value types may travel on the links."""
    retyped = any(before.nodes[node].type != item.type for node, item in change.changed.items())
    return bool(change.added or change.removed or retyped)


def scenery(graph: Graph) -> tuple[object, ...]:
    """Return what is painted besides nodes and links."""
    view = graph.view
    return view.notes, [(frame.title, frame.color, frame.nodes) for frame in view.frames]
