"""What threads say reaches the window in order, the newest of its kind, and never blocks."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QCoreApplication, QTimer
from pytestqt.qtbot import QtBot

from studio.engine.events import Heartbeat, NodeProgress, NodeStarted, Thumbnail
from studio.ui.threads.bridge import BURST, Bridge, newest
from studio.ui.threads.desk import Desk

PREVIEW = Thumbnail(1, 1, bytes(4))


def test_only_the_newest_progress_of_a_node_is_brought() -> None:
    items = [NodeProgress("r", "a", n, 9) for n in range(9)]
    items.insert(4, NodeProgress("r", "b", 1, 9))
    assert newest(items) == [items[4], items[-1]]


def test_the_newest_preview_stays() -> None:
    items = [NodeProgress("r", "a", 1, 9, preview=PREVIEW), NodeProgress("r", "a", 2, 9)]
    assert newest(items) == [NodeProgress("r", "a", 2, 9, preview=PREVIEW)]


def test_everything_else_keeps_its_order() -> None:
    items = [NodeStarted("r", "a"), Heartbeat("r", 1), NodeStarted("r", "b"), Heartbeat("r", 2)]
    assert newest(items) == [items[0], items[2], items[3]]


def test_things_of_other_threads_are_taken_in_this_one(qtbot: QtBot) -> None:
    taken: list[tuple[int, int]] = []
    bridge = Bridge(lambda item: taken.append((item, threading.get_ident())), lambda: None)
    threads = [threading.Thread(target=bridge.put, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: len(taken) == 20)
    assert {ident for _, ident in taken} == {threading.get_ident()}
    bridge.close()


def test_what_comes_as_it_closes_starts_nothing(qtbot: QtBot) -> None:
    bridge = Bridge(lambda item: None, lambda: None)
    bridge.put(1)
    bridge.close()
    QCoreApplication.processEvents()
    assert not [timer for timer in bridge.findChildren(QTimer) if timer.isActive()]


def test_after_a_few_deliveries_they_come_thirty_times_a_second(qtbot: QtBot) -> None:
    times: list[float] = []
    bridge = Bridge(lambda item: None, lambda: times.append(time.monotonic()))
    end = time.monotonic() + 0.4
    while time.monotonic() < end:
        bridge.put(1)
        qtbot.wait(1)
    bridge.close()
    gaps = [after - before for before, after in pairwise(times)]
    assert 0.006 < min(gaps) < 0.025
    assert min(gaps[2 * BURST :]) > 0.025
    assert len(times) < BURST * 2 + 0.4 * 30


def test_a_flood_leaves_time_for_painting(qtbot: QtBot) -> None:
    taken: list[int] = []
    rounds: list[int] = []

    def slow(item: int) -> None:
        time.sleep(0.001)
        taken.append(item)

    bridge = Bridge(slow, lambda: rounds.append(len(taken)))
    for number in range(100):
        bridge.put(number)
    qtbot.waitUntil(lambda: len(taken) == 100)
    assert taken == list(range(100))
    assert max(b - a for a, b in zip([0, *rounds], rounds, strict=False)) < 20
    bridge.close()


def test_a_desk_answers_in_this_thread_and_replaces_what_waits(qtbot: QtBot) -> None:
    bridge = Bridge(lambda done: done(), lambda: None)
    desk = Desk("test", bridge)
    gate, found = threading.Event(), list[Any]()
    desk.do(lambda: gate.wait(10), found.append)
    for number in range(5):
        desk.do(lambda number=number: number, found.append, about="same")  # type: ignore[misc]
    gate.set()
    qtbot.waitUntil(lambda: len(found) == 2)
    assert found == [True, 4]
    desk.close(finish=True)
    bridge.close()
