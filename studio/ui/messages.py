"""What is said in passing: short messages that need no answer, with at most one thing to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

Kind = Literal["info", "success", "warning", "error", "progress"]


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        text: What happened.
        kind: How grave it is.
        action: What can be done, in one or two words; empty: nothing.
        does: Does it.
        stays: Whether it waits to be closed; errors always do.
    """

    text: str
    kind: Kind = "info"
    action: str = ""
    does: Callable[[], object] | None = None
    stays: bool = False


class Messages(QObject):
    """Passes messages on to whoever shows them."""

    shown = Signal(object)

    def say(
        self,
        text: str,
        kind: Kind = "info",
        action: str = "",
        does: Callable[[], object] | None = None,
        *,
        stays: bool = False,
    ) -> Message:
        """Say something to the user."""
        message = Message(text, kind, action, does, stays or kind == "error")
        self.shown.emit(message)
        return message
