"""The tabs of the last time: which files were open, and which of them was worked on."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.core.errors import WriteError
from studio.files import atomic_write

if TYPE_CHECKING:
    from studio.core.errors import StudioError
    from studio.ui.documents.document import Document
    from studio.ui.documents.documents import Documents

log = logging.getLogger(__name__)


class Tabs(QObject):
    """Remembers the open files.

    Args:
        documents: All open ones.
        path: Where they are remembered.
    """

    def __init__(self, documents: Documents, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._documents = documents
        self._path = path
        self._frozen = True
        for changed in (documents.opened, documents.closed, documents.current_changed):
            changed.connect(self._changed)
        documents.stored.connect(self._changed)
        documents.moved.connect(self._changed)

    def last(self) -> tuple[tuple[Path, ...], int]:
        """Return the files of the last time, without those that are gone, and the current one."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            data = json.loads(self._path.read_text("utf-8"))
            paths = [Path(text) for text in data["tabs"]]
            current = paths[data["current"]] if 0 <= data["current"] < len(paths) else None
            kept = [path for path in paths if path.is_file()]
            return tuple(kept), kept.index(current) if current in kept else -1
        return (), -1

    def restore(self, done: Callable[[], object] | None = None) -> None:
        """Open the files of the last time in the background, then remember changes.

        Args:
            done: Called when all are open; those that cannot be opened are left out.
        """
        self._documents.desk.do(self.last, partial(self._open, done))

    def remember(self) -> None:
        """Remember changes from now on."""
        self._frozen = False
        self._changed()

    def close(self) -> None:
        """Remember the tabs as they are now, and not how they close."""
        self._frozen = True

    def _open(self, done: Callable[[], object] | None, last: tuple[tuple[Path, ...], int]) -> None:
        paths, current = last
        if not paths:
            self._restored(None, done)
        for place, path in enumerate(paths):
            end = partial(self._arrived, paths, current, done) if place == len(paths) - 1 else None
            self._documents.open_later(path, end)

    def _arrived(
        self,
        paths: tuple[Path, ...],
        current: int,
        done: Callable[[], object] | None,
        _answer: Document | StudioError,
    ) -> None:
        wanted = paths[current] if current >= 0 else None
        found = (item for item in self._documents.items if wanted and item.path == wanted)
        self._restored(next(found, None), done)

    def _restored(self, current: Document | None, done: Callable[[], object] | None) -> None:
        if current:
            self._documents.set_current(current)
        self.remember()
        if done:
            done()

    def _changed(self) -> None:
        if self._frozen:
            return
        named = [item for item in self._documents.items if item.path]
        current = self._documents.current
        data = {
            "tabs": [str(item.path) for item in named],
            "current": named.index(current) if current in named else -1,
        }
        text = f"{json.dumps(data, indent=2)}\n".encode()
        self._documents.desk.do(partial(_written, self._path, text), about="tabs")


def _written(path: Path, text: bytes) -> None:
    try:
        atomic_write(path, text)
    except WriteError as error:
        log.warning("the tabs are not remembered: %s", error)
