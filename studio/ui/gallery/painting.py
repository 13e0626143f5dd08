"""Painting a mask for a node, from its picture to the file that its graph keeps: one step."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from studio.core.errors import StudioError
from studio.core.widgets import FileRef, Paint
from studio.roots import roots
from studio.ui.gallery.display import Shown
from studio.ui.gallery.mask_bar import MaskBar
from studio.ui.gallery.mask_tool import MaskTool
from studio.ui.gallery.sources import Source, taken_in
from studio.ui.gallery.strokes import Mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.core.spec import Input
    from studio.ui.document import Document
    from studio.ui.gallery.viewer import ViewerPanel
    from studio.ui.studio import Studio

_NO_PICTURE = "There is no picture to paint on yet; run the graph up to this node first."


class Painting(QObject):
    """Opens the mask tool in the viewer, and writes what was painted.

    Args:
        studio: What the window shares.
        show: Brings the viewer to the front and returns it.
        parent: Owner in Qt's tree.

    Attributes:
        tool: The tool while a mask is painted.
    """

    changed = Signal()
    """Painting began or ended."""

    def __init__(
        self, studio: Studio, show: Callable[[], ViewerPanel], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._show = studio, show
        self.tool: MaskTool | None = None
        self.bar: MaskBar | None = None
        self._viewer: ViewerPanel | None = None
        self._document: Document | None = None
        self._node = self._name = ""
        self._trail: tuple[str, ...] = ()
        studio.documents.current_changed.connect(self._another)

    # --- Beginning ---

    def can_start(self) -> bool:
        """Whether a node with a painted mask is chosen."""
        return self.tool is None and self._chosen() is not None

    def start(self) -> None:
        """Open the tool over the picture of the chosen node."""
        chosen, document = self._chosen(), self._studio.documents.current
        if chosen is None or document is None:
            return
        self._document, self._trail = document, document.trail
        self._node, item = chosen
        self._name = item.name
        viewer = self._viewer = self._show()
        source = self._picture(viewer, document)
        key = self._studio.session.key(document, source.node) if source else ""
        if source and key:
            viewer.pictures.ask((key, source.output, 0), self._arrived)
        else:
            self._arrived(None)

    def _chosen(self) -> tuple[str, Input] | None:
        """Return the chosen node and its parameter for a painted mask."""
        document = self._studio.documents.current
        if document is None:
            return None
        spec_of, nodes = self._studio.session.spec_of(document), document.scene.nodes
        for node in (document.state.focus, *document.state.selection.nodes):
            spec = spec_of(nodes[node].type) if node in nodes else None
            for item in spec.inputs if spec else ():
                if isinstance(item.widget, Paint):
                    return node, item
        return None

    def _picture(self, viewer: ViewerPanel, document: Document) -> Source | None:
        """Return the picture that is linked to the node."""
        spec_of, scene = self._studio.session.spec_of(document), document.scene
        for link in scene.links_to(self._node):
            found = taken_in(scene, spec_of, self._node, link.input)
            if found and found.kind == "Image":
                return viewer.following.inside(document, found)
        return None

    def _arrived(self, shown: Shown | None) -> None:
        """Paint over the picture of the node, or else over what is shown."""
        viewer = self._viewer
        if viewer is None or self._document is not self._studio.documents.current:
            return
        if shown is None and viewer.shown:
            shown = viewer.pictures.get(viewer.shown)
        if shown is None:
            self._studio.messages.say(_NO_PICTURE, "warning")
            return
        viewer.pictures.do(partial(_painted, self._file(), shown.size), partial(self._open, shown))

    def _file(self) -> Path | None:
        """Return the file of the mask that the node has."""
        assert self._document is not None
        value = self._document.scene.nodes[self._node].params.get(self._name)
        ref = FileRef(value["path"]) if isinstance(value, dict) and value.get("path") else value
        if not isinstance(ref, FileRef) or not ref.path:
            return None
        found = roots(self._studio.paths, self._studio.preferences.settings, self._document.base)
        try:
            return found.place(ref)
        except StudioError:
            return None

    def _open(self, shown: Shown, mask: Mask) -> None:
        viewer = self._viewer
        if viewer is None or self.tool or self._document is not self._studio.documents.current:
            return
        self.tool = MaskTool(self._studio.looks, mask, self)
        self.bar = MaskBar(self._studio, self.tool, viewer.body)
        self.tool.touched.connect(viewer.view.redraw)
        viewer.body.installEventFilter(self)
        viewer.begin_painting(self.tool, self.bar, shown)
        self.tool.changed.connect(self._studio.actions.refresh)
        self.changed.emit()

    # --- Ending ---

    def done(self) -> None:
        """Keep the mask with the graph, as one step; nothing painted is no step."""
        tool, document, viewer = self.tool, self._document, self._viewer
        if tool is None or document is None or viewer is None:
            return
        if tool.painting.can_undo:
            keep = partial(_kept, document, tool.painting.mask.copy())
            viewer.pictures.do(
                keep, partial(self._write, document, self._trail, self._node, self._name)
            )
        self.cancel()

    def cancel(self) -> None:
        """Leave without a trace."""
        tool, viewer, bar = self.tool, self._viewer, self.bar
        if tool is None or viewer is None or bar is None:
            return
        self.tool = self.bar = None
        viewer.body.removeEventFilter(self)
        viewer.end_painting(bar)
        bar.deleteLater()
        tool.deleteLater()
        self._studio.actions.refresh()
        self.changed.emit()

    def _write(
        self, document: Document, trail: tuple[str, ...], node: str, name: str,
        made: FileRef | StudioError,
    ) -> None:  # fmt: skip
        """Give the node its mask, wherever the user is by now."""
        if isinstance(made, StudioError):
            self._studio.messages.say(str(made), "error")
        elif document.trail == trail and node in document.scene.nodes:
            document.edit_scene("Paint mask", document.scene.with_param(node, name, made))
        else:
            self._studio.messages.say("The node of the painted mask is gone.", "warning")

    def _another(self, document: Document | None) -> None:
        if document is not self._document:
            self.cancel()

    # --- Keys ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean the mask while it is painted, such as undo."""
        if self.tool is None or not isinstance(event, QKeyEvent):
            return False
        does = self._keys(event)
        if does and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if does and event.type() == QEvent.Type.KeyPress:
            does()
            return True
        return False

    def _keys(self, event: QKeyEvent) -> Callable[[], object] | None:
        tool, chords = self.tool, self._studio.actions.chords
        assert tool is not None
        written = QKeySequence(event.keyCombination()).toString()
        if written in chords("edit.undo"):
            return tool.undo
        if written in chords("edit.redo"):
            return tool.redo
        ends = {
            Qt.Key.Key_Escape: self.cancel,
            Qt.Key.Key_Return: self.done,
            Qt.Key.Key_Enter: self.done,
        }
        return ends.get(Qt.Key(event.key()))


def _painted(path: Path | None, size: tuple[int, int]) -> Mask:
    """Read the mask that a node has, in the size of its picture; empty when there is none."""
    import cv2

    width, height = size
    data = np.fromfile(path, np.uint8) if path and path.is_file() else None
    read = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data is not None and data.size else None
    if read is None:
        return np.zeros((height, width), np.uint8)
    if read.shape != (height, width):
        read = cv2.resize(read, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(read, np.uint8)


def _kept(document: Document, mask: Mask) -> FileRef | StudioError:
    """Write a mask beside its graph, as a grey picture."""
    import cv2

    try:
        return document.add_asset(cv2.imencode(".png", mask)[1].tobytes(), ".png")
    except StudioError as error:
        return error
