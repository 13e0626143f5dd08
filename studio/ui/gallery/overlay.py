"""Detections over the picture that they were found in, in the viewer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QPainter, QTransform

from studio.core.boxes import NO_EDITS, BoxEdits, box_edits
from studio.core.values import Detections
from studio.core.widgets import Boxes
from studio.ui.gallery.box_marks import Mark, chosen_marks, inside, marks, read
from studio.ui.gallery.box_paint import paint_marks
from studio.ui.gallery.sources import End

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.gallery.following import Following
    from studio.ui.gallery.picture_view import PictureView
    from studio.ui.gallery.pictures import Pictures, Wanted
    from studio.ui.session.results import Result
    from studio.ui.studio import Studio


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be seen: detections of a picture, those before them, and how both are at it."""

    item: int
    found: End
    before: End | None
    edits: BoxEdits
    states: tuple[str, ...]


class Overlay(QObject):
    """Paints the detections of what the viewer is for.

    Where a node chooses among detections, those that it leaves out are faint; until it has run,
    those that were unticked by hand.

    Args:
        studio: What the window shares.
        view: Over whose picture.
        following: Which source is shown.
        pictures: Brings results.

    Attributes:
        marks: What is seen.
    """

    def __init__(
        self, studio: Studio, view: PictureView, following: Following, pictures: Pictures
    ) -> None:
        super().__init__(view)
        self._studio, self._view = studio, view
        self._following, self._pictures = following, pictures
        self._shown: Wanted | None = None
        self.marks: tuple[Mark, ...] = ()
        self._size = 1, 1
        self._wanted: _Wanted | None = None
        view.over = self
        following.changed.connect(self.refresh)
        following.touched.connect(self.refresh)
        studio.session.states_changed.connect(self._happened)
        studio.session.result.connect(self._made)

    def follow(self, shown: Wanted | None) -> None:
        """Lie over another picture, or none."""
        self._shown = shown
        self.refresh()

    def refresh(self) -> None:
        """Bring what is to be seen now, if that is something else."""
        wanted = self._now()
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if wanted is None:
            self._take((), (1, 1))
        else:
            # A result that is not up to date says less than what it would be chosen from.
            old = wanted.before is not None and wanted.states[0] == "stale"
            found = None if old else wanted.found
            self._bring(wanted, found, partial(self._found, wanted))

    def opened(self, place: QPointF) -> bool:
        """Edit the boxes if a place is in one of them; says whether it was."""
        return self._hit(place) and self._studio.actions.trigger("node.edit_boxes")

    def paint(self, painter: QPainter, turned: QTransform) -> None:
        """Paint over the picture, whose pixels are turned into those of the view."""
        side = self._view.a
        if self.marks and side:
            across, down = side.size[0] / self._size[0], side.size[1] / self._size[1]
            scaled = QTransform.fromScale(across, down) * turned
            paint_marks(painter, self._studio.looks, scaled, self.marks)

    # --- Inside ---

    def _hit(self, place: QPointF) -> bool:
        side = self._view.a
        if side is None:
            return False
        x, y = place.x() * self._size[0] / side.size[0], place.y() * self._size[1] / side.size[1]
        return inside(self.marks, x, y) is not None

    def _now(self) -> _Wanted | None:
        """Return what is to be seen; ``None`` over what is not the picture they belong to."""
        shown, session = self._shown, self._studio.session
        document, source = self._studio.documents.current, self._following.source
        if document is None or source is None or source.found is None or shown is None:
            return None
        if shown[:2] != (session.key(document, source.node), source.output):
            return None
        ends = [end for end in (source.found, source.before) if end]
        keyed = [(session.key(document, node), output) for node, output in ends]
        states = tuple(session.state(document, node).kind for node, _ in ends)
        edits = self._edits(document, source.found[0])
        return _Wanted(shown[2], keyed[0], (*keyed, None)[1], edits, states)

    def _edits(self, document: Document, node: str) -> BoxEdits:
        """Return what was edited by hand in a node of what is shown."""
        name = node.removeprefix(document.prefix)
        used = document.scene.nodes.get(name)
        spec = self._studio.session.spec_of(document)(used.type) if used else None
        for item in spec.inputs if spec else ():
            if isinstance(item.widget, Boxes) and used:
                return edits_of(used.params.get(item.name))
        return NO_EDITS

    def _bring(self, wanted: _Wanted, end: End | None, take: Any) -> None:
        """Bring detections; nothing where there are none any more."""

        def fetched(place: int, result: Result | None) -> None:
            self._pictures.do(partial(read, result), partial(take, place))

        if end is None or not end[0]:
            take(0, None)
        else:
            self._pictures.result((*end, wanted.item), fetched)

    def _found(self, wanted: _Wanted, place: int, found: Detections | None) -> None:
        if wanted.before is None and found is None:
            self._join(wanted, place, None, 0, None)
        else:
            self._bring(wanted, wanted.before, partial(self._join, wanted, place, found))

    def _join(
        self, wanted: _Wanted, place: int, found: Detections | None,
        at: int, before: Detections | None,
    ) -> None:  # fmt: skip
        if wanted != self._wanted:
            return  # something else is wanted by now
        if found:
            self._take(chosen_marks(found, before, place), found.size)
        elif before:
            # Those made for other detections do not count until somebody takes them over.
            fits = wanted.edits.made_for in ("", before.key)
            self._take(marks(before, at, wanted.edits if fits else NO_EDITS), before.size)
        else:
            self._take((), (1, 1))

    def _take(self, seen: tuple[Mark, ...], size: tuple[int, int]) -> None:
        self.marks, self._size = seen, size
        view = self._view
        view.setAccessibleDescription(described(seen))
        view.update()

    def _made(self, document: Document, node: str) -> None:
        """Look again when detections were made: they may have been asked for too early."""
        source = self._following.source
        if source and node in {end[0] for end in (source.found, source.before) if end}:
            self._wanted = None
        self._happened(document, node)

    def _happened(self, document: Document, _nodes: object) -> None:
        if document is self._studio.documents.current:
            self.refresh()


def edits_of(value: Any) -> BoxEdits:
    """Return the edits that a node has; none where nobody can read them."""
    try:
        return box_edits(value or {})
    except (TypeError, ValueError):
        return NO_EDITS


def described(seen: tuple[Mark, ...]) -> str:
    """Return boxes in words, for those who cannot see them."""
    texts = [mark.text if mark.is_on else f"{mark.text}, unticked" for mark in seen]
    return f"{len(texts)} boxes: {'; '.join(texts)}" if texts else ""
