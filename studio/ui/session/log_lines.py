"""The log of this program for its own window."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

KEPT = 5000
"""Lines that are kept to be shown."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log.

    Attributes:
        time: When it was said, for people.
        level: ``debug``, ``info``, ``warning`` or ``error``.
        source: Who said it, such as ``worker``.
        text: What was said.
    """

    time: str
    level: str
    source: str
    text: str

    def __str__(self) -> str:
        """Write it as in a log file."""
        return f"{self.time} {self.level.upper():7} {self.source}: {self.text}"


class LogTap(logging.Handler):
    """Hands on what is logged.

    Args:
        put: Takes lines; called in any thread.
    """

    def __init__(self, put: Callable[[LogLine], None]) -> None:
        super().__init__(logging.INFO)
        self._put = put

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on one record."""
        when = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        level = "error" if record.levelno >= logging.ERROR else record.levelname.lower()
        source = record.name.rpartition(".")[2]
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        for line in text.splitlines() or [""]:
            self._put(LogLine(when, level, source, line))


class Log:
    """The lines that were logged lately.

    Args:
        put: Takes each line; called in any thread.
    """

    def __init__(self, put: Callable[[LogLine], None]) -> None:
        self.lines: deque[LogLine] = deque(maxlen=KEPT)
        self._tap = LogTap(put)

    def start(self) -> None:
        """Listen to what this program logs."""
        logging.getLogger().addHandler(self._tap)

    def close(self) -> None:
        """Listen no longer."""
        logging.getLogger().removeHandler(self._tap)
