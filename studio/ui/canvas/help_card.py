"""What a node type does, shown beside it until something is clicked or pressed."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWhatsThis, QWidget

from studio.core.spec import NodeSpec
from studio.ui.inspector.targets import label_of


def show_help(spec: NodeSpec, at: QPoint, widget: QWidget) -> None:
    """Show the help of a node type.

    Args:
        spec: The node type.
        at: Where, on the screen.
        widget: What it is about.
    """
    QWhatsThis.showText(at, help_of(spec), widget)


def help_of(spec: NodeSpec) -> str:
    """Return the help of a node type as rich text: what it does, and what its inputs mean."""
    parts = [f"<b>{escape(spec.title)}</b>", escape(spec.summary)]
    parts += [escape(text) for text in spec.help.split("\n\n") if text]
    parts += [
        f"<b>{escape(label_of(item.name))}</b> {escape(item.help)}"
        for item in spec.inputs
        if item.help
    ]
    if spec.source:
        parts.append(escape(spec.source))
    return "".join(f"<p>{part}</p>" for part in parts)
