"""The open graphs: tabs, files, and which of them is worked on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.core.document import write
from studio.core.errors import StudioError
from studio.core.graph import Graph
from studio.ui.documents.document import Document
from studio.ui.documents.journal import Recovered
from studio.ui.documents.journals import Journals, head_of
from studio.ui.documents.saving import (
    Loaded,
    Stored,
    disk_digest,
    load,
    store,
    with_assets,
    with_title,
)
from studio.ui.threads.bridge import Bridge
from studio.ui.threads.desk import Desk

if TYPE_CHECKING:
    from studio.core.registry import Registry
    from studio.paths import Paths

CLOSED = 10
"""How many closed documents can come back, with their history."""

log = logging.getLogger(__name__)

Done = Callable[[StudioError | None], object]


class Documents(QObject):
    """All open documents, in the order of their tabs.

    Args:
        paths: The installation.
        registry: Brings the nodes of files to their present versions.

    Attributes:
        drafts: Folder in which graphs without a file keep their assets.
        complete: Returns what adds to a graph, on its way to a file, what is known of its files.
        desk: Does what waits for a disk, one thing after the other.
        journals: Of the open documents.
    """

    opened = Signal(object)
    """A document, new or again."""
    closed = Signal(object)
    """A document that is no longer among the open ones."""
    current_changed = Signal(object)
    """The document that is worked on, or ``None``."""
    moved = Signal(int, int)
    """A tab went from one place to another."""
    stored = Signal(object)
    """A document that was saved."""

    def __init__(self, paths: Paths, registry: Registry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.drafts = paths.data / "drafts"
        self.complete: Callable[[Document], Callable[[Graph], Graph]] = lambda document: _same
        self._registry = registry
        self._items: list[Document] = []
        self._closed: list[tuple[int, Document, str]] = []
        self._current: Document | None = None
        self._digests: dict[Path, str] = {}
        self._bridge = Bridge(_call, _nothing, self)
        self.desk = Desk("documents", self._bridge)
        self.journals = Journals(paths.data / "journal", self.desk, self.digest, self)

    @property
    def items(self) -> tuple[Document, ...]:
        """The open documents."""
        return tuple(self._items)

    @property
    def current(self) -> Document | None:
        """The document that is worked on."""
        return self._current

    def set_current(self, document: Document | None) -> None:
        """Work on another document."""
        if document is not self._current and (document is None or document in self._items):
            self._current = document
            self.current_changed.emit(document)

    # --- Opening ---

    def new(self) -> Document:
        """Open an empty graph."""
        return self.add(Graph())

    def add(self, graph: Graph, title: str = "") -> Document:
        """Open a graph that has no file.

        Args:
            graph: Where its history begins.
            title: For its tab; empty: the graph's.
        """
        document = Document(graph, self.drafts, None, title, parent=self)
        return self._take(document, write(graph).encode())

    def open(self, path: Path) -> Document:
        """Open a graph file, or the graph in a picture; one that is open is only shown.

        Raises:
            MissingFileError: There is no such file.
            DocumentError: It is damaged, newer than the program, or carries no graph.
        """
        return self._held(path) or self.show(load(path, self._registry, self.drafts))

    def open_later(
        self, path: Path, done: Callable[[Document | StudioError], object] | None = None
    ) -> None:
        """Open a file without waiting for the disk.

        Args:
            path: A graph file or a picture.
            done: Takes the document, or why there is none.
        """
        held = self._held(path)
        if held:
            if done:
                done(held)
            return
        self.desk.do(partial(self._tried, path), partial(self._arrived, done))

    def show(self, loaded: Loaded) -> Document:
        """Open what was read from a file."""
        held = self._held(loaded.path) if loaded.path else None
        if held:
            return held
        document = Document(
            loaded.graph, self.drafts, loaded.path, loaded.title, loaded.id, parent=self
        )
        if loaded.path:
            self._digests[loaded.path] = loaded.digest
        return self._take(document, loaded.text)

    def restore(self, found: Recovered) -> Document:
        """Open a document as its journal tells it; its last edits are not saved."""
        path = Path(found.head.path) if found.head.path else None
        held = next((item for item in self._items if path and item.path == path), None)
        if held and held.saved and not held.steps:
            self.close(held)  # it is the same document before the edits that are recovered
            held = None
        document = Document(
            found.graph,
            self.drafts,
            None if held else path,
            found.head.title,
            found.head.id,
            parent=self,
        )
        document.mark_saved(None)
        if document.path:
            self._digests[document.path] = found.head.digest
        return self._take(document, write(found.graph).encode(), edits=found.head.edits)

    # --- Closing ---

    def close(self, document: Document) -> None:
        """Close a document without asking; `reopen_closed` brings it back with its history."""
        place = self._items.index(document)
        self._items.remove(document)
        self._closed = [*self._closed[1 - CLOSED :], (place, document, self.digest(document))]
        if document is self._current:
            near = self._items[min(place, len(self._items) - 1)] if self._items else None
            self._current = near
            self.current_changed.emit(near)
        self.journals.end(document)
        self.closed.emit(document)

    def reopen_closed(self) -> Document | None:
        """Open again what was closed last, where it was.

        Its file is what it was then: if another program or another tab wrote it since, saving says
        so. If another tab has it open, this one comes back without a file.
        """
        if not self._closed:
            return None
        place, document, digest = self._closed[-1]
        if document.path and any(item.path == document.path for item in self._items):
            old = document.file
            document.named(None)
            document.rewrite(lambda held: with_assets(held, old, document.file))
            document.mark_saved(None)
        elif document.path:
            self._digests[document.path] = digest
        self._closed.pop()
        text, edits = write(document.graph).encode(), 0 if document.saved else 1
        return self._take(document, text, place, edits=edits)

    @property
    def can_reopen(self) -> bool:
        """Whether something was closed."""
        return bool(self._closed)

    def move(self, index: int, to: int) -> None:
        """Give a tab another place."""
        if index != to and 0 <= index < len(self._items) and 0 <= to < len(self._items):
            self._items.insert(to, self._items.pop(index))
            self.moved.emit(index, to)

    # --- Saving ---

    def save(
        self,
        document: Document,
        path: Path | None = None,
        *,
        over: bool = False,
        done: Done | None = None,
    ) -> None:
        """Save a document in the background.

        Args:
            document: One with a file, or with `path`.
            path: Another file, which it then belongs to; its assets come along.
            over: Whether what another program wrote is written over.
            done: Takes ``None``, or why it was not saved.
        """
        target = path or document.path
        if target is None:
            raise ValueError("a document without a file needs a path")
        graph, old = document.graph, document.file
        is_asked = over or target != document.path
        made = partial(_moved, graph, old, document.path, target)
        work = partial(self._stored, made, self.complete(document), target, over=is_asked)
        self.desk.do(work, partial(self._saved, document, graph, self._settler(document), done))

    def reload(self, document: Document, done: Done | None = None) -> None:
        """Take what its file holds now, as an edit that can be undone.

        Args:
            document: One with a file.
            done: Takes ``None``, or why it could not be read.
        """
        if document.path:
            work = partial(self._tried, document.path)
            self.desk.do(work, partial(self._reloaded, document, done))

    def keep(self, document: Document) -> None:
        """Go on with what is open although its file holds something else; saving writes over it."""
        if document.path:
            took = partial(self._digests.__setitem__, document.path)
            self.desk.do(partial(disk_digest, document.path), took)
            document.mark_saved(None)

    def read(self, path: Path, done: Callable[[Graph | StudioError], object]) -> None:
        """Read a graph in the background without opening it."""
        self.desk.do(partial(self._tried, path), partial(_read, done))

    def digest(self, document: Document) -> str:
        """Return the digest of the file as it was last read or written here."""
        return self._digests.get(document.path, "") if document.path else ""

    def finish(self) -> None:
        """End the thread, after everything that is to be saved."""
        self.desk.close(finish=True)
        self._bridge.close()
        self.journals.close()

    # --- Inside ---

    def _held(self, path: Path) -> Document | None:
        wanted = path.absolute()
        held = next((item for item in self._items if item.path == wanted), None)
        if held:
            self.set_current(held)
        return held

    def _take(
        self, document: Document, text: bytes, place: int | None = None, *, edits: int = 0
    ) -> Document:
        self.journals.begin(document, text, edits)
        self._items.insert(len(self._items) if place is None else place, document)
        self.opened.emit(document)
        self.set_current(document)
        return document

    def _tried(self, path: Path) -> Loaded | StudioError:
        try:
            found = load(path, self._registry, self.drafts)
        except StudioError as error:
            return error
        found.graph.order()  # the graph remembers it, and the window need not work it out
        return found

    def _arrived(
        self,
        done: Callable[[Document | StudioError], object] | None,
        answer: Loaded | StudioError,
    ) -> None:
        found = answer if isinstance(answer, StudioError) else self.show(answer)
        if done:
            done(found)

    def _reloaded(
        self, document: Document, done: Done | None, answer: Loaded | StudioError
    ) -> None:
        if isinstance(answer, Loaded):
            document.edit("Reload from disk", answer.graph)
            document.mark_saved(document.graph)
            if answer.path:
                self._digests[answer.path] = answer.digest
        else:
            document.mark_saved(None)
        if done:
            done(answer if isinstance(answer, StudioError) else None)

    def _settler(self, document: Document) -> Callable[[Stored], None]:
        """Begin a turn of the journal; returns what gives it its base once that is saved."""
        settle, head = self.journals.turn(document), head_of(document, 0, "")

        def settled(stored: Stored) -> None:
            path, title = str(stored.path), stored.path.stem
            settle(replace(head, path=path, title=title, digest=stored.digest), stored.text)

        return settled

    def _stored(
        self,
        made: Callable[[], Graph],
        complete: Callable[[Graph], Graph],
        path: Path,
        *,
        over: bool,
    ) -> Stored | StudioError:
        """Write a file, in the desk's thread: a save behind this one knows what this one wrote."""
        try:
            stored = store(complete(made()), path, known=None if over else self._digests.get(path))
        except StudioError as error:
            return error
        self._digests[path] = stored.digest
        return stored

    def _saved(
        self,
        document: Document,
        graph: Graph,
        settle: Callable[[Stored], None],
        done: Done | None,
        answer: Stored | StudioError,
    ) -> None:
        if isinstance(answer, StudioError):
            if done:
                done(answer)
            return
        self.desk.do(partial(_settled, settle, answer))
        self.journals.saved(document)
        document.mark_saved(graph)
        old, before = document.file, document.path
        document.named(answer.path)
        if old != answer.path:
            document.rewrite(lambda held: _moved(held, old, before, answer.path))
        self.stored.emit(document)
        if done:
            done(None)


def _moved(graph: Graph, old: Path, before: Path | None, path: Path) -> Graph:
    """Return a graph as it belongs to a file, with its assets and its name there."""
    return with_title(with_assets(graph, old, path), before, path)


def _same(graph: Graph) -> Graph:
    return graph


def _settled(settle: Callable[[Stored], None], stored: Stored) -> None:
    try:
        settle(stored)
    except (OSError, StudioError) as error:
        log.warning("the journal of %s is not shortened: %s", stored.path, error)


def _read(done: Callable[[Graph | StudioError], object], answer: Loaded | StudioError) -> None:
    done(answer.graph if isinstance(answer, Loaded) else answer)


def _call(what: Callable[[], object]) -> None:
    what()


def _nothing() -> None:
    pass
