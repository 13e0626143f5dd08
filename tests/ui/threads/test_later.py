"""What other threads do for the window ends in the window's thread, whatever was closed meanwhile."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool
from pytestqt.qtbot import QtBot

from studio.ui.threads.bridge import Bridge
from studio.ui.threads.desk import Desk
from studio.ui.threads.errand import Errand
from studio.ui.threads.later import Later


class Ends:
    """Says in which thread it was let go, as an object of Qt would end there."""

    def __init__(self, said: list[int]) -> None:
        self._said = said

    def work(self) -> int:
        return threading.get_ident()

    def done(self, _answer: int) -> None:
        pass

    def __del__(self) -> None:
        self._said.append(threading.get_ident())


def test_an_answer_comes_in_this_thread_from_another(qtbot: QtBot) -> None:
    owner, found = QObject(), list[tuple[int, int]]()
    later = Later(owner)
    later.do(threading.get_ident, lambda other: found.append((other, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(found))
    assert found[0][0] != threading.get_ident() == found[0][1]


def test_nothing_comes_once_the_parent_is_gone(qtbot: QtBot) -> None:
    owner, gate, found = QObject(), threading.Event(), list[bool]()
    later = Later(owner)
    later.do(partial(gate.wait, 10), found.append)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.set()
    QThreadPool.globalInstance().waitForDone()
    QCoreApplication.processEvents()
    assert not found


def test_what_raises_answers_nothing(qtbot: QtBot, logged: io.StringIO) -> None:
    owner, found = QObject(), list[object]()
    later = Later(owner)
    later.do(lambda: 1 // 0, found.append)
    QThreadPool.globalInstance().waitForDone()
    QCoreApplication.processEvents()
    assert not found
    assert "ZeroDivisionError" in logged.getvalue()


def _pool(qtbot: QtBot, said: list[int]) -> Callable[[], None]:
    owner = QObject()
    things = Ends(said)
    Later(owner).do(things.work, things.done)
    return owner.deleteLater


def _desk(qtbot: QtBot, said: list[int]) -> Callable[[], None]:
    bridge = Bridge(lambda call: call(), lambda: None)
    desk = Desk("test", bridge)
    things = Ends(said)
    desk.do(things.work, things.done)
    return partial(_close, desk, bridge)


def _late_desk(qtbot: QtBot, said: list[int]) -> Callable[[], None]:
    """Work that is over only when nothing is brought any more."""
    bridge = Bridge(lambda call: call(), lambda: None)
    desk = Desk("test", bridge)
    things = Ends(said)
    bridge.close()
    desk.do(things.work, things.done)
    return partial(_close, desk, bridge)


def _close(desk: Desk, bridge: Bridge) -> None:
    bridge.close()
    desk.close(finish=True)


@pytest.mark.parametrize("begin", [_pool, _desk, _late_desk])
def test_work_is_let_go_in_this_thread(
    qtbot: QtBot, begin: Callable[[QtBot, list[int]], Callable[[], None]]
) -> None:
    for _ in range(50):
        said: list[int] = []
        end = begin(qtbot, said)
        end()
        del end
        qtbot.waitUntil(lambda said=said: bool(said))  # type: ignore[misc]
        assert said == [threading.get_ident()]


def test_an_errand_answers_once() -> None:
    found: list[int] = []
    errand = Errand(lambda: 3, found.append)
    errand.perform("test")
    errand.finish()
    errand.finish()
    assert found == [3]
