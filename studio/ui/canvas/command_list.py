"""The commands of the canvas, declared; `studio.ui.canvas.commands` says what they do."""

from __future__ import annotations

from collections.abc import Iterator

from studio.ui.actions.action import Action
from studio.ui.looks.hues import HUES

BOOKMARKS = range(1, 10)
SIDES = ("left", "right", "up", "down")
_EDGES = {"left": "left edges", "right": "right edges", "top": "tops", "bottom": "bottoms"}


def _canvas(
    name: str, text: str, menu: str = "", icon: str = "", *, said: str = "", checkable: bool = False
) -> Action:
    return Action(name, text, icon, menu, "canvas", said, checkable)


_LOOKING = (
    _canvas("canvas.fit_selection", "Fit selection", "View", "ph.frame-corners"),
    _canvas("canvas.fit_all", "Fit all", "View", "ph.corners-out"),
    _canvas("canvas.zoom_in", "Zoom in", "View", "ph.magnifying-glass-plus"),
    _canvas("canvas.zoom_out", "Zoom out", "View", "ph.magnifying-glass-minus"),
    _canvas("canvas.zoom_one", "Actual size", "View"),
    _canvas("canvas.back", "Previous place", "View/Places", "ph.arrow-left"),
    _canvas("canvas.forward", "Next place", "View/Places", "ph.arrow-right"),
    Action("view.minimap", "Minimap", "ph.map-trifold", "View", "window", checkable=True),
    Action("view.timings", "Timings", "ph.timer", "View", "window", checkable=True),
    Action(
        "view.links", "Show links", "ph.flow-arrow", "View", "window",
        "All links, those of the selection, or none.",
    ),
    Action("canvas.find", "Find in graph", "ph.magnifying-glass", "Edit", "window"),
    Action("canvas.find_everywhere", "Find in all tabs", "ph.magnifying-glass", "Edit", "window"),
)  # fmt: skip

_CHOOSING = (
    _canvas("canvas.select_all", "Select all", "Edit/Select"),
    _canvas("canvas.select_none", "Select nothing", "Edit/Select"),
    _canvas("canvas.select_inverse", "Invert selection", "Edit/Select"),
    _canvas("canvas.select_upstream", "Select upstream", "Edit/Select"),
    _canvas("canvas.select_downstream", "Select downstream", "Edit/Select"),
    _canvas("canvas.select_branch_upstream", "Select whole branch upstream", "Edit/Select"),
    _canvas("canvas.select_branch_downstream", "Select whole branch downstream", "Edit/Select"),
)

_KEYBOARD = (
    _canvas("canvas.cancel", "Cancel", said="Ends a gesture and leaves no trace of it."),
    _canvas(
        "canvas.enter", "Go into the node",
        said="Goes from the node to its sockets, and from a socket to a link.",
    ),
    _canvas("canvas.leave", "Leave the canvas", "View", said="Goes to the next panel."),
    *(_canvas(f"canvas.focus_{side}", f"Go to the node {word}") for side, word in zip(
        SIDES, ("on the left", "on the right", "above", "below"), strict=True
    )),
    *(_canvas(f"canvas.nudge_{side}", f"Nudge {side}") for side in SIDES),
)  # fmt: skip

_CLIPBOARD = (
    _canvas("edit.cut", "Cut", "Edit", "ph.scissors"),
    _canvas("edit.copy", "Copy", "Edit", "ph.copy"),
    _canvas("edit.paste", "Paste", "Edit", "ph.clipboard"),
    _canvas("edit.paste_linked", "Paste with incoming links", "Edit"),
    _canvas("edit.duplicate", "Duplicate", "Edit", "ph.copy"),
    _canvas("edit.duplicate_linked", "Duplicate with incoming links", "Edit"),
)

_NODES = (
    _canvas("canvas.add", "Add node ...", "Graph", "ph.plus-circle"),
    _canvas("node.delete", "Delete and heal", "Graph/Node", "ph.trash",
            said="Links go around what is deleted."),
    _canvas("node.delete_only", "Delete", "Graph/Node", "ph.trash"),
    _canvas("node.extract", "Pull out of its links", "Graph/Node"),
    _canvas("node.replace", "Replace ...", "Graph/Node", "ph.swap", said="Keeps links that fit."),
    _canvas("node.rename", "Rename", "Graph/Node", "ph.pencil-simple"),
    _canvas("node.comment", "Comment", "Graph/Node", "ph.chat-text"),
    _canvas("node.mute", "Mute", "Graph/Node", "ph.speaker-slash", checkable=True),
    _canvas("node.bypass", "Bypass", "Graph/Node", "ph.arrow-bend-double-up-right",
            checkable=True),
    _canvas("node.freeze", "Freeze", "Graph/Node", "ph.snowflake", checkable=True,
            said="Keeps the present result, whatever changes before it."),
    _canvas("node.collapse", "Collapse", "Graph/Node", checkable=True),
    _canvas("node.hide_unused", "Hide unused sockets", "Graph/Node", "ph.eye-slash",
            checkable=True),
    _canvas("node.hide_preview", "Hide preview", "Graph/Node", "ph.image-square", checkable=True),
    _canvas("node.pin", "Pin in place", "Graph/Node", "ph.push-pin", checkable=True),
    _canvas("node.reset", "Reset to defaults", "Graph/Node", "ph.arrow-u-up-left"),
    _canvas("node.reset_field", "Reset this value", icon="ph.arrow-u-up-left"),
    _canvas("node.help", "Help on the node", "Help", "ph.question"),
    _canvas("node.color.none", "Plain", "Graph/Colour"),
    *(_canvas(f"node.color.{hue}", hue.capitalize(), "Graph/Colour") for hue in HUES),
)  # fmt: skip

_LINKS = (
    _canvas("link.in_order", "Link in order", "Graph/Links", "ph.flow-arrow",
            said="Links the selected nodes from left to right."),
    _canvas("link.cut", "Cut links", "Graph/Links", "ph.scissors",
            said="The next drag cuts the links that it crosses."),
    _canvas("link.disconnect", "Break all links", "Graph/Links", "ph.link-break"),
    _canvas("link.reroute", "Add a reroute", "Graph/Links"),
    _canvas("link.straighten", "Remove reroutes", "Graph/Links"),
    _canvas("link.insert", "Insert a node ...", "Graph/Links", "ph.plus-circle"),
)  # fmt: skip

_GRAPH = (
    _canvas("graph.note", "Add note", "Graph", "ph.note"),
    *(_canvas(f"graph.align_{edge}", f"Align {words}", "Graph/Arrange")
      for edge, words in _EDGES.items()),
    _canvas("graph.distribute_across", "Distribute across", "Graph/Arrange"),
    _canvas("graph.distribute_down", "Distribute down", "Graph/Arrange"),
    _canvas("graph.straighten", "Straighten links", "Graph/Arrange"),
    _canvas("graph.arrange", "Arrange selection", "Graph/Arrange", "ph.tree-structure"),
    _canvas("graph.arrange_all", "Arrange all", "Graph/Arrange", "ph.tree-structure"),
    Action("graph.export_png", "Export as PNG ...", "ph.image", "File/Export"),
    Action("graph.export_svg", "Export as SVG ...", "ph.image", "File/Export"),
    _canvas("frame.add", "Add frame around selection", "Graph", "ph.frame-corners"),
    _canvas("frame.dissolve", "Remove frame", "Graph"),
)  # fmt: skip

_SUB_GRAPHS = (
    _canvas("subgraph.make", "Make sub-graph", "Graph/Sub-graph", "ph.stack"),
    _canvas("subgraph.dissolve", "Dissolve sub-graph", "Graph/Sub-graph"),
    _canvas("subgraph.enter", "Enter sub-graph", "Graph/Sub-graph"),
    _canvas("subgraph.leave", "Leave sub-graph", "Graph/Sub-graph"),
    _canvas("subgraph.promote", "Show on the sub-graph", "Graph/Sub-graph",
            said="Makes the parameter or socket one of the sub-graph's own."),
    _canvas("subgraph.demote", "Take off the sub-graph", "Graph/Sub-graph"),
)  # fmt: skip


def _places() -> Iterator[Action]:
    for number in BOOKMARKS:
        yield _canvas(f"canvas.go_{number}", f"Go to bookmark {number}", "View/Places")
    for number in BOOKMARKS:
        yield _canvas(f"canvas.mark_{number}", f"Set bookmark {number}", "View/Places")


ACTIONS = (
    *_NODES, *_LINKS, *_GRAPH, *_SUB_GRAPHS, *_CLIPBOARD, *_CHOOSING, *_LOOKING, *_places(),
    *_KEYBOARD,
)  # fmt: skip
