"""The journals of all open documents: one folder for each running program, under a lock."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import document as files
from studio.core.errors import StudioError
from studio.core.graph import Graph
from studio.locking import locked, unlocked
from studio.ui.documents.document import Document
from studio.ui.documents.journal import Head, Journal
from studio.ui.threads.desk import Desk

COMPACT_RECORDS = 500
"""Edits after which the whole graph is written again, so that recovering stays quick."""
LOCK = "lock"

log = logging.getLogger(__name__)


class Journals(QObject):
    """Writes down every edit before anybody relies on it.

    Args:
        folder: Of the journals of all programs of this user.
        desk: Waits for the disk.
        digest: Returns the digest of a document's file.
    """

    failed = Signal(str)
    """Edits of a document are not written down any more; says why."""

    def __init__(
        self,
        folder: Path,
        desk: Desk,
        digest: Callable[[Document], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.folder = folder / uuid.uuid4().hex[:12]
        self._desk = desk
        self._digest = digest
        self._journals: dict[str, Journal] = {}
        self._followers: dict[str, Callable[[Graph, Graph], None]] = {}
        self.folder.mkdir(parents=True)
        self._lock = (self.folder / LOCK).open("wb")
        locked(self._lock.fileno())

    def begin(self, document: Document, text: bytes, edits: int = 0) -> None:
        """Follow a document that was opened.

        Args:
            document: One that has no journal.
            text: Its graph as a file.
            edits: How many of its edits are not saved already.
        """
        follower = partial(self._record, document)
        try:
            head = head_of(document, edits, self._digest(document))
            journal = Journal(self.folder / document.id, head, text)
        except (OSError, StudioError) as error:
            self._give_up(document, error)
            return
        self._journals[document.id] = journal
        self._followers[document.id] = follower
        document.changed.connect(follower)
        self._desk.do(journal.sync_base)

    def end(self, document: Document) -> None:
        """Forget a document that was closed."""
        journal = self._journals.pop(document.id, None)
        if journal:
            document.changed.disconnect(self._followers.pop(document.id))
            self._desk.do(journal.remove)

    def turn(self, document: Document) -> Callable[[Head, bytes], None]:
        """Begin another turn; returns what takes its base, in the thread of the desk."""
        journal = self._journals.get(document.id)
        if journal is None:
            return _no_base
        try:
            return partial(journal.settle, journal.turn())
        except OSError as error:
            self._give_up(document, error)
            return _no_base

    def saved(self, document: Document) -> None:
        """Count only the edits since the last `turn` from now on."""
        journal = self._journals.get(document.id)
        if journal:
            journal.edits = journal.records

    def close(self) -> None:
        """Remove the journals of a program that ends in order; the desk has no work any more."""
        for journal in self._journals.values():
            journal.close()
        self._journals.clear()
        with suppress(OSError):
            unlocked(self._lock.fileno())
        self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _record(self, document: Document, before: Graph, after: Graph) -> None:
        journal = self._journals[document.id]
        step = document.steps[document.position - 1] if document.position else ""
        try:
            journal.record(step, before, after, saved=document.saved)
        except (OSError, ValueError, TypeError, IndexError) as error:
            self._give_up(document, error)
            return
        self._desk.do(journal.sync, about=("sync", document.id))
        if journal.records >= COMPACT_RECORDS:
            head = head_of(document, journal.edits, self._digest(document))
            self._desk.do(partial(_compact, self.turn(document), head, after))

    def _give_up(self, document: Document, error: Exception) -> None:
        log.warning("the edits of %s are not written down: %s", document.title, error)
        journal = self._journals.pop(document.id, None)
        if journal:
            document.changed.disconnect(self._followers.pop(document.id))
            self._desk.do(journal.close)
        self.failed.emit(f"edits of {document.title} are not written down any more ({error})")


def head_of(document: Document, edits: int, digest: str) -> Head:
    """Return what a journal says of a document."""
    path = str(document.path) if document.path else ""
    return Head(document.id, path, document.title, edits, digest)


def _compact(settle: Callable[[Head, bytes], None], head: Head, graph: Graph) -> None:
    settle(head, files.write(graph).encode())


def _no_base(_head: Head, _text: bytes) -> None:
    """Take the base of a journal that was given up."""
