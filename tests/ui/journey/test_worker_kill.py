"""The worker is killed while it computes: the window stays, and the next run works."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

import nodes
from studio.core.document import read
from studio.core.registry import Registry
from tests.compute.setting import chain, home
from tests.counts import count
from tests.ui.journey.desk import Desk, desk_in

KILLS = count(2, 20)
RUN_MS = 120_000
BUDGET_SECONDS = 0.05
"""Thread CPU that one slice of the window's loop may take."""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.torch,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.name == "nt", reason="kills as systems with signals do"),
]


class Slices:
    """Measures the slices of the event loop: the thread's CPU time from one beat to the next."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.thread_time()
        self._beat = QTimer()
        self._beat.timeout.connect(self._take)
        self._beat.start(0)

    def close(self) -> None:
        self._beat.stop()

    def _take(self) -> None:
        now = time.thread_time()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def until(desk: Desk, node: str, kind: str) -> None:
    """Wait until a node has a state."""
    session = desk.studio.session
    desk.wait(lambda: session.state(desk.document, node).kind == kind, RUN_MS)


def test_the_window_outlives_every_kill_of_its_worker(
    tmp_path: Path, qtbot: QtBot, record_property: Callable[[str, object], None]
) -> None:
    longest: list[float] = []
    registry = Registry()  # its own: the types of the pack join it
    registry.scan(nodes)
    home(tmp_path)
    with desk_in(tmp_path, registry, qtbot, process=True) as desk:
        session, dice = desk.studio.session, random.Random(0)
        desk.studio.preferences.set("output", str(tmp_path / "out"))
        for number in range(KILLS):
            desk.wait(lambda: session.worker.status == "idle", RUN_MS)
            graph = read(chain(start=number, steps=40, pause=0.02))
            desk.studio.documents.set_current(desk.studio.documents.add(graph, f"Kill {number}"))
            desk.hands.wait()
            desk.bot.wait(50)
            slices = Slices()
            desk.hands.key("Ctrl+Return")
            until(desk, "count", "running")
            desk.bot.wait(dice.randrange(400))
            os.kill(session.worker.pid, signal.SIGKILL)
            desk.wait(lambda: session.runs[0].status == "failed", RUN_MS)
            desk.wait(lambda: session.worker.status == "idle", RUN_MS)
            desk.hands.key("Ctrl+Return")
            until(desk, "save", "fresh")
            slices.close()
            longest.append(round(slices.longest * 1000, 1))
            assert slices.longest <= BUDGET_SECONDS
            assert desk.window.isVisible()
        record_property("longest slices in ms", longest)
        statuses = [run.status for run in session.runs]
        assert statuses.count("failed") == statuses.count("done") == KILLS
