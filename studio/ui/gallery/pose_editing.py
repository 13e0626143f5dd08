"""Posing the people of a node by hand, over the picture that they were seen in: one step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from studio.core.skeleton import standing
from studio.core.values import Poses
from studio.core.widgets import Points
from studio.ui.gallery import pose_marks
from studio.ui.gallery.pose_marks import People, read
from studio.ui.gallery.pose_tool import PoseTool
from studio.ui.gallery.shape_edit import ShapeEdit
from studio.ui.gallery.sources import linked, picture_behind

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.gallery.display import Shown
    from studio.ui.session.results import Result

_SIDE = 512
"""Of a hint whose size nothing says."""
_LIKE = 0.02
"""How far shapes of pictures may differ and still be the same."""


class PoseEditing(ShapeEdit[PoseTool]):
    """Opens the people of a node in the viewer, and writes how they were posed."""

    widget = Points
    no_picture = ""

    _poses: Poses | None = None
    _item = _at = 0

    def find(self, document: Document) -> None:
        """Look for the poses that are linked to the node."""
        viewer, session = self.viewer, self.studio.session
        assert viewer is not None
        self._item = viewer.shown[2] if viewer.shown else 0
        end = linked(document.scene, session.spec_of(document), self.node, "Poses")
        key = session.key(document, document.prefix + end[0]) if end else ""
        if end and key:
            wanted = (key, end[1], self._item)
            viewer.pictures.result(wanted, partial(self._fetched, self.node))
        else:
            self._read(self.node, 0, None)

    def begin(self, shown: Shown | None) -> None:
        """Pose people over the picture, or on a dark ground in the size of the node."""
        size = self._size()
        if shown is None or not _alike(shown.size, self._poses.size if self._poses else size):
            shown, there = self.ground(), size
        else:
            there = shown.size
        found = self._found(there)
        people = pose_marks.from_edits(self._held(), there) or found
        tool = PoseTool(self.studio.looks, people, found, there, self)
        self.open(shown, tool, None if shown.size == there else there)

    def keep(self, tool: PoseTool) -> None:
        """Give the node its people; those that were found need no edits."""
        people, size = tool.people, tool.size
        if not tool.steps.can_undo or people == tool.first:
            return
        made = [] if people == tool.found else pose_marks.as_edits(people, size)
        self.writer("Edit pose")(made)

    def _fetched(self, node: str, at: int, result: Result | None) -> None:
        assert self.viewer is not None
        self.viewer.pictures.do(partial(read, result), partial(self._read, node, at))

    def _read(self, node: str, at: int, poses: Poses | None) -> None:
        """Take the poses, and bring the picture that they were seen in."""
        document = self.document
        if document is None or not self.mine(node):
            return  # something else is edited by now
        self._poses, self._at = poses, at
        spec_of = self.studio.session.spec_of(document)
        self.bring(picture_behind(document.scene, spec_of, self.node), self._item)

    def _found(self, size: tuple[int, int]) -> People:
        """Return the people that are there without edits: the linked ones, or one who stands."""
        if self._poses:
            return pose_marks.from_poses(self._poses, self._at, size)
        return (standing(*size),)

    def _held(self) -> Any:
        """Return the people that the node has; none where nobody can read them."""
        value = self.value or ()
        try:
            return () if Points().problem(value) else value
        except (TypeError, ValueError):
            return ()

    def _size(self) -> tuple[int, int]:
        """Return how large the hint will be."""
        assert self.document is not None
        params = self.document.scene.nodes[self.node].params
        given = self._poses.size if self._poses else (_SIDE, _SIDE)
        width, height = (params.get(name) for name in ("width", "height"))
        return (
            width if isinstance(width, int) and width > 0 else given[0],
            height if isinstance(height, int) and height > 0 else given[1],
        )


def _alike(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two sizes have the same shape."""
    return abs(size[0] * other[1] / max(size[1] * other[0], 1) - 1) <= _LIKE
