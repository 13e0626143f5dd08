"""The commands of the gallery; they are about the picture that is chosen in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.ui.actions.action import Action

if TYPE_CHECKING:
    from studio.ui.gallery.gallery_panel import GalleryPanel
    from studio.ui.studio import Studio

_MENU = "File/Gallery"

ACTIONS = (
    Action("gallery.open_graph", "Open the graph of the picture", "ph.stack", _MENU,
           help="In a new tab, as it was when the picture was saved."),
    Action("gallery.load", "Load the picture into the graph", "ph.image", _MENU),
    Action("gallery.parameters", "Parameters of the picture", "ph.article", _MENU),
    Action("gallery.show_folder", "Show in folder", "ph.folder-open", _MENU),
    Action("gallery.delete", "Delete the picture", "ph.trash", _MENU, help="Asks first."),
    Action("gallery.refresh", "Read the output folder again", "ph.arrows-clockwise", _MENU),
)  # fmt: skip


def bind(studio: Studio, find: Callable[[], GalleryPanel | None]) -> None:
    """Say what the declared commands of the gallery do.

    Args:
        studio: What the window shares.
        find: Returns the gallery, if it has been made.
    """

    def chosen() -> bool:
        panel = find()
        return panel is not None and panel.chosen is not None

    def to(command: str, does: Callable[[GalleryPanel], object]) -> None:
        enabled = chosen if command != "refresh" else lambda: find() is not None
        studio.actions.bind(
            f"gallery.{command}", lambda: does(panel) if (panel := find()) else None, enabled
        )

    to("open_graph", lambda panel: panel.open_graph())
    to("load", lambda panel: panel.load())
    to("parameters", lambda panel: panel.show_text())
    to("show_folder", lambda panel: panel.show_folder())
    to("delete", lambda panel: panel.delete())
    to("refresh", lambda panel: panel.refresh())
