"""Painting a mask for a node, from its picture to the file that its graph keeps: one step."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QWidget

from studio.core.errors import StudioError
from studio.core.widgets import FileRef, Paint
from studio.roots import roots
from studio.ui.gallery.display import Shown
from studio.ui.gallery.mask_bar import MaskBar
from studio.ui.gallery.mask_tool import MaskTool
from studio.ui.gallery.picture_edit import PictureEdit
from studio.ui.gallery.sources import taken_in
from studio.ui.gallery.strokes import Mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.ui.documents.document import Document


class Painting(PictureEdit[MaskTool]):
    """Opens the mask tool in the viewer, and writes what was painted."""

    widget = Paint
    no_picture = "There is no picture to paint on yet; run the graph up to this node first."

    def find(self, document: Document) -> None:
        """Look for the picture that is linked to the node."""
        spec_of, scene = self.studio.session.spec_of(document), document.scene
        found = (
            taken_in(scene, spec_of, self.node, link.input) for link in scene.links_to(self.node)
        )
        source = next((item for item in found if item and item.kind == "Image"), None)
        self.bring(source)

    def prepare(self, shown: Shown) -> None:
        """Read the mask that the node has."""
        assert self.viewer is not None
        read = partial(_painted, self._file(), shown.size)
        self.viewer.pictures.do(read, partial(self._begin, shown))

    def made_bar(self, tool: MaskTool, parent: QWidget) -> QWidget:
        """Make what stands below the picture."""
        return MaskBar(self.studio, tool, parent)

    def keep(self, tool: MaskTool) -> None:
        """Keep the mask with the graph; nothing painted is no step."""
        if tool.painting.can_undo and self.viewer and self.document:
            kept = partial(_kept, self.document, tool.painting.mask.copy())
            self.viewer.pictures.do(kept, partial(self._write, self.writer("Paint mask")))

    def _begin(self, shown: Shown, mask: Mask) -> None:
        self.open(shown, MaskTool(self.studio.looks, mask, self))

    def _write(self, write: Callable[[object], None], made: FileRef | StudioError) -> None:
        if isinstance(made, StudioError):
            self.studio.messages.say(str(made), "error")
        else:
            write(made)

    def _file(self) -> Path | None:
        """Return the file of the mask that the node has."""
        assert self.document is not None
        value = self.value
        ref = FileRef(value["path"]) if isinstance(value, dict) and value.get("path") else value
        if not isinstance(ref, FileRef) or not ref.path:
            return None
        found = roots(self.studio.paths, self.studio.preferences.settings, self.document.base)
        try:
            return found.place(ref)
        except StudioError:
            return None


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
