"""What is being typed counts before a command is done: what is saved or run is what is seen."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QApplication


@runtime_checkable
class Typed(Protocol):
    """A widget that is typed into, and writes what it holds when the user is done."""

    def settle(self) -> None:
        """Let what was typed count now."""


def settle_typing() -> None:
    """Let what is being typed count."""
    widget = QApplication.focusWidget()
    if isinstance(widget, Typed):
        widget.settle()
