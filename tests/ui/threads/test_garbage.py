"""Cycles are searched for in the window's thread alone, and what is large is left alone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.ui.threads import garbage


class Ring:
    """Refers to itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Iterator[QObject]:
    """The search taken over, often, for as long as a test."""
    monkeypatch.setattr(garbage, "EVERY_MS", 5)
    monkeypatch.setattr(garbage, "SLICE_SECONDS", 60.0)
    found = QObject()
    gc.enable()
    garbage.take_over(found)
    yield found
    found.deleteLater()
    gc.disable()


def _ring() -> weakref.ref[Ring]:
    return weakref.ref(Ring())


def test_python_searches_no_more_by_itself(owner: QObject) -> None:
    assert not gc.isenabled()


def test_a_ring_ends_after_some_new_objects(owner: QObject, qtbot: QtBot) -> None:
    ring = _ring()
    qtbot.wait(50)
    assert ring() is not None, "too few new objects for a search"
    kept = [[number] for number in range(garbage.SOME + 1)]
    qtbot.waitUntil(lambda: ring() is None)
    assert kept


def test_what_comes_with_a_large_graph_is_not_searched(owner: QObject, qtbot: QtBot) -> None:
    ring, before = _ring(), gc.get_freeze_count()
    kept = [[number] for number in range(garbage.MANY + 1)]
    qtbot.waitUntil(lambda: gc.get_freeze_count() >= before + len(kept))
    assert ring() is not None
    gc.unfreeze()
    gc.collect()
    gc.freeze()
