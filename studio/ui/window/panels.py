"""The panels that the window has; each is imported when it is first seen."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from studio.ui.window.dock import PanelSpec

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.ui.studio import Studio

RAIL = ("nodes", "models", "gallery", "canvas.find", "history")
"""Panels and commands on the rail, from the top."""


def _later(module: str, name: str) -> Callable[[Studio], QWidget]:
    """Return what makes a panel, and imports its module not before."""

    def made(studio: Studio) -> QWidget:
        panel: QWidget = getattr(import_module(module), name)(studio)
        return panel

    return made


PANELS = (
    PanelSpec("viewer", "Viewer", "ph.image", "right_top",
              _later("studio.ui.gallery.viewer", "ViewerPanel")),
    PanelSpec("inspector", "Inspector", "ph.sliders-horizontal", "right_bottom",
              _later("studio.ui.inspector.panel", "InspectorPanel")),
    PanelSpec("form", "Form", "ph.article", "right_bottom",
              _later("studio.ui.inspector.form", "FormPanel")),
    PanelSpec("queue", "Queue", "ph.queue", "bottom_left",
              _later("studio.ui.window.queue_panel", "QueuePanel")),
    PanelSpec("issues", "Issues", "ph.warning-circle", "bottom_right",
              _later("studio.ui.window.issues_panel", "IssuesPanel")),
    PanelSpec("log", "Log", "ph.terminal-window", "bottom_right",
              _later("studio.ui.window.log_panel", "LogPanel")),
    PanelSpec("nodes", "Nodes", "ph.plus-circle", "side",
              _later("studio.ui.palette.panel", "PalettePanel")),
    PanelSpec("models", "Models", "ph.cube", "side",
              _later("studio.ui.models.browser", "ModelsPanel")),
    PanelSpec("gallery", "Gallery", "ph.image-square", "side",
              _later("studio.ui.gallery.gallery_panel", "GalleryPanel")),
    PanelSpec("history", "History", "ph.clock-counter-clockwise", "side",
              _later("studio.ui.documents.history_panel", "HistoryPanel")),
)  # fmt: skip
