"""The files that were opened or saved lately, newest first."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.core.errors import WriteError
from studio.files import atomic_write

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.documents.documents import Documents

MOST = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecentFile:
    """One of them.

    Attributes:
        path: The file.
        missing: Whether it was not there when it was last looked for.
    """

    path: Path
    missing: bool = False


class Recent(QObject):
    """Remembers files; whether they still exist is looked up in the background.

    Args:
        documents: All open ones.
        path: Where they are remembered.
    """

    changed = Signal()
    """There are others, or others are missing."""

    def __init__(self, documents: Documents, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = documents.desk
        self._path = path
        self._files: tuple[RecentFile, ...] = tuple(RecentFile(item) for item in _read(path))
        documents.opened.connect(self._used)
        documents.stored.connect(self._used)

    @property
    def files(self) -> tuple[RecentFile, ...]:
        """All of them, newest first."""
        return self._files

    def refresh(self) -> None:
        """Look which of them still exist; `changed` follows when that is another answer."""
        self._desk.do(partial(_looked, self._files), self._mark, about="recent files")

    def forget(self, path: Path | None = None) -> None:
        """Forget one of them, or all."""
        kept = tuple(item for item in self._files if path is not None and item.path != path)
        self._set(kept)

    def _used(self, document: Document) -> None:
        if document.path:
            others = tuple(item for item in self._files if item.path != document.path)
            self._set((RecentFile(document.path), *others)[:MOST])

    def _set(self, files: tuple[RecentFile, ...]) -> None:
        if files != self._files:
            self._files = files
            text = json.dumps([str(item.path) for item in files], indent=2)
            work = partial(_written, self._path, f"{text}\n".encode())
            self._desk.do(work, about="recent files are written")
            self.changed.emit()

    def _mark(self, looked: tuple[RecentFile, ...]) -> None:
        """Take what was found out about those that are still remembered."""
        missing = {item.path: item.missing for item in looked}
        files = tuple(
            RecentFile(item.path, missing.get(item.path, item.missing)) for item in self._files
        )
        if files != self._files:
            self._files = files
            self.changed.emit()


def _read(path: Path) -> list[Path]:
    with suppress(OSError, ValueError, TypeError):
        return [Path(text) for text in json.loads(path.read_text("utf-8"))][:MOST]
    return []


def _looked(files: tuple[RecentFile, ...]) -> tuple[RecentFile, ...]:
    return tuple(RecentFile(item.path, not item.path.is_file()) for item in files)


def _written(path: Path, text: bytes) -> None:
    try:
        atomic_write(path, text)
    except WriteError as error:
        log.warning("the recent files are not remembered: %s", error)
