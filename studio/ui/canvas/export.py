"""A picture of the whole graph, without a window: PNG or SVG, painted a little at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from studio.canvas.state import Camera
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.outlines import outlined

if TYPE_CHECKING:
    from studio.canvas.scene import Scene
    from studio.ui.canvas.painter import Painter

MARGIN = 40.0
SCALE = 2.0
_MOST_PIXELS = 64_000_000
"""A picture of 256 MB; larger graphs are drawn smaller."""


class Page(ABC):
    """A picture of a graph in the making. Made and read in any thread, painted in the window's.

    Args:
        scene: What is drawn; nobody else's.
        painter: Draws it, in its theme.
        frame: All of it.
    """

    def __init__(self, scene: Scene, painter: Painter, frame: Frame) -> None:
        self._scene, self._painter, self._frame = scene, painter, frame

    def paint(self) -> Iterator[float]:
        """Paint a little at each step, which tells the share that is done."""
        self._brush = self._begun()
        try:
            yield from self._painter.on_page(self._brush, self._scene, self._frame)
        except GeneratorExit:
            self._brush.end()
            raise

    def content(self) -> bytes:
        """Return the file, once everything is painted."""
        self._brush.end()
        return self._packed()

    @abstractmethod
    def _packed(self) -> bytes:
        """Return the file."""

    @abstractmethod
    def _begun(self) -> QPainter:
        """Return what paints on the page."""


class PngPage(Page):
    """A PNG.

    Args:
        scene: What is drawn.
        painter: Draws it.
        scale: Pixels for one unit of the canvas; less where that would be too many.
    """

    def __init__(self, scene: Scene, painter: Painter, scale: float = SCALE) -> None:
        frame = _frame(scene, scale)
        wide, high = frame.size
        least = (_MOST_PIXELS / max(wide * high, 1.0)) ** 0.5
        super().__init__(scene, painter, frame if least >= 1 else _frame(scene, scale * least))
        self._image = QImage(_size(self._frame), QImage.Format.Format_RGB32)
        # As `QImage.fill` does, but other threads go on meanwhile.
        np.frombuffer(self._image.bits(), np.uint32)[:] = painter.theme.color("bg.canvas").rgb()

    def _packed(self) -> bytes:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._image.save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(buffer.data().data())

    def _begun(self) -> QPainter:
        return QPainter(self._image)


class SvgPage(Page):
    """An SVG; the pictures in it are pixels, its texts are shapes.

    Args:
        scene: What is drawn.
        painter: Draws it.
    """

    def __init__(self, scene: Scene, painter: Painter) -> None:
        super().__init__(scene, painter, _frame(scene, 1.0))
        self._held = QByteArray()

    def _packed(self) -> bytes:
        return outlined(bytes(self._held.data()).decode()).encode()

    def _begun(self) -> QPainter:
        from PySide6.QtSvg import QSvgGenerator

        self._buffer, self._generator = QBuffer(self._held), QSvgGenerator()
        self._generator.setOutputDevice(self._buffer)
        self._generator.setSize(_size(self._frame))
        around = QRectF(0, 0, *self._frame.size)
        self._generator.setViewBox(around)
        page = QPainter(self._generator)
        page.fillRect(around, self._painter.theme.color("bg.canvas"))
        return page


def _frame(scene: Scene, zoom: float) -> Frame:
    left, top, right, bottom = scene.bounds() or (0.0, 0.0, 0.0, 0.0)
    size = ((right - left + 2 * MARGIN) * zoom, (bottom - top + 2 * MARGIN) * zoom)
    return Frame(Camera(left - MARGIN, top - MARGIN, zoom), size)


def _size(frame: Frame) -> QSize:
    return QSize(*map(round, frame.size))
