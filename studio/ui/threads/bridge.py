"""What other threads say, brought to the window's thread at most 30 times a second in the long run.

After a silence a few deliveries follow each other at once, so that short answers are there without
a wait. Of progress, heartbeats and loading only the newest of each kind is brought; everything else
comes in the order in which it was said.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.engine.events import Heartbeat, ModelLoading, NodeProgress

INTERVAL_MS = 33
BURST = 6
"""Deliveries that a silence lets through as fast as `FRAME_MS` allows."""
FRAME_MS = 8
SLICE_SECONDS = 0.006
"""How long things are taken in before the window may paint."""


class Bridge(QObject):
    """A letter box between threads.

    Args:
        take: Takes one thing, in the window's thread.
        over: Called there after things were taken.
    """

    _woken = Signal()

    def __init__(
        self,
        take: Callable[[Any], None],
        over: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._take = take
        self._over = over
        self._lock = threading.Lock()
        self._waiting: list[Any] = []
        self._closed = False
        self._last = 0.0
        self._spent = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._deliver)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def put(self, item: Any) -> None:
        """Send something; from any thread, never waits.

        What comes after `close` is not brought, but held: this thread must not let go of it.
        """
        with self._lock:
            self._waiting.append(item)
            first = len(self._waiting) == 1 and not self._closed
        if first:
            self._woken.emit()

    def close(self) -> None:
        """Bring nothing more."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
        self._timer.stop()

    def _wake(self) -> None:
        if not self._closed and not self._timer.isActive():
            self._timer.start(self._pause())

    def _pause(self) -> int:
        """Return the milliseconds until the next delivery."""
        now = time.monotonic()
        gap = FRAME_MS if self._owed(now) < BURST else INTERVAL_MS
        return max(0, int(gap - (now - self._last) * 1000))

    def _owed(self, now: float) -> float:
        """Return how many deliveries were ahead of their time; each is paid by `INTERVAL_MS`."""
        return max(0.0, self._spent - (now - self._last) * 1000 / INTERVAL_MS)

    def _deliver(self) -> None:
        """Take in what came, and leave the rest for later when that takes long."""
        with self._lock:
            items, self._waiting = newest(self._waiting), []
        started = time.monotonic()
        self._spent, self._last = self._owed(started) + 1, started
        for index, item in enumerate(items):
            self._take(item)
            if time.monotonic() - started > SLICE_SECONDS:
                self._put_back(items[index + 1 :])
                break
        self._over()

    def _put_back(self, items: list[Any]) -> None:
        with self._lock:
            self._waiting[:0] = items if not self._closed else []
            more = bool(self._waiting)
        if more:
            self._timer.start(0)


def newest(items: Iterable[Any]) -> list[Any]:
    """Leave out what something newer of its kind replaces; the newest preview stays."""
    kept: list[Any] = []
    seen: dict[Hashable, int] = {}
    for item in reversed(list(items)):
        kind = _kind(item)
        if kind is None or kind not in seen:
            if kind is not None:
                seen[kind] = len(kept)
            kept.append(item)
        elif isinstance(item, NodeProgress) and item.preview and not kept[seen[kind]].preview:
            kept[seen[kind]] = replace(kept[seen[kind]], preview=item.preview)
    kept.reverse()
    return kept


def _kind(item: Any) -> Hashable:
    """Return what a newer thing must share with this one to replace it; ``None``: none can."""
    if isinstance(item, NodeProgress | ModelLoading):
        return type(item), item.run, item.node
    return "heartbeat" if isinstance(item, Heartbeat) else None
