"""Documents of a program that died: found in its journals, opened again or thrown away."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from studio.locking import locked, unlocked
from studio.ui.documents.journal import Recovered, recovered
from studio.ui.documents.journals import LOCK

if TYPE_CHECKING:
    from studio.core.registry import Registry
    from studio.ui.documents.document import Document
    from studio.ui.documents.documents import Documents

DRAFT_SECONDS = 24 * 3600.0
"""How long a draft that no journal names may lie, for it may be at work to be opened."""

UNREADABLE_SECONDS = 30 * DRAFT_SECONDS
"""How long a journal is kept that this version cannot read; a newer one may."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that was not saved when its program died.

    Attributes:
        folder: Its journal.
        found: What the journal tells.
    """

    folder: Path
    found: Recovered


@dataclass(slots=True)
class _Search:
    """What a search found, and the locks that keep it from other programs."""

    lost: list[Lost] = field(default_factory=list)
    unreadable: list[Path] = field(default_factory=list)
    locks: dict[Path, BinaryIO] = field(default_factory=dict)
    alone: bool = True


class Recovery:
    """Looks for what dead programs left, once, when the program starts.

    Args:
        documents: Take what is recovered.
        registry: Node types.
    """

    def __init__(self, documents: Documents, registry: Registry) -> None:
        self._documents = documents
        self._registry = registry
        self._search = _Search()

    def search(self, done: Callable[[list[Lost]], object]) -> None:
        """Look in the background; journals of programs that live are left alone.

        Args:
            done: Takes what was lost, newest first; often nothing.
        """
        own = self._documents.journals.folder
        work = partial(_searched, own, self._documents.drafts, self._registry)
        self._documents.desk.do(work, partial(self._searched, done))

    @property
    def alone(self) -> bool:
        """Whether no other program of this user runs; known after the search."""
        return self._search.alone

    @property
    def unreadable(self) -> str:
        """What to say about journals that cannot be read; empty: all can. Known after the search."""
        found = self._search.unreadable
        if not found:
            return ""
        whose = "a graph" if len(found) == 1 else f"{len(found)} graphs"
        days = round(UNREADABLE_SECONDS / DRAFT_SECONDS)
        return (
            f"Unsaved edits of {whose} cannot be read: damaged, or of a newer version. "
            f"They are kept for {days} days."
        )

    def recover(self, lost: Iterable[Lost]) -> list[Document]:
        """Open documents again; their old journals go when the new ones are on the disk."""
        opened = []
        for item in lost:
            opened.append(self._documents.restore(item.found))
            self._drop(item.folder)
        return opened

    def discard(self, lost: Iterable[Lost]) -> None:
        """Throw away documents."""
        for item in lost:
            self._drop(item.folder)

    def discard_unreadable(self) -> None:
        """Throw away journals that cannot be read."""
        while self._search.unreadable:
            self._drop(self._search.unreadable.pop())

    def close(self) -> None:
        """Leave what was neither recovered nor discarded for the next start."""
        for folder, lock in self._search.locks.items():
            _let_go(folder, lock)
        self._search.locks.clear()

    def _searched(self, done: Callable[[list[Lost]], object], search: _Search) -> None:
        self._search = search
        done(search.lost)

    def _drop(self, journal: Path) -> None:
        self._documents.desk.do(partial(shutil.rmtree, journal, ignore_errors=True))


def _searched(own: Path, drafts: Path, registry: Registry) -> _Search:
    search = _Search()
    for folder in sorted(own.parent.iterdir()):
        if folder == own or not folder.is_dir():
            continue
        lock = _taken(folder)
        if lock is None:
            search.alone = False
            continue
        search.locks[folder] = lock
        _look_into(folder, registry, search)
    search.lost = _once(search.lost)
    for folder in [folder for folder in search.locks if not _documents(folder)]:
        _let_go(folder, search.locks.pop(folder))
        shutil.rmtree(folder, ignore_errors=True)
    if search.alone:
        _sweep(drafts, {path.name for path in own.parent.glob("*/*")})
    return search


def _look_into(folder: Path, registry: Registry, search: _Search) -> None:
    """Note what a dead program did not save, and remove the journals of what it did."""
    for journal in _documents(folder):
        found = recovered(journal, registry)
        if found and found.head.edits:
            search.lost.append(Lost(journal, found))
        elif found or _age(journal) > UNREADABLE_SECONDS:
            shutil.rmtree(journal, ignore_errors=True)
        elif any(path.stat().st_size for path in journal.iterdir()):
            log.warning("unsaved edits in %s cannot be read", journal)
            search.unreadable.append(journal)


def _once(lost: list[Lost]) -> list[Lost]:
    """Return each document once, newest first; one that dies while it is recovered is held twice."""
    found: dict[str, Lost] = {}
    for item in sorted(lost, key=lambda item: item.found.when, reverse=True):
        if found.setdefault(item.found.head.id, item) is not item:
            shutil.rmtree(item.folder, ignore_errors=True)
    return list(found.values())


def _age(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime


def _documents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _taken(folder: Path) -> BinaryIO | None:
    """Take the journals of a program, unless it lives."""
    with suppress(OSError):
        lock = (folder / LOCK).open("ab")
        if locked(lock.fileno()):
            return lock
        lock.close()
    return None


def _let_go(folder: Path, lock: BinaryIO) -> None:
    with suppress(OSError):
        unlocked(lock.fileno())
    lock.close()
    log.debug("the journals in %s are free", folder)


def _sweep(drafts: Path, used: set[str]) -> None:
    """Remove the assets of documents that were never saved and that nobody can recover."""
    for folder in drafts.iterdir() if drafts.is_dir() else ():
        if folder.name not in used and _age(folder) > DRAFT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
