"""Small pictures of results for the window, as many as fit into a budget."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtGui import QImage

from studio.engine.events import Thumbnail

BUDGET = 96 * 2**20


def as_image(thumbnail: Thumbnail) -> QImage:
    """Return a small picture for painting; it holds its own bytes."""
    width, height = thumbnail.width, thumbnail.height
    made = QImage(thumbnail.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return made.copy()


class Thumbnails:
    """Pictures by key; those that were not looked at for longest leave first.

    Args:
        budget: Bytes that they may take.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held: OrderedDict[str, QImage] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> QImage | None:
        """Return the picture of a result, if it is held."""
        if key in self._held:
            self._held.move_to_end(key)
        return self._held.get(key)

    def put(self, key: str, image: QImage) -> None:
        """Hold a picture."""
        self._drop(key)
        self._held[key] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > self._budget:
            self._drop(next(iter(self._held)))

    def _drop(self, key: str) -> None:
        image = self._held.pop(key, None)
        self._bytes -= image.sizeInBytes() if image else 0
