"""Edits of how a graph looks: places, widths, colours, comments, frames, notes, bookmarks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from studio.canvas.layout import HIDE_UNUSED
from studio.canvas.state import Camera, Selection
from studio.core.graph import Graph
from studio.core.view import Frame, Layout, Note, Point

NOTE_MIN = (80.0, 40.0)


def with_layout(graph: Graph, nodes: Iterable[str], **changes: Any) -> Graph:
    """Change fields of `Layout` of nodes: ``width``, ``collapsed``, ``color``, ``comment``, ...

    Raises:
        TypeError: There is no such field.
    """
    held = graph.view.layout
    new = {key: replace(held.get(key, Layout()), **changes) for key in nodes}
    return graph.with_view(replace(graph.view, layout={**held, **new}))


def toggled(graph: Graph, nodes: Collection[str], name: str) -> Graph:
    """Turn ``collapsed``, ``pinned`` or ``preview`` on; off where all of the nodes have it."""
    on = all(getattr(graph.view.layout.get(key, Layout()), name) for key in nodes)
    return with_layout(graph, nodes, **{name: not on})


def unused_hidden(graph: Graph, nodes: Collection[str]) -> Graph:
    """Hide the sockets that are not linked; show them where all of the nodes hide them."""
    held = graph.view.layout
    looks = {key: held.get(key, Layout()) for key in nodes}
    hide = not all(look.extra.get(HIDE_UNUSED) for look in looks.values())
    for key, look in looks.items():
        others = {name: value for name, value in look.extra.items() if name != HIDE_UNUSED}
        extra = {**others, HIDE_UNUSED: True} if hide else others
        graph = with_layout(graph, [key], extra=extra)
    return graph


def moved(graph: Graph, at: Mapping[str, Point]) -> Graph:
    """Move nodes to other places."""
    return graph.with_view(graph.view.moved(at))


# --- Frames ---


def carried(graph: Graph, chosen: Selection) -> frozenset[str]:
    """Return the chosen nodes, and those in chosen frames."""
    frames = map(graph.view.frames.__getitem__, chosen.frames)
    return chosen.nodes.union(*(frame.nodes for frame in frames))


def framed(graph: Graph, nodes: Collection[str], title: str = "") -> Graph:
    """Put a frame around nodes; they leave the frames that they were in."""
    others = _without_members(graph.view.frames, nodes)
    members = tuple(key for key in graph.nodes if key in nodes)
    view = replace(graph.view, frames=(*others, Frame(title, None, members)))
    return graph.with_view(view)


def unframed(graph: Graph, frames: Collection[int]) -> Graph:
    """Take frames away; their nodes stay."""
    kept = (frame for place, frame in enumerate(graph.view.frames) if place not in frames)
    return graph.with_view(replace(graph.view, frames=tuple(kept)))


def with_frame(graph: Graph, index: int, **changes: Any) -> Graph:
    """Change fields of a frame: ``title``, ``color``."""
    return graph.with_view(replace(graph.view, frames=_changed(graph.view.frames, index, changes)))


def joined(graph: Graph, index: int, nodes: Collection[str]) -> Graph:
    """Take nodes into a frame, out of any other; a negative `index` takes them out of all."""
    frames = list(_without_members(graph.view.frames, nodes, emptied=True))
    if index >= 0:
        members = (*frames[index].nodes, *(key for key in graph.nodes if key in nodes))
        frames[index] = replace(frames[index], nodes=members)
    before = graph.view.frames
    kept = [frame for place, frame in enumerate(frames) if frame.nodes or not before[place].nodes]
    return graph.with_view(replace(graph.view, frames=tuple(kept)))


def _without_members(
    frames: tuple[Frame, ...], nodes: Collection[str], *, emptied: bool = False
) -> tuple[Frame, ...]:
    """Take nodes out of frames; frames that lose all of theirs go too, unless `emptied`."""
    found = []
    for frame in frames:
        members = tuple(key for key in frame.nodes if key not in nodes)
        if members or emptied or not frame.nodes:
            found.append(frame if members == frame.nodes else replace(frame, nodes=members))
    return tuple(found)


# --- Notes ---


def noted(graph: Graph, at: Point, text: str = "") -> tuple[Graph, int]:
    """Put a note on the canvas.

    Returns:
        The graph, and the number of the note.
    """
    notes = (*graph.view.notes, Note(text, at))
    return graph.with_view(replace(graph.view, notes=notes)), len(notes) - 1


def with_note(graph: Graph, index: int, **changes: Any) -> Graph:
    """Change fields of a note: ``text``, ``at``, ``size``."""
    if "size" in changes:
        wide, high = changes["size"]
        changes["size"] = (max(wide, NOTE_MIN[0]), max(high, NOTE_MIN[1]))
    return graph.with_view(replace(graph.view, notes=_changed(graph.view.notes, index, changes)))


def without_notes(graph: Graph, notes: Collection[int]) -> Graph:
    """Delete notes."""
    kept = (note for place, note in enumerate(graph.view.notes) if place not in notes)
    return graph.with_view(replace(graph.view, notes=tuple(kept)))


# --- Bookmarks ---


def bookmarked(graph: Graph, name: str, camera: Camera) -> Graph:
    """Remember a view by a name, such as ``1``."""
    marks = {**graph.view.bookmarks, name: (camera.x, camera.y, camera.zoom)}
    return graph.with_view(replace(graph.view, bookmarks=marks))


def bookmark(graph: Graph, name: str) -> Camera | None:
    """Return the view that a name stands for, or ``None``."""
    found = graph.view.bookmarks.get(name)
    return Camera(*found) if found else None


def _changed(items: tuple[Any, ...], index: int, changes: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*items[:index], replace(items[index], **changes), *items[index + 1 :])
