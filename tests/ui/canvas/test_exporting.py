"""Exporting a graph while the window goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Node
from studio.core.view import Layout, View
from studio.ui.canvas.exporting import Export
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.documents.document import Document
from studio.ui.messages import Message

COUNT = 60
LONGEST = 0.05
"""Seconds of the thread that one turn of the event loop may take."""


@pytest.fixture
def said(canvas: CanvasWidget) -> list[Message]:
    """What is said meanwhile."""
    found: list[Message] = []
    canvas.studio.messages.shown.connect(found.append)
    return found


def many(count: int = COUNT) -> Graph:
    """Return nodes in rows of twenty."""
    names = [f"n{k}" for k in range(count)]
    places = {name: Layout((k % 20 * 240.0, k // 20 * 200.0)) for k, name in enumerate(names)}
    return Graph({name: Node("image.blur") for name in names}, view=View(places))


def percent(message: Message) -> int:
    """Return how far a message says that something is."""
    return int(message.text.split()[-2])


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_window_goes_on_while_a_large_graph_is_exported(
    canvas: CanvasWidget, document: Document, said: list[Message], tmp_path: Path, qtbot: QtBot,
    kind: str,
) -> None:  # fmt: skip
    document.edit("Fill", many())
    slices, last = [], [time.thread_time()]

    def beat() -> None:
        slices.append(time.thread_time() - last[0])
        last[0] = time.thread_time()

    beats = QTimer(interval=0)
    beats.timeout.connect(beat)
    beats.start()
    path = tmp_path / f"graph.{kind}"
    Export(canvas, path)
    qtbot.waitUntil(lambda: any(item.kind == "success" for item in said), timeout=60_000)
    beats.stop()
    assert len(slices) > 20
    assert max(slices) < LONGEST
    assert path.stat().st_size > 10_000


def test_what_is_edited_meanwhile_is_not_in_the_picture(
    canvas: CanvasWidget, document: Document, said: list[Message], tmp_path: Path, qtbot: QtBot
) -> None:
    document.edit("Fill", many(20))
    bounds = canvas.scene.bounds()
    assert bounds is not None
    Export(canvas, tmp_path / "graph.png")
    document.edit("Delete", Graph())
    qtbot.waitUntil(lambda: bool(said))
    assert QImage(str(tmp_path / "graph.png")).width() > bounds[2] - bounds[0]


def test_a_long_export_tells_how_far_it_is_and_can_be_given_up(
    canvas: CanvasWidget, document: Document, said: list[Message], tmp_path: Path, qtbot: QtBot
) -> None:
    withdrawn: list[str] = []
    canvas.studio.messages.withdrawn.connect(withdrawn.append)
    document.edit("Fill", many(1_000))
    Export(canvas, tmp_path / "graph.svg")
    qtbot.waitUntil(lambda: len(said) > 1, timeout=60_000)
    first, second = said[:2]
    assert (first.kind, first.action) == ("progress", "Cancel")
    assert first.about == second.about
    assert 0 <= percent(first) < percent(second) <= 100
    assert second.does is not None
    second.does()
    assert withdrawn == [first.about]
    qtbot.wait(50)
    assert [*tmp_path.glob("graph*")] == []


def test_where_nothing_can_be_written_it_is_said(
    canvas: CanvasWidget, said: list[Message], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "file").touch()
    Export(canvas, tmp_path / "file" / "graph.png")
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].kind == "error"
