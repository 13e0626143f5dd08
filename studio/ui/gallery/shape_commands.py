"""The commands of editing boxes and posing people; most can be given while that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from studio.ui.actions.action import Action

if TYPE_CHECKING:
    from studio.ui.gallery.box_editing import BoxEditing
    from studio.ui.gallery.pose_editing import PoseEditing
    from studio.ui.gallery.shape_edit import ShapeEdit
    from studio.ui.gallery.shapes import ShapeTool
    from studio.ui.studio import Studio

    Does = Callable[[ShapeTool], object]


def _action(command: str, text: str, icon: str = "", words: str = "") -> Action:
    return Action(command, text, icon, "Graph/Boxes and poses", "viewer", words)


ACTIONS = (
    Action("node.edit_boxes", "Edit boxes", "ph.bounding-box", "Graph",
           help="Tick, move and add the boxes of the chosen node over their picture, in the viewer."),
    Action("node.edit_pose", "Edit pose", "ph.person-simple", "Graph",
           help="Move the key points of the people of the chosen node, in the viewer."),
    _action("shapes.add", "Add box or person", "ph.plus",
            "In the middle; a box is also dragged with the mouse."),
    _action("shapes.toggle", "Tick box, show or hide point", "ph.check-square",
            "Space does the same on the picture."),
    _action("shapes.remove", "Remove box or person", "ph.trash",
            "Shift+Delete does the same on the picture."),
    _action("shapes.undo", "Undo change on the picture", "ph.arrow-u-up-left",
            "The keys of undo do the same while boxes or poses are edited."),
    _action("shapes.redo", "Redo change on the picture", "ph.arrow-u-up-right"),
    _action("shapes.reset", "Reset boxes or pose to what was found", "ph.arrow-counter-clockwise"),
    _action("shapes.done", "Keep edited boxes or pose", "ph.check", "Enter does the same."),
    _action("shapes.cancel", "Leave boxes or pose as they were", "ph.x", "Esc does the same."),
)  # fmt: skip


def bind(studio: Studio, boxes: BoxEditing, poses: PoseEditing) -> None:
    """Say what the declared commands of boxes and poses do."""
    actions = studio.actions

    def edit() -> ShapeEdit[Any] | None:
        return next((one for one in (boxes, poses) if one.tool), None)

    def bind_edit(name: str, does: Callable[[ShapeEdit[Any]], object]) -> None:
        def do() -> None:
            if used := edit():
                does(used)

        actions.bind(f"shapes.{name}", do, lambda: edit() is not None)

    def bind_tool(name: str, does: Does, able: Callable[[ShapeTool], bool] = bool) -> None:
        def do() -> None:
            if (used := edit()) and used.tool:
                does(used.tool)

        def enabled() -> bool:
            used = edit()
            return bool(used and used.tool and able(used.tool))

        actions.bind(f"shapes.{name}", do, enabled)

    actions.bind("node.edit_boxes", boxes.start, boxes.can_start)
    actions.bind("node.edit_pose", poses.start, poses.can_start)
    bind_tool("add", lambda tool: tool.add())
    bind_tool("toggle", lambda tool: tool.toggle())
    bind_tool("remove", lambda tool: tool.remove())
    bind_tool("undo", lambda tool: tool.undo(), lambda tool: tool.steps.can_undo)
    bind_tool("redo", lambda tool: tool.redo(), lambda tool: tool.steps.can_redo)
    bind_tool("reset", lambda tool: tool.reset())
    bind_edit("done", lambda used: used.done())
    bind_edit("cancel", lambda used: used.cancel())
