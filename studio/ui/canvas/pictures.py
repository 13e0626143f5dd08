"""Thumbnails at the size in which they are painted, scaled in a thread, with round corners."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QBrush, QImage, QPainter

from studio.ui.threads.later import Later

BUDGET = 64 * 2**20
_STEP = math.sqrt(2)


class Pictures(QObject):
    """Scales the pictures of nodes.

    Args:
        source: Gives the picture of a node, if it is held.
        pool: Threads that scale.
        parent: Owner in Qt's tree.
    """

    ready = Signal(str)
    """Node whose picture can be painted now, or painted sharper."""

    def __init__(
        self, source: Callable[[str], QImage | None], pool: QThreadPool,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._source = source
        self._later = Later(self, pool)
        self._held: OrderedDict[tuple[str, int], QImage] = OrderedDict()
        self._last: dict[str, int] = {}
        self._bytes = 0
        self._asked: set[tuple[str, int, int]] = set()

    @property
    def busy(self) -> bool:
        """Whether some are being scaled."""
        return bool(self._asked)

    def get(self, node: str, number: int, width: float, radius: float) -> QImage | None:
        """Return a picture about as wide as asked for.

        Until that is there, it is another size, or the node's picture before, so that previews
        that follow each other do not flicker; else none.

        Args:
            node: Whose it is.
            number: Which of its pictures.
            width: In device pixels.
            radius: Of the corners, as a share of the width.
        """
        held = self._held.get((node, number))
        wanted = step_of(width)
        if (held is None or held.width() < wanted) and (node, number, wanted) not in self._asked:
            self._ask(node, number, wanted, radius, held)
        if held is None:
            return self._held.get((node, self._last.get(node, number)))
        self._held.move_to_end((node, number))
        return held

    def now(self, node: str, width: float, radius: float) -> QImage | None:
        """Return a picture scaled here and now, for a page."""
        image = self._source(node)
        return None if image is None else rounded(image, step_of(width), radius)

    def clear(self) -> None:
        """Forget all."""
        self._held.clear()
        self._last.clear()
        self._bytes = 0

    def _ask(self, node: str, number: int, width: int, radius: float, held: QImage | None) -> None:
        image = self._source(node)
        if image is None or (held is not None and held.width() >= image.width()):
            return
        self._asked.add((node, number, width))
        self._later.do(partial(rounded, image, width, radius), partial(self._take, node, number))

    def _take(self, node: str, number: int, image: QImage) -> None:
        self._asked = {asked for asked in self._asked if asked[:2] != (node, number)}
        before = self._held.pop((node, number), None)
        self._bytes += image.sizeInBytes() - (before.sizeInBytes() if before else 0)
        self._held[node, number] = image
        self._last[node] = number
        while self._bytes > BUDGET and len(self._held) > 1:
            _, gone = self._held.popitem(last=False)
            self._bytes -= gone.sizeInBytes()
        self.ready.emit(node)


def step_of(width: float) -> int:
    """Return the width of the next of the sizes that are made; each is 1.4 times another."""
    return math.ceil(_STEP ** math.ceil(math.log(max(width, 8.0), _STEP) - 1e-9))


def rounded(image: QImage, width: int, radius: float) -> QImage:
    """Return a picture scaled down, with round corners.

    Args:
        image: The picture.
        width: Largest width.
        radius: Of the corners, as a share of the width.
    """
    wide = min(width, image.width())
    high = max(round(image.height() * wide / image.width()), 1)
    size = QSize(wide, high)
    mode = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
    made = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(small))
    painter.drawRoundedRect(QRectF(0, 0, wide, high), radius * wide, radius * wide)
    painter.end()
    return made
