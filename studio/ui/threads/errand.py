"""Something that another thread does for the window.

What it holds may be, or hold, objects of Qt, which must end in the window's thread. The other
thread therefore passes the errand back whole, and only `finish` lets go of what is in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from typing import Any

log = logging.getLogger(__name__)


def _nothing(_answer: Any) -> None:
    """Take an answer that nobody waits for."""


class Errand:
    """Work, and who takes what it returns.

    Args:
        work: Is called in the other thread.
        done: Takes what it returns, in the window's thread; not called when it raises.
        about: Tells errands apart that replace each other.
    """

    __slots__ = ("_answer", "_done", "_work", "about")

    def __init__(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None,
        about: Hashable = None,
    ) -> None:
        self.about = about
        self._work: Callable[[], Any] | None = work
        self._done = done or _nothing
        self._answer: Any = None

    def perform(self, where: str) -> None:
        """Do the work, in the other thread, whose name is said of what goes wrong."""
        assert self._work
        try:
            self._answer = self._work()
        except Exception:
            log.exception("%s: something went wrong", where)
            self._done = _nothing

    def finish(self) -> None:
        """Give the answer, and let go of everything, in the window's thread."""
        done, answer = self._done, self._answer
        self._work, self._done, self._answer = None, _nothing, None
        done(answer)
