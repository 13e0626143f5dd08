"""What is done with a result that is shown: copied, written to a file, its graph opened."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from studio.core.document import write
from studio.core.errors import StudioError, WriteError
from studio.facts.pictures import attach
from studio.files import atomic_write
from studio.ui.gallery.display import Bytes, Shown
from studio.ui.gallery.picture_view import as_image

if TYPE_CHECKING:
    from studio.core.graph import Graph
    from studio.ui.gallery.past import Past
    from studio.ui.gallery.viewer import ViewerPanel
    from studio.ui.studio import Studio

_FILTERS = (
    ("PNG picture", ("*.png",)),
    ("JPEG picture", ("*.jpg",)),
    ("WebP picture", ("*.webp",)),
)


def copy(viewer: ViewerPanel) -> None:
    """Put the picture that is shown on the clipboard."""
    shown = viewer.pictures.get(viewer.shown) if viewer.shown else None
    if shown:
        QGuiApplication.clipboard().setImage(as_image(shown.levels[0]).copy())


def save_as(studio: Studio, viewer: ViewerPanel) -> None:
    """Ask for a file and write the picture that is shown to it, with its graph inside."""
    shown = viewer.pictures.get(viewer.shown) if viewer.shown else None
    past = viewer.past_shown()
    if shown is None:
        return
    name = (
        "".join(letter if letter.isalnum() else "_" for letter in past.title) if past else "picture"
    )
    start = str(studio.session.output_folder / f"{name}.png")
    done = partial(_save, studio, viewer, shown, past.graph if past else None)
    studio.questions.save_file("Save picture", start, _FILTERS, done)


def open_graph(studio: Studio, past: Past | None) -> None:
    """Open the graph that made a result in a new tab."""
    if past:
        documents = studio.documents
        documents.set_current(documents.add(past.graph, past.graph.title))


def past_menu(studio: Studio, viewer: ViewerPanel, past: Past, at: QPoint) -> QMenu:
    """Open the menu of a picture that was shown before."""
    menu = QMenu(viewer)
    icon = studio.looks.icon
    menu.addAction(icon("ph.image"), "Show", partial(viewer.show_past, past))
    compare = menu.addAction(
        icon("ph.square-half"), "Compare as B", partial(viewer.compare_with, past)
    )
    compare.setEnabled(past is not viewer.past_shown())
    menu.addSeparator()
    menu.addAction(
        icon("ph.stack"), "Open its graph in a new tab", partial(open_graph, studio, past)
    )
    for command in ("viewer.save_as", "viewer.copy"):
        action = studio.actions.action(command)
        line = menu.addAction(icon(action.icon), action.text)
        line.triggered.connect(partial(_shown_then, studio, viewer, past, command))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
    return menu


def _shown_then(
    studio: Studio, viewer: ViewerPanel, past: Past, command: str, _checked: bool = False
) -> None:
    """Show a picture, and give a command once it is there."""
    if past is viewer.past_shown():
        studio.actions.trigger(command)
        return

    def ready() -> None:
        if viewer.past_shown() is past:
            viewer.shown_changed.disconnect(ready)
            studio.actions.trigger(command)

    viewer.shown_changed.connect(ready)
    viewer.show_past(past)


def _save(
    studio: Studio, viewer: ViewerPanel, shown: Shown, graph: Graph | None, path: Path
) -> None:
    work = partial(_written, shown.levels[0], graph, path)
    viewer.pictures.do(work, partial(_said, studio, path))


def _written(pixels: Bytes, graph: Graph | None, path: Path) -> str:
    """Write pixels to a file; returns why that was not possible."""
    try:
        made = _encoded(pixels, path.suffix.lower())
        atomic_write(path, attach(made, write(graph)).data if graph else made)
    except StudioError as error:
        return str(error)
    return ""


def _encoded(pixels: Bytes, suffix: str) -> bytes:
    import cv2

    opaque = suffix == ".jpg" or (pixels[..., 3] == 255).all()
    order = cv2.COLOR_RGBA2BGR if opaque else cv2.COLOR_RGBA2BGRA
    try:
        return cv2.imencode(suffix, cv2.cvtColor(pixels, order))[1].tobytes()
    except cv2.error:
        raise WriteError(f"{suffix or 'no ending'} is no kind of picture", fix="use .png") from None


def _said(studio: Studio, path: Path, wrong: str) -> None:
    if wrong:
        studio.messages.say(wrong, "error")
    else:
        studio.messages.say(f"Saved {path.name}", "success")
