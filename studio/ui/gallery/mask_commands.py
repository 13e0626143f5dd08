"""The commands of mask painting; they can be given while a mask is painted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from studio.ui.actions.action import Action

if TYPE_CHECKING:
    from studio.ui.gallery.mask_tool import Kind, MaskTool
    from studio.ui.gallery.painting import Painting
    from studio.ui.studio import Studio

_KINDS: tuple[Kind, ...] = ("brush", "eraser", "fill", "rectangle")


def _action(command: str, text: str, icon: str = "", words: str = "") -> Action:
    return Action(command, text, icon, "Graph/Mask painting", "viewer", words)


ACTIONS = (
    Action("node.paint_mask", "Paint mask", "ph.paint-brush", "Graph",
           help="Paint the mask of the chosen node over its picture, in the viewer."),
    _action("mask.brush", "Brush", "ph.paint-brush"),
    _action("mask.eraser", "Eraser", "ph.eraser"),
    _action("mask.fill", "Fill mask", "ph.paint-bucket", "Fills what is of one value; Shift empties it."),
    _action("mask.rectangle", "Rectangle", "ph.selection", "Shift empties it."),
    _action("mask.swap", "Swap brush and eraser", "ph.swap"),
    _action("mask.smaller", "Smaller brush"),
    _action("mask.larger", "Larger brush"),
    _action("mask.undo", "Undo stroke", "ph.arrow-u-up-left",
            "The keys of undo do the same while a mask is painted."),
    _action("mask.redo", "Redo stroke", "ph.arrow-u-up-right"),
    _action("mask.invert", "Invert mask", "ph.circle-half"),
    _action("mask.clear", "Clear mask", "ph.trash"),
    _action("mask.done", "Keep painted mask", "ph.check", "Enter does the same."),
    _action("mask.cancel", "Leave mask as it was", "ph.x", "Esc does the same."),
)  # fmt: skip


def bind(studio: Studio, painting: Painting) -> None:
    """Say what the declared commands of mask painting do."""
    actions = studio.actions

    def paints() -> bool:
        return painting.tool is not None

    def with_tool(does: Callable[[MaskTool], object]) -> Callable[[], object]:
        return lambda: does(painting.tool) if painting.tool else None

    actions.bind("node.paint_mask", painting.start, painting.can_start)
    for kind in _KINDS:
        actions.bind(f"mask.{kind}", with_tool(partial(_choose, kind)), paints)
    actions.bind("mask.swap", with_tool(lambda tool: tool.swap()), paints)
    actions.bind("mask.smaller", with_tool(lambda tool: tool.resize(larger=False)), paints)
    actions.bind("mask.larger", with_tool(lambda tool: tool.resize(larger=True)), paints)
    actions.bind("mask.undo", with_tool(lambda tool: tool.undo()),
                 lambda: bool(painting.tool and painting.tool.painting.can_undo))  # fmt: skip
    actions.bind("mask.redo", with_tool(lambda tool: tool.redo()),
                 lambda: bool(painting.tool and painting.tool.painting.can_redo))  # fmt: skip
    actions.bind("mask.invert", with_tool(lambda tool: tool.invert()), paints)
    actions.bind("mask.clear", with_tool(lambda tool: tool.clear()), paints)
    actions.bind("mask.done", painting.done, paints)
    actions.bind("mask.cancel", painting.cancel, paints)


def _choose(kind: Kind, tool: MaskTool) -> None:
    tool.choose(kind)
