"""Results brought from the store, or from the worker's memory by way of the store."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from studio.engine.client import Engine
from studio.engine.protocol import Fetched
from studio.ui.session.results import Result
from studio.ui.session.store_room import StoreRoom
from studio.ui.threads.desk import Desk

Done = Callable[[Result | None], None]


class Fetching:
    """Brings results.

    Args:
        room: The store.
        calls: A thread for short questions.
        engine: Returns the engine; called in that thread.
    """

    def __init__(self, room: StoreRoom, calls: Desk, engine: Callable[[], Engine]) -> None:
        self._room = room
        self._calls = calls
        self._engine = engine
        self._waiting: dict[tuple[str, str], list[Done]] = {}

    def fetch(self, key: str, output: str, done: Done) -> None:
        """Bring an output of a result; ``None`` when nobody has it any more.

        Args:
            key: Key of the result.
            output: Name of the output.
            done: Takes it, in this thread, never before this returns.
        """
        waiting = self._waiting.setdefault((key, output), [])
        waiting.append(done)
        if len(waiting) == 1:
            find = partial(self._room.result, key, output)
            self._calls.do(find, partial(self._found, key, output))

    def fetched(self, event: Fetched) -> None:
        """Take in what the worker answered."""
        if not event.held:
            self._answer(event.key, event.output, None)
            return
        find = partial(self._room.result, event.key, event.output)
        self._calls.do(find, partial(self._answer, event.key, event.output))

    def died(self) -> None:
        """Answer those who wait for a worker that is gone."""
        for key, output in list(self._waiting):
            self._answer(key, output, None)

    def _found(self, key: str, output: str, result: Result | None) -> None:
        """Answer with what the store has; without it, ask the worker to store it."""
        if result is None and key in self._room.memory:
            self._calls.do(lambda: self._engine().fetch(key, output))
        else:
            self._answer(key, output, result)

    def _answer(self, key: str, output: str, result: Result | None) -> None:
        for done in self._waiting.pop((key, output), ()):
            done(result)
