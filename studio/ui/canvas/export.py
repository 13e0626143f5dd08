"""A picture of the whole graph, without a window: PNG or SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from studio.canvas.state import Camera
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.outlines import outlined
from studio.ui.canvas.painter import Painter
from studio.ui.canvas.sight import Sight

if TYPE_CHECKING:
    from studio.canvas.scene import Scene

MARGIN = 40.0
SCALE = 2.0
_MOST_PIXELS = 64_000_000
"""A picture of 256 MB; larger graphs are drawn smaller."""


def export_png(scene: Scene, painter: Painter, scale: float = SCALE) -> bytes:
    """Return the graph as a PNG.

    Args:
        scene: What is drawn.
        painter: Draws it, in its theme.
        scale: Pixels for one unit of the canvas; less where that would be too many.
    """
    frame = _frame(scene, scale)
    wide, high = frame.size
    least = (_MOST_PIXELS / max(wide * high, 1.0)) ** 0.5
    if least < 1:
        frame = _frame(scene, scale * least)
        wide, high = frame.size
    image = QImage(QSize(round(wide), round(high)), QImage.Format.Format_RGB32)
    image.fill(painter.theme.color("bg.canvas"))
    _draw(QPainter(image), scene, painter, frame)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def export_svg(scene: Scene, painter: Painter) -> bytes:
    """Return the graph as an SVG; the pictures in it are pixels, its texts are shapes."""
    from PySide6.QtSvg import QSvgGenerator

    frame = _frame(scene, 1.0)
    wide, high = frame.size
    held = QByteArray()
    buffer = QBuffer(held)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(round(wide), round(high)))
    generator.setViewBox(QRectF(0, 0, wide, high))
    page = QPainter(generator)
    page.fillRect(QRectF(0, 0, wide, high), painter.theme.color("bg.canvas"))
    _draw(page, scene, painter, frame)
    return outlined(bytes(held.data()).decode()).encode()


def _frame(scene: Scene, zoom: float) -> Frame:
    left, top, right, bottom = scene.bounds() or (0.0, 0.0, 0.0, 0.0)
    size = ((right - left + 2 * MARGIN) * zoom, (bottom - top + 2 * MARGIN) * zoom)
    return Frame(Camera(left - MARGIN, top - MARGIN, zoom), size)


def _draw(page: QPainter, scene: Scene, painter: Painter, frame: Frame) -> None:
    painter.on_page(page, scene, frame, Sight(frame.camera.seen(*frame.size)))
    page.end()
