"""Editing the boxes of a node by hand, over the picture that they were found in: one step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.core.values import Detections
from studio.core.widgets import Boxes
from studio.ui.gallery.box_marks import read
from studio.ui.gallery.box_tool import BoxTool
from studio.ui.gallery.overlay import edits_of
from studio.ui.gallery.shape_edit import ShapeEdit
from studio.ui.gallery.sources import Source

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.gallery.display import Shown
    from studio.ui.session.results import Result


class BoxEditing(ShapeEdit[BoxTool]):
    """Opens the boxes that are linked to a node in the viewer, and writes what was edited."""

    widget = Boxes
    no_picture = "Nothing was found yet that could be edited; run the graph up to this node first."

    _source: Source | None = None
    _found: Detections | None = None
    _item = _at = 0

    def find(self, document: Document) -> None:
        """Look for the detections that are linked to the node, of the picture that is shown."""
        viewer = self.viewer
        assert viewer is not None
        source = self._source = viewer.following.of(document, self.node)
        self._item = viewer.shown[2] if viewer.shown and viewer.following.source == source else 0
        before = source.before if source else None
        session = self.studio.session
        key = session.key(document, before[0]) if before else ""
        if before and key and session.state(document, before[0]).kind != "stale":
            wanted = (key, before[1], self._item)
            viewer.pictures.result(wanted, partial(self._fetched, self.node))
        else:
            self._read(self.node, 0, None)

    def begin(self, shown: Shown | None) -> None:
        """Work on the picture, or on a dark ground when nobody has it any more."""
        found = self._found
        if found:
            tool = BoxTool(self.studio.looks, found, edits_of(self.value), self._at, self)
            same = shown is not None and shown.size == found.size
            self.open(shown or self.ground(), tool, None if same else found.size)

    def keep(self, tool: BoxTool) -> None:
        """Give the node the edits; the same ones are no step."""
        if tool.kept != edits_of(self.value):
            self.writer("Edit boxes")(tool.kept.as_data())

    def _fetched(self, node: str, at: int, result: Result | None) -> None:
        assert self.viewer is not None
        self.viewer.pictures.do(partial(read, result), partial(self._read, node, at))

    def _read(self, node: str, at: int, found: Detections | None) -> None:
        """Take what was found, and bring its picture."""
        if not self.mine(node):
            return  # something else is edited by now
        self._found, self._at = found, at
        if found is None:
            self.studio.messages.say(self.no_picture, "warning")
        elif self._source and self.viewer and self.document:
            key = self.studio.session.key(self.document, self._source.node)
            self.viewer.pictures.ask((key, self._source.output, self._item), self.arrived)
