"""What the pointer can do where it is: context menus, hints, and its shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from studio.canvas.state import Hit, HitKind, Selection
from studio.canvas.tools.base import Cursor
from studio.canvas.tools.select import of_hit
from studio.ui.looks.hues import add_colors

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget

LINE = ""
"""A line between entries."""
_COLORS = "Colour"
Entries = Sequence[str]

_NODE: Entries = (
    "run.selected", LINE,
    "edit.duplicate", "node.replace", "node.rename", "node.comment", LINE,
    "node.mute", "node.bypass", "node.freeze", "node.collapse", "node.hide_unused",
    "node.hide_preview", "node.pin", LINE,
    "frame.add", "subgraph.make", "subgraph.enter", "subgraph.dissolve", _COLORS, LINE,
    "node.reset", "node.help", LINE,
    "node.delete", "node.delete_only",
)  # fmt: skip
_SOCKET: Entries = ("link.disconnect", "subgraph.promote", "subgraph.demote", LINE, "node.help")
_FIELD: Entries = ("node.reset_field", "subgraph.promote", "subgraph.demote", LINE)
_LINK: Entries = (
    "link.insert", "link.reroute", "link.straighten", LINE, "node.delete",
)  # fmt: skip
_FRAME: Entries = ("node.rename", _COLORS, LINE, "frame.dissolve", "node.delete")
_NOTE: Entries = ("node.rename", LINE, "node.delete")
_EMPTY: Entries = (
    "canvas.add", "graph.note", LINE,
    "edit.paste", "edit.paste_linked", LINE,
    "canvas.select_all", "graph.arrange_all", LINE,
    "canvas.fit_all", "view.links", "view.minimap", "view.timings", LINE,
    "subgraph.leave",
)  # fmt: skip
_MENUS: dict[HitKind, Entries] = {
    "empty": _EMPTY, "socket": _SOCKET, "field": (*_FIELD, *_NODE), "link": _LINK,
    "reroute": _LINK, "frame": _FRAME, "frame_title": _FRAME, "note": _NOTE, "note_corner": _NOTE,
}  # fmt: skip
_CURSORS: dict[HitKind, Cursor] = {
    "edge": "split_h", "note_corner": "split_d", "socket": "cross", "badge": "hand",
    "strip": "hand", "link": "hand", "reroute": "hand",
}  # fmt: skip
_HINTS: dict[HitKind, str] = {
    "empty": "Drag selects\u2003Space+drag pans\u2003Wheel zooms\u2003Tab adds a node",
    "socket": "Drag links\u2003Ctrl+drag moves all\u2003Alt+click breaks",
    "link": "Click selects\u2003Alt+click adds a reroute",
    "reroute": "Drag moves\u2003Double-click removes",
    "edge": "Drag sets the width\u2003Double-click fits it",
    "field": "Click edits\u2003Drag changes\u2003Shift fine",
    "frame_title": "Drag moves with its nodes\u2003Alt+drag duplicates\u2003Double-click renames",
    "note": "Drag moves\u2003Alt+drag duplicates\u2003Double-click edits",
    "thumbnail": "Double-click shows it in the viewer",
}  # fmt: skip
_NODE_HINT = "Drag moves\u2003Alt+drag duplicates\u2003Shift+click adds"


def cursor_over(hit: Hit) -> Cursor:
    """Return the shape of the pointer over something."""
    return _CURSORS.get(hit.kind, "arrow")


def hint_over(hit: Hit) -> str:
    """Return what the pointer can do there."""
    return _HINTS.get(hit.kind, _NODE_HINT)


def chosen_for(hit: Hit, selection: Selection) -> Selection:
    """Return what a menu is about: all that is chosen when it was opened on a part of that."""
    pressed = of_hit(hit)
    inside = (
        pressed.nodes <= selection.nodes
        and pressed.links <= selection.links
        and pressed.frames <= selection.frames
        and pressed.notes <= selection.notes
    )
    return selection if pressed and inside else pressed


def menu_for(hit: Hit, canvas: CanvasWidget) -> QMenu:
    """Make the menu of what was hit; it goes when it closes."""
    actions = canvas.studio.actions
    menu = QMenu(canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    known = {action.id for action in actions.all()}
    for entry in _MENUS.get(hit.kind, _NODE):
        if entry == LINE:
            menu.addSeparator()
        elif entry == _COLORS:
            add_colors(menu.addMenu(_COLORS), canvas.studio)
        elif entry in known and (actions.enabled(entry) or entry not in _OFTEN_OFF):
            menu.addAction(actions.qaction(entry, menu))
    return menu


_OFTEN_OFF = frozenset(
    {"subgraph.enter", "subgraph.dissolve", "subgraph.leave", "subgraph.promote", "subgraph.demote"}
)
"""Left out where they make no sense, for they are about few nodes."""
