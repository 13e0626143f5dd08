"""The session over a real computing process: it starts, works, dies and lives again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

import nodes
from studio.core.document import read
from studio.core.registry import Registry
from studio.ui.documents.documents import Documents
from studio.ui.messages import Message, Messages
from studio.ui.preferences import Preferences
from studio.ui.session.session import Session
from tests.compute.setting import chain, home

pytestmark = [
    pytest.mark.torch,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.name == "nt", reason="kills as systems with signals do"),
]

PATIENCE_MS = 120_000
BUDGET_SECONDS = 0.05
"""Thread CPU that one slice of the window's loop may take."""


class Window:
    """What a window has around a session, and the longest slice of its loop."""

    def __init__(self, folder: Path, bot: QtBot) -> None:
        paths = home(folder)
        registry = Registry()
        registry.scan(nodes)
        self.bot = bot
        self.said: list[Message] = []
        self.preferences = Preferences(paths.settings)
        self.preferences.set("output", str(folder / "out"))
        self.preferences.set("threads", 1)
        self.preferences.set("device", "cpu")
        self.documents = Documents(paths, registry)
        messages = Messages()
        messages.shown.connect(self.said.append)
        self.session = Session(paths, registry, self.preferences, self.documents, messages)
        self.document = self.documents.add(read(chain(steps=40, pause=0.02)), "Test")
        self.longest = 0.0
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(0)
        self.session.start()

    def wait(self, status: str) -> None:
        """Wait until the worker has a status."""
        self.bot.waitUntil(lambda: self.session.worker.status == status, timeout=PATIENCE_MS)

    def until(self, node: str, kind: str) -> None:
        """Wait until a node has a state."""

        def holds() -> bool:
            return self.session.state(self.document, node).kind == kind

        self.bot.waitUntil(holds, timeout=PATIENCE_MS)

    def close(self) -> None:
        """End everything."""
        self._timer.stop()
        self.session.close()
        self.documents.finish()
        self.preferences.close()

    def _beat(self) -> None:
        now = time.thread_time()
        self.longest = max(self.longest, now - self._last)
        self._last = now


@pytest.fixture
def window(tmp_path: Path, qtbot: QtBot) -> Iterator[Window]:
    made = Window(tmp_path, qtbot)
    yield made
    made.close()


def test_a_worker_that_is_killed_in_a_run_comes_back_and_nothing_is_lost(window: Window) -> None:
    window.wait("idle")
    window.session.run(window.document)
    window.until("count", "running")
    os.kill(window.session.worker.pid, signal.SIGKILL)
    window.bot.waitUntil(lambda: bool(window.said), timeout=PATIENCE_MS)
    window.wait("idle")
    window.session.run(window.document)
    window.until("save", "fresh")
    window.bot.waitUntil(lambda: [run.status for run in window.session.runs] == ["done", "failed"])
    assert len(window.said) == 1
    assert "SIGKILL" in window.said[0].text
    assert window.longest < BUDGET_SECONDS


def test_types_of_packs_join_and_pictures_come(window: Window) -> None:
    window.until("count", "stale")
    spec = window.session.spec_of(window.document)("slow.count")
    assert spec is not None
    window.session.run(window.document)
    window.until("save", "fresh")
    assert window.session.picture(window.document, "picture") is not None
    assert window.session.worker.memory > 0
