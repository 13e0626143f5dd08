"""Paints what lies under nodes and links: the grid, frames and notes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from studio.canvas.curves import Floats
from studio.canvas.state import Camera, Rect
from studio.ui.canvas.buffers import draw_boxes
from studio.ui.canvas.node_painter import hair
from studio.ui.canvas.sight import Sight
from studio.ui.canvas.texts import Texts
from studio.ui.looks.looks import Looks

if TYPE_CHECKING:
    from studio.canvas.scene import Scene
    from studio.ui.canvas.frame import Frame

_DOT, _MAJOR_DOT = 0.8, 1.1
_NOTE_PAD, _NOTE_LINE, _NOTE_ICON = 12.0, 17.0, 14.0
_NOTE_TITLE = 24.0
_TITLED_FROM = 0.22
_FEW, _ROWS = 4, 32
_WHOLE, _LARGEST, _TILES = 1e-6, 512, 8
"""How close to whole pixels a tile of the grid must be, how large, and how many are held."""
_RING, _RING_GAP = 2.0, 2.0


class Scenery:
    """Paints grid, frames and notes.

    Args:
        looks: Theme and icons.
        texts: Draws texts.
    """

    def __init__(self, looks: Looks, texts: Texts) -> None:
        self._looks = looks
        self._theme = looks.theme
        self._texts = texts
        self._row = lru_cache(_ROWS)(self._drawn_row)
        self._tile = lru_cache(_TILES)(self._drawn_tile)

    def ground(self, painter: QPainter, frame: Frame, sight: Sight) -> None:
        """Paint the canvas itself and the dots of its grid."""
        camera, ratio = frame.camera, frame.ratio
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        around, side = QRectF(0, 0, *frame.size), self._side * camera.zoom * ratio
        if abs(side - round(side)) < _WHOLE and side <= _LARGEST:
            across, down = (round(at * camera.zoom * ratio) / ratio for at in (camera.x, camera.y))
            period = round(side) / ratio
            at = QPointF(across % period, down % period)
            painter.drawTiledPixmap(around, self._tile(camera.zoom, ratio), at)
        else:
            painter.fillRect(around, self._theme.color("bg.canvas"))
            parts = sight.parts if len(sight.parts) <= _FEW else ()
            for part in parts or (sight.around,):
                self._grid(painter, camera, part, ratio)

    @property
    def _side(self) -> float:
        """How far the dots are apart that stand out."""
        tokens = self._theme.tokens["grid"]
        return float(tokens["step"] * tokens["major"])

    def _drawn_tile(self, zoom: float, ratio: float) -> QPixmap:
        """Draw what repeats itself where the dots that stand out lie on whole pixels."""
        side = round(self._side * zoom * ratio)
        tile = QPixmap(side, side)
        tile.fill(self._theme.color("bg.canvas"))
        tile.setDevicePixelRatio(ratio)
        painter = QPainter(tile)
        self._grid(painter, Camera(0.0, 0.0, zoom), (0.0, 0.0, self._side, self._side), ratio)
        painter.end()
        return tile

    def _grid(self, painter: QPainter, camera: Camera, part: Rect, ratio: float) -> None:
        """Paint the dots of the grid; none where they would be too dense."""
        tokens = self._theme.tokens["grid"]
        for pitch, radius, role in (
            (tokens["step"], _DOT, "dot"),
            (self._side, _MAJOR_DOT, "major"),
        ):
            if pitch * camera.zoom >= tokens["min_px"]:
                size = max(round(2 * radius * ratio), 1) / ratio
                xs = _places(part[0], part[2], pitch, camera.x, camera.zoom, size, ratio)
                ys = _places(part[1], part[3], pitch, camera.y, camera.zoom, size, ratio)
                self._dots(painter, xs, ys, size, ratio, role)

    def _dots(
        self, painter: QPainter, xs: Floats, ys: Floats, size: float, ratio: float, role: str
    ) -> None:
        """Paint dots: one row is drawn, and blitted for each of them."""
        left = float(xs[0])
        row = self._row(tuple((xs - left).tolist()), size, ratio, role)
        for y in ys.tolist():
            painter.drawPixmap(QPointF(left, y), row)

    def _drawn_row(
        self, places: tuple[float, ...], size: float, ratio: float, role: str
    ) -> QPixmap:
        row = QPixmap(math.ceil((places[-1] + size) * ratio), max(round(size * ratio), 1))
        row.fill(Qt.GlobalColor.transparent)
        row.setDevicePixelRatio(ratio)
        painter = QPainter(row)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(f"grid.{role}"))
        xs = np.array(places)
        none = np.zeros(len(xs))
        draw_boxes(painter, np.stack([xs, none, xs + size, none + size], 1))
        painter.end()
        return row

    def frames(self, painter: QPainter, scene: Scene, frame: Frame, sight: Sight) -> None:
        """Paint the frames behind their nodes."""
        for number, held in enumerate(scene.graph.view.frames):
            rect = scene.frame_rect(number)
            if _touches(rect, sight.around):
                chosen = number in frame.state.selection.frames
                self._begin(painter, rect, frame)
                self._frame(painter, rect, held.title, held.color or "", frame, chosen=chosen)
                painter.restore()

    def notes(self, painter: QPainter, scene: Scene, frame: Frame, sight: Sight) -> None:
        """Paint the notes."""
        for number, note in enumerate(scene.graph.view.notes):
            rect = scene.note_rect(number)
            if _touches(rect, sight.around):
                chosen = number in frame.state.selection.notes
                self._begin(painter, rect, frame)
                self._note(painter, rect, note.text, frame, chosen=chosen)
                painter.restore()

    def _begin(self, painter: QPainter, rect: Rect, frame: Frame) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(*frame.camera.to_widget(rect[:2]))
        painter.scale(frame.camera.zoom, frame.camera.zoom)

    def _frame(
        self, painter: QPainter, rect: Rect, title: str, color: str, frame: Frame, *, chosen: bool
    ) -> None:
        tokens = self._theme.tokens["frame"]
        hue = color if color in self._theme.colors["frame"] else "slate"
        box = QRectF(0, 0, rect[2] - rect[0], rect[3] - rect[1])
        line = hair(frame.camera.zoom * frame.ratio)
        self._card(painter, box, tokens["radius"], f"frame.{hue}", f"frame_line.{hue}", line)
        if chosen:
            self._ring(painter, box, tokens["radius"])
        if frame.camera.zoom >= _TITLED_FROM:
            room = QRectF(_NOTE_PAD, 0, box.width() - 2 * _NOTE_PAD, tokens["header"])
            primary = self._theme.color("text.primary")
            self._texts.left(painter, title, "title", primary, room, "middle")

    def _note(
        self, painter: QPainter, rect: Rect, text: str, frame: Frame, *, chosen: bool
    ) -> None:
        """Paint a note: a first line with nothing under it is its title."""
        radius = self._theme.radius("card")
        box = QRectF(0, 0, rect[2] - rect[0], rect[3] - rect[1])
        line = hair(frame.camera.zoom * frame.ratio)
        self._card(painter, box, radius, "note.bg", "note.line", line)
        if chosen:
            self._ring(painter, box, radius)
        if frame.camera.zoom < _TITLED_FROM:
            return
        color = self._theme.color("note.text")
        inner = box.adjusted(_NOTE_PAD, _NOTE_PAD, -_NOTE_PAD, -_NOTE_PAD)
        title, break_, rest = text.partition("\n")
        if break_ and title:
            icon = QRectF(inner.left(), inner.top() + 1, _NOTE_ICON, _NOTE_ICON)
            self._looks.icons.paint(painter, icon, "ph.note-bold", color)
            room = QRectF(icon.right() + 6, inner.top(), inner.width() - 20, _NOTE_ICON + 2)
            self._texts.left(painter, title, "title", color, room)
            inner.setTop(inner.top() + _NOTE_TITLE)
            text = rest.lstrip("\n")
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        self._texts.wrapped(painter, text, "label", color, inner, _NOTE_LINE)

    def _card(
        self, painter: QPainter, box: QRectF, radius: float, ground: str, edge: str, line: float
    ) -> None:
        painter.setBrush(self._theme.color(ground))
        painter.setPen(QPen(self._theme.color(edge), line))
        half = line / 2
        painter.drawRoundedRect(box.adjusted(half, half, -half, -half), radius, radius)

    def _ring(self, painter: QPainter, box: QRectF, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("selection"), _RING))
        out = _RING_GAP + _RING / 2
        painter.drawRoundedRect(box.adjusted(-out, -out, out, out), radius + out, radius + out)


def _places(
    first: float, last: float, pitch: float, origin: float, zoom: float, size: float, ratio: float
) -> Floats:
    """Return where dots begin along one side of the widget, on the device's own pixels."""
    numbers = np.arange(math.floor(first / pitch), math.ceil(last / pitch) + 1, dtype=np.float64)
    found: Floats = np.round(((numbers * pitch - origin) * zoom - size / 2) * ratio) / ratio
    return found


def _touches(rect: Rect, seen: Rect) -> bool:
    return bool(
        rect[2] > rect[0]
        and rect[0] <= seen[2] + 4
        and rect[2] >= seen[0] - 4
        and rect[1] <= seen[3] + 4
        and rect[3] >= seen[1] - 4
    )
