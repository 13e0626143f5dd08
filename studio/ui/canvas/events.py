"""Qt's events in the words of the tools: pointers, held keys, and what a wheel or pinch means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QSinglePointEvent, QWheelEvent

from studio.canvas.state import Camera, Point
from studio.canvas.tools.base import Button, Cursor, Pointer

NOTCH = 120.0
"""What one step of a wheel counts in Qt."""
LINE_PIXELS = 60.0
"""How far one step of a wheel pans."""
_TOUCHPAD_ZOOM = 1 / 100
"""Notches for one pixel of a two-finger scroll with Ctrl."""

_BUTTONS: dict[Qt.MouseButton, Button] = {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.MiddleButton: "middle",
    Qt.MouseButton.RightButton: "right",
}
_MODIFIERS = {
    Qt.KeyboardModifier.ControlModifier: "Ctrl",
    Qt.KeyboardModifier.ShiftModifier: "Shift",
    Qt.KeyboardModifier.AltModifier: "Alt",
}
_HELD = {Qt.Key.Key_Space: "Space", Qt.Key.Key_X: "X"}
CURSORS: dict[Cursor, Qt.CursorShape] = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "hand": Qt.CursorShape.PointingHandCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "closed_hand": Qt.CursorShape.ClosedHandCursor,
    "split_h": Qt.CursorShape.SplitHCursor,
    "split_d": Qt.CursorShape.SizeFDiagCursor,
    "forbidden": Qt.CursorShape.ForbiddenCursor,
    "text": Qt.CursorShape.IBeamCursor,
}


@dataclass(slots=True)
class HeldKeys:
    """The keys that change what a drag means, and whether one was only tapped.

    Attributes:
        keys: Of ``Space`` and ``X``.
        armed: Keys that a command holds down for the next gesture.
    """

    keys: set[str] = field(default_factory=set)
    armed: set[str] = field(default_factory=set)
    _tapped: str = ""

    def press(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Take a key that went down; say whether it is one of these."""
        name = _HELD.get(Qt.Key(key)) if modifiers == Qt.KeyboardModifier.NoModifier else None
        self._tapped = name or ""
        if name:
            self.keys.add(name)
        return name is not None

    def release(self, key: int) -> str:
        """Take a key that went up; return its name when nothing happened in between."""
        name = _HELD.get(Qt.Key(key), "")
        self.keys.discard(name)
        tapped = self._tapped if name == self._tapped else ""
        self._tapped = ""
        return tapped

    def used(self) -> None:
        """Remember that a held key did something, so that it is no tap."""
        self._tapped = ""

    def forget(self) -> None:
        """Take all keys for released."""
        self.keys.clear()
        self.armed.clear()
        self._tapped = ""

    @property
    def names(self) -> frozenset[str]:
        """What counts as held."""
        return frozenset(self.keys | self.armed)


def modifiers_of(modifiers: Qt.KeyboardModifier) -> frozenset[str]:
    """Return the names of modifiers."""
    return frozenset(name for flag, name in _MODIFIERS.items() if modifiers & flag)


def pixel_of(position: QPointF) -> Point:
    """Return a place in the widget."""
    return position.x(), position.y()


def pointer_of(
    event: QSinglePointEvent, camera: Camera, held: HeldKeys, button: Button = "", clicks: int = 1
) -> Pointer:
    """Return where the pointer is and what is held.

    Args:
        event: Of the mouse, or of anything that points like one.
        camera: Part of the canvas that is seen.
        held: Keys that are held.
        button: Button that the gesture began with.
        clicks: 2 for the second press of a double click.
    """
    pixel = pixel_of(event.position())
    modifiers = modifiers_of(event.modifiers()) | held.names
    return Pointer(
        camera.to_canvas(pixel), pixel, button, modifiers, clicks, event.timestamp() / 1000
    )


def button_of(event: QMouseEvent) -> Button:
    """Return the button that went down or up; empty for others."""
    return _BUTTONS.get(event.button(), "")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a wheel or a two-finger scroll asks for.

    Attributes:
        kind: ``zoom`` or ``pan``.
        notches: Steps of zoom; positive is nearer.
        push: Pixels that the canvas is pushed by.
    """

    kind: Literal["zoom", "pan"]
    notches: float = 0.0
    push: Point = (0.0, 0.0)


def turn_of(event: QWheelEvent, device: str) -> Turn:
    """Return what a wheel event asks for.

    Args:
        event: The event.
        device: ``mouse`` or ``touchpad`` as the user chose; two fingers pan in either case.
    """
    modifiers = modifiers_of(event.modifiers())
    steps, pixels = event.angleDelta(), event.pixelDelta()
    if _from_touchpad(event, device):
        push = (float(pixels.x()), float(pixels.y()))
        if pixels.isNull():
            push = (steps.x() / NOTCH * LINE_PIXELS, steps.y() / NOTCH * LINE_PIXELS)
        if "Ctrl" in modifiers:
            return Turn("zoom", notches=push[1] * _TOUCHPAD_ZOOM)
        return Turn("pan", push=push)
    notches = (steps.y() or steps.x()) / NOTCH
    if "Shift" in modifiers or not steps.y():
        return Turn("pan", push=(notches * LINE_PIXELS, 0.0))
    return Turn("zoom", notches=notches)


def _from_touchpad(event: QWheelEvent, device: str) -> bool:
    two_fingers = event.phase() != Qt.ScrollPhase.NoScrollPhase
    return device == "touchpad" or (two_fingers and not event.pixelDelta().isNull())
