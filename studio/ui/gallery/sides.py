"""What the view of the viewer is given: pictures, what works on them, and what lies over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from PySide6.QtCore import QPointF
from PySide6.QtGui import QMouseEvent, QPainter, QTransform

from studio.ui.gallery.display import Shown

Mode = Literal["one", "wipe", "difference", "flicker"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the pictures that are shown.

    Attributes:
        shown: The picture, its levels made.
        tag: What stands in its corner while two are compared.
        stands_for: Size of the picture that it is a smaller one of; ``None``: its own.
    """

    shown: Shown
    tag: str = ""
    stands_for: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """The size that it is shown as, in pixels."""
        return self.stands_for or self.shown.size

    @property
    def is_small(self) -> bool:
        """Whether its pixels are not those of the picture."""
        return self.stands_for is not None


class Hand(Protocol):
    """What works on the picture instead of moving it; places are in its pixels."""

    def press(self, place: QPointF, event: QMouseEvent) -> bool:
        """Begin; says whether the press was meant for it."""

    def move(self, place: QPointF) -> None:
        """Follow the pointer, pressed or not."""

    def release(self, place: QPointF, event: QMouseEvent) -> None:
        """End."""

    def leave(self) -> None:
        """Forget the pointer."""

    def paint(self, painter: QPainter, turned: QTransform) -> None:
        """Paint over the picture."""


class Over(Protocol):
    """What is seen over the picture while nothing works on it."""

    def opened(self, place: QPointF) -> bool:
        """Take a double click; says whether it was meant for it."""

    def paint(self, painter: QPainter, turned: QTransform) -> None:
        """Paint over the picture."""
