"""Icons of categories, and the colours that people give to nodes and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from studio.ui.studio import Studio

HUES = ("slate", "blue", "teal", "green", "olive", "amber", "red", "rose", "violet")
"""Names of colours in the theme, for nodes and frames."""
_ICONS = {
    "load": "ph.cube", "prompt": "ph.text-aa", "latent": "ph.grid-four", "sample": "ph.aperture",
    "control": "ph.faders", "detail": "ph.magic-wand", "upscale": "ph.arrows-out-simple",
    "animate": "ph.film-strip", "image": "ph.image", "logic": "ph.git-branch",
    "output": "ph.floppy-disk", "graph": "ph.stack",
}  # fmt: skip
CATEGORIES = tuple(_ICONS)
"""The categories that the theme knows, in the order of a graph."""


def icon_of(category: str) -> str:
    """Return the icon of a category; a puzzle piece for one that is not known."""
    return _ICONS.get(category, "ph.puzzle-piece")


def add_colors(menu: QMenu, studio: Studio) -> None:
    """Offer the colours that nodes and frames can have."""
    for name in ("none", *HUES):
        entry = studio.actions.qaction(f"node.color.{name}", menu)
        role = f"frame_line.{name}" if name in HUES else "bg.node"
        entry.setIcon(studio.looks.icon("ph.circle-fill", role))
        menu.addAction(entry)
