"""What the commands of the canvas do: each is one call of an edit, a tool or the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.ui.canvas.command_list import ACTIONS
from studio.ui.canvas.graph_commands import GraphCommands
from studio.ui.canvas.node_commands import NodeCommands
from studio.ui.canvas.view_commands import ViewCommands

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget
    from studio.ui.studio import Studio

__all__ = ["ACTIONS", "bind"]


def bind(studio: Studio, canvas: CanvasWidget) -> None:
    """Let the declared commands of the canvas act on it."""
    for group in (NodeCommands(canvas), GraphCommands(canvas), ViewCommands(canvas)):
        for command in group.table():
            studio.actions.bind(command.id, command.does, command.enabled, command.checked)
