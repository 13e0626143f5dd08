"""How often the user added each node type, so that what is used most is found first."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

log = logging.getLogger(__name__)


class Usage:
    """Counts that outlive the window.

    Args:
        path: File that keeps them; a missing or damaged one means none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counts: Counter[str] | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each type was added, by its id."""
        if self._counts is None:
            self._counts = Counter(_read(self._path))
        return self._counts

    def add(self, type_id: str) -> None:
        """Count one more; a disk that refuses costs only the memory of it."""
        counts = Counter(self.counts)
        counts[type_id] += 1
        self._counts = counts
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(dict(counts), indent=0), "utf-8")
        except OSError as error:
            log.info("%s is not written (%s)", self._path, error)


def _read(path: Path) -> dict[str, int]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {name: count for name, count in data.items() if type(count) is int and count > 0}
