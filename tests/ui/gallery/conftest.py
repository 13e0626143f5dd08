"""A viewer over a session with cheap nodes, and the hands to use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Node
from studio.ui.gallery import commands
from studio.ui.gallery.viewer import ViewerPanel
from tests.engine.cheap import graph_of
from tests.ui.engines import Desktop

SIDE = 64


def bright(level: float = 0.25, size: int = SIDE) -> Graph:
    """Return a grey picture that becomes brighter, and is saved."""
    nodes = {
        "grey": Node("test.grey", params={"level": level, "size": size}),
        "add": Node("test.add", params={"amount": 0.5}),
        "save": Node("test.save"),
    }
    return graph_of(nodes, "grey.image -> add.image", "add.image -> save.image")


class Room:
    """A desktop with a viewer that is shown."""

    def __init__(self, desktop: Desktop, bot: QtBot) -> None:
        self.desktop, self.bot = desktop, bot
        self.document, self.session = desktop.document, desktop.session
        desktop.documents.set_current(self.document)
        self.studio: Any = desktop.studio()
        self.studio.actions.declare(*commands.ACTIONS)
        self.viewer: Any = ViewerPanel(self.studio)
        commands.attach(self.studio, self.viewer)
        commands.bind(self.studio, lambda: self.viewer, lambda: self.viewer)
        bot.addWidget(self.viewer)
        self.viewer.resize(380, 480)
        with bot.waitExposed(self.viewer):
            self.viewer.show()

    @property
    def view(self) -> Any:
        """Where pictures are."""
        return self.viewer.view

    def run(self) -> None:
        """Run the graph, and wait until its result is shown."""
        self.desktop.run()
        self.shown()

    def shown(self) -> None:
        """Wait until the result of the source is shown."""
        self.desktop.wait(lambda: self.viewer.shown is not None and self._is_now())

    def _is_now(self) -> bool:
        source = self.viewer.following.source
        assert source is not None
        assert self.viewer.shown is not None
        state = self.session.states(self.document).get(source.node)
        if state is None or state.kind != "fresh":  # its key may still be that before an edit
            return False
        key = self.session.key(self.document, source.node)
        return bool(self.viewer.shown[:2] == (key, source.output))

    def set(self, node: str, name: str, value: Any) -> None:
        """Edit a parameter."""
        self.document.edit(f"Set {name}", self.document.graph.with_param(node, name, value))

    def close(self) -> None:
        """End everything."""
        self.viewer.close_threads()
        self.desktop.close()


@pytest.fixture
def room(tmp_path: Path, qtbot: QtBot) -> Iterator[Room]:
    """A viewer over a graph that was never run."""
    made = Room(Desktop(tmp_path, qtbot, bright()), qtbot)
    yield made
    made.close()


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> None:
    """Send a mouse event, with the button held unless it is released."""
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    where = QPointF(widget.mapToGlobal(at))
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, at, where, pressed, held, none))


def drag(widget: QWidget, start: QPointF, end: QPointF, steps: int = 8) -> None:
    """Drag from one point to another."""
    mouse(widget, QEvent.Type.MouseButtonPress, start)
    for step in range(1, steps + 1):
        mouse(widget, QEvent.Type.MouseMove, start + (end - start) * step / steps)
    mouse(widget, QEvent.Type.MouseButtonRelease, end)


def hover(widget: QWidget, at: QPointF | QPoint) -> None:
    """Move the pointer with no button held."""
    mouse(widget, QEvent.Type.MouseMove, QPointF(at), Qt.MouseButton.NoButton)
