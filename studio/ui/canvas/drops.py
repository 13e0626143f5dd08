"""What is dragged onto the canvas from elsewhere: node types, graph files, pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMenu

from studio.canvas.edits import links, nodes
from studio.canvas.state import NOTHING, Hit, Point, Selection
from studio.core.errors import StudioError
from studio.core.spec import Input, NodeSpec
from studio.core.widgets import FilePath
from studio.facts.graph_files import is_picture
from studio.ui.mimes import MODEL_MIME, NODE_MIME

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget
    from studio.ui.documents.document import Document

_GRAPH_ENDING = ".json"
_STEP = 40.0
"""How far apart several pictures are put."""


def welcome(canvas: CanvasWidget, event: QDragEnterEvent) -> None:
    """Take what can be dropped here."""
    if _spec_in(canvas, event) or _files_in(event):
        event.acceptProposedAction()


def follow(canvas: CanvasWidget, event: QDragMoveEvent) -> None:
    """Show the node that would be replaced, or the link that would be divided."""
    canvas.stage.hover(_target(canvas, event) if _spec_in(canvas, event) else NOTHING)
    event.acceptProposedAction()


def drop(canvas: CanvasWidget, event: QDropEvent) -> None:
    """Add a node, replace one, or bring in files."""
    spec = _spec_in(canvas, event)
    at = canvas.camera.to_canvas((event.position().x(), event.position().y()))
    hit = _target(canvas, event)
    canvas.stage.hover(NOTHING)
    canvas.setFocus()
    event.acceptProposedAction()
    if spec:
        _add(canvas, spec, at, hit, _params_in(event))
    else:
        _bring(canvas, _files_in(event), at)


def _target(canvas: CanvasWidget, event: QDropEvent) -> Hit:
    pixel = event.position()
    hit = canvas.scene.hit(canvas.camera.to_canvas((pixel.x(), pixel.y())), canvas.camera.zoom)
    return hit if hit.node or hit.link else NOTHING


def _spec_in(canvas: CanvasWidget, event: QDropEvent) -> NodeSpec | None:
    if canvas.document is None or not event.mimeData().hasFormat(NODE_MIME):
        return None
    name = bytes(event.mimeData().data(NODE_MIME).data()).decode("utf-8", "replace")
    return canvas.stage.spec_of(name)


def _files_in(event: QDropEvent) -> list[Path]:
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return [path for path in paths if is_picture(path) or path.suffix.lower() == _GRAPH_ENDING]


def _params_in(event: QDropEvent) -> dict[str, Any]:
    """Return the parameters that a node of what is dragged has; a model brings its file."""
    if not event.mimeData().hasFormat(MODEL_MIME):
        return {}
    with suppress(ValueError, KeyError, TypeError):
        told = json.loads(bytes(event.mimeData().data(MODEL_MIME).data()))
        return {str(told["name"]): told["value"]}
    return {}


def _add(
    canvas: CanvasWidget, spec: NodeSpec, at: Point, hit: Hit, params: Mapping[str, Any]
) -> None:
    stage = canvas.stage
    if hit.node:
        found, lost = nodes.replaced(stage.graph, hit.node, spec, stage.spec_of)
        for name, value in params.items():
            found = found.with_param(hit.node, name, value)
        stage.edit(f"Replace with {spec.title}", found)
        if lost:
            stage.say(f"{len(lost)} links found no place on {spec.title}")
        return
    found, node = nodes.added(stage.graph, spec, at)
    for name, value in params.items():
        found = found.with_param(node, name, value)
    if hit.link:
        found = links.inserted(found, node, hit.link, stage.spec_of) or found
    stage.edit(f"Add {spec.title}", found)
    stage.select(Selection(frozenset({node})))


def _bring(canvas: CanvasWidget, paths: list[Path], at: Point) -> None:
    pictures = [path for path in paths if is_picture(path)]
    for path in paths:
        if path not in pictures:
            open_graph(canvas, path)
    if pictures:
        _ask(canvas, pictures, at)


def _ask(canvas: CanvasWidget, pictures: list[Path], at: Point) -> None:
    """Ask whether pictures shall be loaded, or the graphs that made them opened."""
    menu = QMenu(canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    many = "pictures" if len(pictures) > 1 else "picture"
    load = menu.addAction(canvas.studio.looks.icon("ph.image"), f"Load {many} into this graph")
    load.triggered.connect(partial(load_pictures, canvas, pictures, at))
    open_ = menu.addAction(canvas.studio.looks.icon("ph.stack"), "Open the graph inside")
    open_.triggered.connect(partial(_open_graphs, canvas, pictures))
    pixel = canvas.camera.to_widget(at)
    menu.popup(canvas.mapToGlobal(QPoint(round(pixel[0]), round(pixel[1]))))


def load_pictures(
    canvas: CanvasWidget, pictures: list[Path], at: Point, _checked: bool = False
) -> None:
    """Add nodes that read pictures, as one step."""
    stage, graph = canvas.stage, canvas.stage.graph
    new: list[str] = []
    for place, path in enumerate(pictures):
        reader = _reader(canvas, path)
        if reader is None:
            stage.say(f"No node reads {path.name}")
            continue
        spec, item = reader
        canvas.studio.session.grant(str(path))
        graph, node = nodes.added(graph, spec, (at[0] + place * _STEP, at[1] + place * _STEP))
        graph = graph.with_param(node, item.name, {"path": path.as_posix()})
        new.append(node)
    if new:
        stage.edit("Load picture", graph)
        stage.select(Selection(frozenset(new)))


def open_graph(canvas: CanvasWidget, path: Path) -> None:
    """Open a graph file, or the graph in a picture, in a tab."""
    canvas.studio.documents.open_later(path, partial(_opened, canvas))


def _open_graphs(canvas: CanvasWidget, pictures: list[Path], _checked: bool = False) -> None:
    for path in pictures:
        open_graph(canvas, path)


def _opened(canvas: CanvasWidget, found: Document | StudioError) -> None:
    if isinstance(found, StudioError):
        canvas.studio.messages.say(str(found), "error")


def _reader(canvas: CanvasWidget, path: Path) -> tuple[NodeSpec, Input] | None:
    """Return the first node type that reads such a file, and the input that names it."""
    ending = path.suffix.lower()
    for spec in canvas.studio.registry.specs.values():
        for item in spec.inputs:
            widget = item.widget
            if isinstance(widget, FilePath) and not widget.output and ending in widget.suffixes:
                return spec, item
    return None
