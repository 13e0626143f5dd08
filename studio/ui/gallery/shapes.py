"""What editing boxes and posing people share: a tool whose changes are steps."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QTransform

from studio.ui.gallery.picture_edit import Tool
from studio.ui.gallery.steps import Steps
from studio.ui.looks.looks import Looks


class ShapeTool(Tool):
    """A hand that moves things on the picture; each change is a step.

    Args:
        looks: The theme.
        first: What it begins with.
        size: Width and height of the picture in pixels.

    Attributes:
        steps: What was done, and the way back.
        first: What it began with.
    """

    pointed = Signal(Qt.CursorShape)
    """What the pointer would do is another."""

    name: ClassVar[str]
    """What is edited."""
    words: ClassVar[dict[str, tuple[str, str]]]
    """Icon and name of each command that is called otherwise here."""

    def __init__(
        self, looks: Looks, first: Any, size: tuple[int, int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._looks, self.size = looks, size
        self.steps: Steps[Any] = Steps(first)
        self._tried: Any = None
        self.first = first
        self._turned = QTransform()

    @property
    def now(self) -> Any:
        """What is seen: also what a gesture would make that has not ended."""
        return self.steps.now if self._tried is None else self._tried

    @property
    @abstractmethod
    def told(self) -> str:
        """How things are, in a few words."""

    @property
    def warning(self) -> str:
        """What the user should know, if anything."""
        return ""

    @abstractmethod
    def add(self) -> None:
        """Add one in the middle."""

    @abstractmethod
    def toggle(self) -> None:
        """Let what is chosen count, or not."""

    @abstractmethod
    def remove(self) -> None:
        """Take what is chosen away."""

    @abstractmethod
    def delete(self) -> None:
        """Do what the key Delete means."""

    @abstractmethod
    def reset(self) -> None:
        """Make everything as it was found."""

    @abstractmethod
    def walk(self, step: int) -> bool:
        """Choose the next or the one before; says whether there was one."""

    @abstractmethod
    def nudge(self, dx: int, dy: int, *, other: bool) -> None:
        """Move what is chosen by pixels, or the other thing that Alt means."""

    def undo(self) -> None:
        """Take the last change back."""
        self._leave_gesture()
        self.steps.undo()
        self.show()

    def redo(self) -> None:
        """Make it again."""
        self._leave_gesture()
        self.steps.redo()
        self.show()

    def do(self, state: Any, merge: object = None) -> None:
        """Make a step."""
        self._tried = None
        self.steps.do(state, merge)
        self.show()

    def attempt(self, state: Any) -> None:
        """Show what the gesture would make."""
        self._tried = state
        self.touched.emit(QRectF())

    def show(self) -> None:
        """Show that something is different."""
        self.touched.emit(QRectF())
        self.changed.emit()

    @property
    def reach(self) -> float:
        """How near the pointer has to be to a thing, in pixels of the picture."""
        return 7.0 / max(self._turned.m11(), 1e-6)

    def _leave_gesture(self) -> None:
        self._tried = None
