"""The commands of the viewer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from studio.ui.actions.action import Action
from studio.ui.gallery import keeping

if TYPE_CHECKING:
    from studio.ui.gallery.sides import Mode
    from studio.ui.gallery.viewer import ViewerPanel
    from studio.ui.studio import Studio

MENU = "View/Viewer"
_ZOOM = 1.25


def _action(
    command: str, text: str, icon: str = "", words: str = "", *, checkable: bool = False
) -> Action:
    return Action(command, text, icon, MENU, "viewer", words, checkable)


ACTIONS = (
    _action("viewer.fit", "Fit picture", "ph.corners-in", "Show the picture whole."),
    _action("viewer.one", "Picture one to one", "", "One screen pixel for each of its pixels."),
    _action("viewer.zoom", "Whole or one to one", "ph.magnifying-glass-plus"),
    _action("viewer.zoom_in", "Zoom into picture"),
    _action("viewer.zoom_out", "Zoom out of picture"),
    _action("viewer.full_screen", "Picture over the whole screen", "ph.corners-out",
            "Esc brings it back."),
    _action("viewer.pin", "Keep this source", "ph.push-pin",
            "Stay at this picture, whatever node is chosen.", checkable=True),
    _action("viewer.compare", "Compare with a wipe", "ph.square-half",
            "Show A and B, with a line between them that can be moved.", checkable=True),
    _action("viewer.difference", "Difference of A and B", "", "Show how far A and B are apart.",
            checkable=True),
    _action("viewer.gain", "Amplify the difference", "", "Times 1, 4 and 16."),
    _action("viewer.flicker", "Flicker between A and B", "", "Show A and B in turns.",
            checkable=True),
    _action("viewer.swap", "Swap A and B", "ph.swap"),
    _action("viewer.older", "Older result", "", "Show what was shown before this."),
    _action("viewer.newer", "Newer result"),
    _action("viewer.next_item", "Next picture of the batch", "ph.skip-forward"),
    _action("viewer.previous_item", "Previous picture of the batch", "ph.skip-back"),
    _action("viewer.play", "Play", "ph.play", "Show the pictures of a batch, list or film as frames.",
            checkable=True),
    _action("viewer.loop", "Begin again at the end", "ph.repeat", checkable=True),
    _action("viewer.copy", "Copy picture", "ph.copy"),
    _action("viewer.save_as", "Save picture as ...", "ph.floppy-disk",
            "Write what is shown to a file of your choice."),
    _action("viewer.open_graph", "Open the graph of the result", "ph.stack",
            "In a new tab, as it was when this was made."),
)  # fmt: skip


def bind(
    studio: Studio, find: Callable[[], ViewerPanel | None], show: Callable[[], ViewerPanel]
) -> None:
    """Say what the declared commands of the viewer do.

    Args:
        studio: What the window shares.
        find: Returns the viewer, if it has been made.
        show: Brings it to the front and returns it.
    """

    def has() -> bool:
        viewer = find()
        return viewer is not None and viewer.has_picture

    def has_past() -> bool:
        viewer = find()
        return viewer is not None and bool(viewer.past.items)

    def has_pair() -> bool:
        viewer = find()
        return viewer is not None and viewer.has_picture and viewer.compared is not None

    def has_items() -> bool:
        viewer = find()
        return viewer is not None and viewer.has_picture and viewer.items > 1

    def compares(mode: str) -> bool:
        viewer = find()
        return viewer is not None and viewer.view.mode == mode

    def to(
        command: str, does: Callable[[ViewerPanel], object], enabled: Callable[[], bool]
    ) -> None:
        studio.actions.bind(f"viewer.{command}", lambda: does(show()), enabled)

    to("fit", lambda viewer: viewer.view.fit(), has)
    to("one", lambda viewer: viewer.view.zoom_to(1 / viewer.view.devicePixelRatioF()), has)
    to("zoom", lambda viewer: viewer.toggle_zoom(), has)
    to("zoom_in", lambda viewer: viewer.view.zoom_to(viewer.view.zoom * _ZOOM), has)
    to("zoom_out", lambda viewer: viewer.view.zoom_to(viewer.view.zoom / _ZOOM), has)
    to("full_screen", _fill_screen, has)
    to("gain", _next_gain, lambda: compares("difference"))
    to("swap", _swap, has_pair)
    to("older", lambda viewer: viewer.past.step(1), has_past)
    to("newer", lambda viewer: viewer.past.step(-1), has_past)
    to("next_item", lambda viewer: viewer.show_item(viewer.item + 1), has_items)
    to("previous_item", lambda viewer: viewer.show_item(viewer.item - 1), has_items)
    to("copy", keeping.copy, has)
    to("save_as", partial(keeping.save_as, studio), has)
    to("open_graph", lambda viewer: keeping.open_graph(studio, viewer.past_shown()), has)
    studio.actions.bind(
        "viewer.pin",
        lambda: (viewer := show()).set_pinned(not viewer.following.pinned),
        lambda: find() is not None,
        lambda: bool((viewer := find()) and viewer.following.pinned),
    )
    studio.actions.bind(
        "viewer.play",
        lambda: (strip := show().frames.strip).play(not strip.is_playing),
        has_items,
        lambda: bool((viewer := find()) and viewer.frames.strip.is_playing),
    )
    studio.actions.bind(
        "viewer.loop",
        lambda: (strip := show().frames.strip).loop(not strip.is_looping),
        has_items,
        lambda: bool((viewer := find()) and viewer.frames.strip.is_looping),
    )
    modes: tuple[tuple[str, Mode], ...] = (
        ("compare", "wipe"), ("difference", "difference"), ("flicker", "flicker")
    )  # fmt: skip
    for command, mode in modes:
        does = partial(_toggle_mode, show, mode)
        studio.actions.bind(f"viewer.{command}", does, has, partial(compares, mode))


def attach(studio: Studio, viewer: ViewerPanel) -> None:
    """Let a viewer offer what can be done with what was shown before."""
    viewer.past.asked.connect(partial(keeping.past_menu, studio, viewer))


def _toggle_mode(show: Callable[[], ViewerPanel], mode: Mode) -> None:
    viewer = show()
    viewer.set_mode("one" if viewer.view.mode == mode else mode)


def _next_gain(viewer: ViewerPanel) -> None:
    from studio.ui.gallery.viewer import GAINS

    viewer.set_gain(GAINS[(GAINS.index(viewer.gain) + 1) % len(GAINS)])


def _swap(viewer: ViewerPanel) -> None:
    """Show B and compare with what was A."""
    a, b = viewer.past_shown(), viewer.compared
    if a and b:
        viewer.compared = a
        viewer.show_past(b)


def _fill_screen(viewer: ViewerPanel) -> None:
    """Take the whole screen, or give it back."""
    from studio.ui.gallery.full_screen import FullScreen

    window = viewer.body.window()
    if isinstance(window, FullScreen):
        window.close()
    else:
        FullScreen(viewer).showFullScreen()
        viewer.view.setFocus()
