"""How a graph looks: positions, frames, notes, reroutes, bookmarks. Never part of a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """How one node is drawn.

    Attributes:
        at: Left and top on the canvas.
        width: Width set by hand; ``None`` fits the content.
        collapsed: Whether only its title bar is drawn.
        color: Name of a theme colour; ``None`` follows the category.
        comment: Text shown with it.
        pinned: Whether dragging leaves it in place.
        preview: Whether its picture is drawn.
        extra: Keys of other programs or newer versions, kept whole.
    """

    at: Point = (0, 0)
    width: float | None = None
    collapsed: bool = False
    color: str | None = None
    comment: str = ""
    pinned: bool = False
    preview: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """A titled box around nodes.

    Attributes:
        title: For people.
        color: Name of a theme colour; ``None`` is the plain one.
        nodes: Ids of the nodes inside.
        extra: Keys of other programs or newer versions, kept whole.
    """

    title: str = ""
    color: str | None = None
    nodes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """A text on the canvas.

    Attributes:
        text: What it says.
        at: Left and top.
        size: Width and height.
        extra: Keys of other programs or newer versions, kept whole.
    """

    text: str = ""
    at: Point = (0, 0)
    size: Point = (240, 80)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """How a graph looks.

    Attributes:
        layout: By node id; a node without an entry is placed when it is first drawn.
        reroutes: Points that a link passes, by the link's text.
        bookmarks: Left, top and zoom of a remembered place, by its name.
        frames: In the order in which they are painted.
        notes: In the order in which they are painted.
    """

    layout: Mapping[str, Layout] = field(default_factory=dict)
    reroutes: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    bookmarks: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    frames: tuple[Frame, ...] = ()
    notes: tuple[Note, ...] = ()

    def moved(self, at: Mapping[str, Point]) -> View:
        """Return the view with nodes at other places."""
        changed = {node: replace(self.layout.get(node, Layout()), at=to) for node, to in at.items()}
        return replace(self, layout={**self.layout, **changed})

    def without(self, nodes: Iterable[str], links: Iterable[str]) -> View:
        """Return the view without what belongs to these nodes and links."""
        gone, cut = set(nodes), set(links if self.reroutes else ())
        layout = {node: item for node, item in self.layout.items() if node not in gone}
        reroutes = {link: item for link, item in self.reroutes.items() if link not in cut}
        frames = tuple(
            replace(frame, nodes=tuple(node for node in frame.nodes if node not in gone))
            for frame in self.frames
        )
        return replace(self, layout=layout, reroutes=reroutes, frames=frames)

    def renamed(self, old: str, new: str, relink: Callable[[str], str]) -> View:
        """Return the view with another id for one node; `relink` does the same to a link's text."""
        layout = {new if node == old else node: item for node, item in self.layout.items()}
        reroutes = {relink(link): points for link, points in self.reroutes.items()}
        frames = tuple(
            replace(frame, nodes=tuple(new if node == old else node for node in frame.nodes))
            for frame in self.frames
        )
        return replace(self, layout=layout, reroutes=reroutes, frames=frames)
