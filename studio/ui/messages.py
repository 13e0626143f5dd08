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
        about: What it is about, such as the id of a document; empty: nothing that ends.
    """

    text: str
    kind: Kind = "info"
    action: str = ""
    does: Callable[[], object] | None = None
    stays: bool = False
    about: str = ""


class Messages(QObject):
    """Passes messages on to whoever shows them."""

    shown = Signal(object)
    withdrawn = Signal(str)
    """What is said about this counts no longer."""

    def say(
        self,
        text: str,
        kind: Kind = "info",
        action: str = "",
        does: Callable[[], object] | None = None,
        *,
        stays: bool = False,
        about: str = "",
    ) -> Message:
        """Say something to the user."""
        message = Message(text, kind, action, does, stays or kind == "error", about)
        self.shown.emit(message)
        return message

    def withdraw(self, about: str) -> None:
        """Take back what was said about something."""
        if about:
            self.withdrawn.emit(about)
