"""A thread for what must not be done in the window's: one thing after the other, in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import TypeVar

from studio.ui.threads.bridge import Bridge
from studio.ui.threads.errand import Errand

T = TypeVar("T")


class Desk:
    """Works in a thread of its own, which starts with the first task.

    Args:
        name: Of the thread.
        bridge: Brings answers to the window's thread.
    """

    def __init__(self, name: str, bridge: Bridge) -> None:
        self._name = name
        self._bridge = bridge
        self._waiting: deque[Errand] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def do(
        self,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        *,
        about: Hashable = None,
    ) -> None:
        """Do something later.

        Args:
            work: Is called in the thread.
            done: Takes what it returns, in the window's thread; not called when it raises.
            about: Replaces what waits about the same.
        """
        with self._changed:
            if self._closed:
                return
            if about is not None:
                self._waiting = deque(item for item in self._waiting if item.about != about)
            self._waiting.append(Errand(work, done, about))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, *, finish: bool) -> None:
        """End the thread, after all that waits or without it, and wait for that."""
        with self._changed:
            self._closed = True
            if not finish:
                self._waiting.clear()
            self._changed.notify()
        if self._thread:
            self._thread.join()

    def _serve(self) -> None:
        while (errand := self._next()) is not None:
            errand.perform(self._name)
            self._bridge.put(errand.finish)

    def _next(self) -> Errand | None:
        with self._changed:
            while not self._waiting:
                if self._closed:
                    return None
                self._changed.wait()
            return self._waiting.popleft()


class Desks:
    """The threads of a session.

    Args:
        bridge: Brings answers to the window's thread.

    Attributes:
        line: For the queue, and for handing runs over.
        calls: For short words to the engine and short questions to the store.
        judges: For what can be said of graphs without running them.
        hashes: For reading large files.
    """

    def __init__(self, bridge: Bridge) -> None:
        self.line = Desk("session", bridge)
        self.calls = Desk("calls", bridge)
        self.judges = Desk("checks", bridge)
        self.hashes = Desk("digests", bridge)

    def close(self) -> None:
        """End the threads; what is to be written is written."""
        for desk in (self.judges, self.hashes, self.calls):
            desk.close(finish=False)
        self.line.close(finish=True)
