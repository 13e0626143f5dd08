"""Hands and fingers on the canvas: real mouse and key events, named as users name things."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.canvas.state import Point
from studio.core.graph import Graph
from studio.ui.canvas.over import Line
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.mimes import NODE_MIME

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
_STEPS = 6


class CanvasDriver:
    """Works on a canvas as a user does; points are on the canvas unless they are called pixels."""

    def __init__(self, canvas: CanvasWidget, bot: QtBot) -> None:
        self.canvas = canvas
        self.bot = bot

    # --- Looking ---

    @property
    def graph(self) -> Graph:
        """The graph that is shown."""
        assert self.canvas.document is not None
        return self.canvas.document.scene

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps that were made."""
        assert self.canvas.document is not None
        return self.canvas.document.steps[: self.canvas.document.position]

    @property
    def chosen(self) -> frozenset[str]:
        """The nodes that are selected."""
        return self.canvas.stage.state.selection.nodes

    def links(self) -> set[str]:
        """The links of the graph, as texts."""
        return {str(link) for link in self.graph.links}

    def pixel(self, point: Point) -> QPoint:
        """Return the pixel over a point."""
        x, y = self.canvas.camera.to_widget(point)
        # QTest takes the point 0, 0 for the middle of the widget.
        return QPoint(round(x), round(y)) or QPoint(1, 1)

    def header(self, node: str) -> Point:
        """Return a point in a node's title bar."""
        left, top, right, _ = self.canvas.scene.rect(node)
        return (left + right) / 2, top + self.canvas.scene.metrics.header / 2

    def socket(self, end: str, side: str = "") -> Point:
        """Return where a socket is: ``node.name``."""
        node, _, name = end.rpartition(".")
        layout = self.canvas.scene.layout(node)
        sides = [side] if side else ["output", "input"]
        found = next(way for way in sides if layout.socket(way, name))
        return self.canvas.scene.socket_at(node, found, name)

    def field(self, end: str) -> Point:
        """Return the middle of a field: ``node.name``."""
        node, _, name = end.rpartition(".")
        row = self.canvas.scene.layout(node).row(name)
        assert row is not None, f"{node} shows no field {name}"
        left, top = self.canvas.scene.rect(node)[:2]
        return left + (row.rect[0] + row.rect[2]) / 2, top + (row.rect[1] + row.rect[3]) / 2

    def on_link(self, text: str) -> Point:
        """Return a point in the middle of a link."""
        scene = self.canvas.scene
        link = next(link for link in scene.links if str(link) == text)
        lines = scene.link_lines.reshape(-1, 12, 4)[scene.links.index(link)]
        return float(lines[6, 0]), float(lines[6, 1])

    # --- Pointer ---

    def press(
        self, at: Point, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = PLAIN
    ) -> None:
        """Press a button."""
        QTest.mousePress(self.canvas, button, held, self.pixel(at))

    def move(
        self, at: Point, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = PLAIN
    ) -> None:
        """Move the pointer with a button held, and let the canvas follow."""
        self._move_to(self.pixel(at), button, held)

    def hover(self, at: Point) -> None:
        """Move the pointer with no button held."""
        self.move(at, Qt.MouseButton.NoButton)

    def release(
        self, at: Point, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = PLAIN
    ) -> None:
        """Release a button."""
        QTest.mouseRelease(self.canvas, button, held, self.pixel(at))

    def click(
        self, at: Point, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = PLAIN
    ) -> None:
        """Click."""
        self.press(at, button, held)
        self.release(at, button, held)

    def double_click(self, at: Point, held: Qt.KeyboardModifier = PLAIN) -> None:
        """Click twice."""
        self.click(at, LEFT, held)
        QTest.mouseDClick(self.canvas, LEFT, held, self.pixel(at))
        self.release(at, LEFT, held)

    def sweep(
        self,
        path: Sequence[Point],
        button: Qt.MouseButton = LEFT,
        held: Qt.KeyboardModifier = PLAIN,
    ) -> None:
        """Drag along a path, in small steps; what is seen may move meanwhile."""
        pixels = [self.pixel(point) for point in path]
        QTest.mousePress(self.canvas, button, held, pixels[0])
        for start, end in pairwise(pixels):
            for step in range(1, _STEPS + 1):
                self._move_to(start + (end - start) * step / _STEPS, button, held)
        QTest.mouseRelease(self.canvas, button, held, pixels[-1])

    def wheel(self, at: Point, notches: float, held: Qt.KeyboardModifier = PLAIN) -> None:
        """Turn the wheel of a mouse; up is positive."""
        self._wheel(
            at, QPoint(), QPoint(0, round(120 * notches)), held, Qt.ScrollPhase.NoScrollPhase
        )

    def two_fingers(
        self, at: Point, by: tuple[int, int], held: Qt.KeyboardModifier = PLAIN
    ) -> None:
        """Scroll on a touchpad."""
        pixels = QPoint(*by)
        self._wheel(at, pixels, pixels * 2, held, Qt.ScrollPhase.ScrollUpdate)

    def pinch(self, at: Point, by: float) -> None:
        """Zoom with two fingers."""
        pixel = QPointF(self.pixel(at))
        event = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2,
            pixel, pixel, self.canvas.mapToGlobal(pixel), by, QPointF(),
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)
        self.canvas.hand.flush()

    # --- Keys ---

    def key(self, chord: str) -> None:
        """Press a chord such as ``Ctrl+Shift+G``."""
        *held, name = chord.split("+") if chord != "+" else ["+"]
        modifiers = PLAIN
        for word in held:
            modifiers |= {"Ctrl": CTRL, "Shift": SHIFT, "Alt": ALT}[word]
        QTest.keyClick(QApplication.focusWidget() or self.canvas, _key(name), modifiers)

    def hold(self, name: str) -> None:
        """Press a key and keep it down."""
        QTest.keyPress(self.canvas, _key(name))

    def let_go(self, name: str) -> None:
        """Release a key."""
        QTest.keyRelease(self.canvas, _key(name))

    def type(self, text: str) -> None:
        """Type into whatever has the keyboard."""
        QTest.keyClicks(QApplication.focusWidget() or self.canvas, text)

    def trigger(self, action: str) -> bool:
        """Give a command, as from the palette."""
        return self.canvas.studio.actions.trigger(action)

    # --- What users do ---

    def add(self, title: str, at: Point) -> str:
        """Add a node by double click, typing and Enter; return its id."""
        before = set(self.graph.nodes)
        self.double_click(at)
        self.type(title)
        self.key("Return")
        new = set(self.graph.nodes) - before
        assert len(new) == 1, f"{title} was not added"
        return new.pop()

    def link(self, source: str, target: str) -> None:
        """Drag from an output to an input."""
        self.sweep([self.socket(source, "output"), self.socket(target, "input")])

    def drag(self, node: str, by: Point, held: Qt.KeyboardModifier = PLAIN) -> None:
        """Drag a node by its title bar."""
        start = self.header(node)
        self.sweep([start, (start[0] + by[0], start[1] + by[1])], LEFT, held)

    def cut(self, start: Point, end: Point) -> None:
        """Cut the links between two points."""
        self.sweep([start, end], RIGHT, CTRL)

    def type_into(self, end: str, text: str) -> None:
        """Click a field, type a value and press Enter."""
        self.click(self.field(end))
        editor = self.canvas.editors.current
        assert isinstance(editor, Line), f"{end} opened {editor}"
        editor.selectAll()
        self.type(text)
        self.key("Return")

    def menu(self, at: Point) -> QMenu:
        """Open the context menu there."""
        self.click(at, RIGHT)
        self.bot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def drop_type(self, type_id: str, at: Point) -> None:
        """Drop an entry of the palette."""
        data = QMimeData()
        data.setData(NODE_MIME, QByteArray(type_id.encode()))
        self._drop(data, at)

    def drop_files(self, paths: Sequence[Path], at: Point) -> None:
        """Drop files of a file manager."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        self._drop(data, at)

    def wait(self) -> None:
        """Wait until everything is painted."""
        self.bot.waitUntil(lambda: self.canvas.settled, timeout=10_000)

    # --- Inside ---

    def _move_to(self, place: QPoint, button: Qt.MouseButton, held: Qt.KeyboardModifier) -> None:
        pixel = QPointF(place)
        event = QMouseEvent(
            QEvent.Type.MouseMove, pixel, self.canvas.mapToGlobal(pixel),
            Qt.MouseButton.NoButton, button, held,
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)
        self.canvas.hand.flush()

    def _wheel(
        self, at: Point, pixels: QPoint, angle: QPoint, held: Qt.KeyboardModifier,
        phase: Qt.ScrollPhase,
    ) -> None:  # fmt: skip
        pixel = QPointF(self.pixel(at))
        event = QWheelEvent(
            pixel, self.canvas.mapToGlobal(pixel), pixels, angle, Qt.MouseButton.NoButton, held,
            phase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)
        self.canvas.hand.flush()

    def _drop(self, data: QMimeData, at: Point) -> None:
        pixel, copy = self.pixel(at), Qt.DropAction.CopyAction
        enter = QDragEnterEvent(pixel, copy, data, LEFT, PLAIN)
        QApplication.sendEvent(self.canvas, enter)
        assert enter.isAccepted(), "the canvas does not take this"
        QApplication.sendEvent(self.canvas, QDragMoveEvent(pixel, copy, data, LEFT, PLAIN))
        QApplication.sendEvent(self.canvas, QDropEvent(QPointF(pixel), copy, data, LEFT, PLAIN))


def _key(name: str) -> Qt.Key:
    known = {
        "Esc": Qt.Key.Key_Escape, "Del": Qt.Key.Key_Delete, "[": Qt.Key.Key_BracketLeft,
        "]": Qt.Key.Key_BracketRight, "/": Qt.Key.Key_Slash, ".": Qt.Key.Key_Period,
        "=": Qt.Key.Key_Equal, "-": Qt.Key.Key_Minus, "+": Qt.Key.Key_Plus,
    }  # fmt: skip
    return known[name] if name in known else Qt.Key[f"Key_{name}"]
