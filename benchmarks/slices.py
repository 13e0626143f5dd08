"""How long the window's thread works before it may paint or hear the user again, and at what."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

_BEAT_MS = 8
_PATIENCE = 300.0


@dataclass
class Slices:
    """What one thing that a user does cost the window's thread.

    Attributes:
        busy: Milliseconds of its processor time, each turn of the event loop.
        causes: The event that took longest in each of them.
        gaps: Milliseconds between two beats each, waiting for other threads included.
        wall: Milliseconds from beginning to end.
    """

    busy: list[float] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    wall: float = 0.0

    @property
    def total(self) -> float:
        """All of its processor time."""
        return sum(self.busy)

    @property
    def worst(self) -> float:
        """The longest turn."""
        return max(self.busy, default=0.0)

    @property
    def gap(self) -> float:
        """The longest time between two beats."""
        return max(self.gaps, default=0.0)

    @property
    def typical(self) -> float:
        """The time between two beats that only one of twenty exceeds."""
        return sorted(self.gaps)[len(self.gaps) * 19 // 20] if self.gaps else 0.0

    def longest(self, count: int) -> list[tuple[float, str]]:
        """Return the longest turns with what they did."""
        pairs = zip(self.busy, self.causes, strict=True)
        return sorted(pairs, reverse=True)[:count]


class Probe(QObject):
    """Turns the event loop and measures each turn."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app = app
        self._found = Slices()
        self._beat = QTimer(self)
        self._beat.timeout.connect(self._take_beat)
        self._last = 0.0
        self._event, self._since = "", 0.0
        self._events: dict[str, float] = {}
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Note what begins; neither the beat nor the noting is part of what is measured."""
        self._note()
        self._event = (
            "" if watched is self._beat else f"{type(watched).__name__} {event.type().name}"
        )
        self._since = time.thread_time()
        return False

    def measure(self, does: Callable[[], object], over: Callable[[], bool]) -> Slices:
        """Do something, and turn the event loop until it is over."""
        self._found = found = Slices()
        self._last = started = time.perf_counter()
        self._beat.start(_BEAT_MS)
        self._turn(does)
        while not over():
            self._turn(self._loop)
            if time.perf_counter() - started > _PATIENCE:
                raise TimeoutError("what was begun did not end")
        found.wall = (time.perf_counter() - started) * 1000
        self._beat.stop()
        return found

    def _loop(self) -> None:
        self._app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _turn(self, does: Callable[[], object]) -> None:
        self._events.clear()
        self._event, self._since = "what was asked", time.thread_time()
        does()
        self._note()
        self._events.pop("", None)
        if does != self._loop or len(self._events) > 1:
            self._found.busy.append(sum(self._events.values()) * 1000)
            self._found.causes.append(max(self._events, key=self._events.__getitem__))

    def _note(self) -> None:
        spent = time.thread_time() - self._since
        self._events[self._event] = self._events.get(self._event, 0.0) + spent

    def _take_beat(self) -> None:
        now = time.perf_counter()
        self._found.gaps.append((now - self._last) * 1000)
        self._last = now
