"""The commands of the window itself: panels, looks, the palette, help."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from studio.ui.actions.action import Action
from studio.ui.window.dock import BOTTOM, RIGHT, PanelSpec

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow

ACTIONS = (
    Action("view.commands", "Command palette", "ph.command", "View",
           help="Find any command by a few letters."),
    Action("view.right", "Right column", "ph.columns", "Window", checkable=True),
    Action("view.bottom", "Bottom panels", "ph.rows", "Window", checkable=True,
           help="Folds them to their headers."),
    Action("view.full_screen", "Full screen", "ph.corners-out", "Window", checkable=True),
    Action("view.reset_layout", "Reset layout", "ph.layout", "Window",
           help="Puts all panels where they were at first."),
    Action("view.light", "Light colours", "ph.sun", "View/Looks", checkable=True),
    Action("view.compact", "Compact rows", "ph.list-dashes", "View/Looks", checkable=True),
    Action("help.shortcuts", "Keys", "ph.keyboard", "Help", help="All commands and their keys."),
    Action("help.about", "About Wirebrush", "ph.info", "Help"),
)  # fmt: skip


def panel_actions(panels: Sequence[PanelSpec]) -> tuple[Action, ...]:
    """Return the commands that open the panels."""
    return tuple(Action(panel.command, panel.title, panel.icon, "Window") for panel in panels)


def bind(window: MainWindow) -> None:
    """Say what the declared commands of the window do."""
    actions, preferences, docks = window.studio.actions, window.studio.preferences, window.docks
    for name, dock in docks.items.items():
        actions.bind(dock.spec.command, partial(window.show_panel, name))
    actions.bind("view.commands", window.open_palette)
    actions.bind("view.right", window.toggle_right, checked=lambda: window.has_open(RIGHT))
    actions.bind(
        "view.bottom",
        lambda: docks.fold(BOTTOM, not window.has_folded(BOTTOM)),
        checked=lambda: not window.has_folded(BOTTOM),
    )
    actions.bind("view.full_screen", window.toggle_full_screen, checked=window.isFullScreen)
    actions.bind("view.reset_layout", docks.arrange)
    actions.bind(
        "view.light",
        lambda: preferences.set("theme", _other(preferences.value("theme"), "dark", "light")),
        checked=lambda: preferences.value("theme") == "light",
    )
    actions.bind(
        "view.compact",
        lambda: preferences.set(
            "density", _other(preferences.value("density"), "comfortable", "compact")
        ),
        checked=lambda: preferences.value("density") == "compact",
    )
    actions.bind("help.shortcuts", window.open_shortcuts)
    actions.bind("help.about", window.open_about)


def _other(value: str, first: str, second: str) -> str:
    return first if value == second else second
