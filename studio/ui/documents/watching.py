"""Files that another program writes while they are open here."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from studio.ui.documents.saving import disk_digest

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.documents.documents import Documents


class Watching(QObject):
    """Watches the files of the open documents, and looks at their content when something happens.

    Args:
        documents: All open ones.
    """

    changed = Signal(object)
    """A document whose file holds something else than it was read or saved with."""

    def __init__(self, documents: Documents, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._documents = documents
        self._told: dict[str, str] = {}
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._touched)
        self._watcher.directoryChanged.connect(self._touched)
        documents.opened.connect(self.watch)
        documents.closed.connect(self.watch)
        documents.stored.connect(self.watch)

    def watch(self) -> None:
        """Watch the files that are open now, and their folders: saving replaces a file."""
        self.close()
        # Those that are watched already, too: the system goes on with what a file was before it was
        # replaced, which lives on as the previous version.
        files = [item.path for item in self._documents.items if item.path]
        wanted = {str(path) for path in files} | {str(path.parent) for path in files}
        if wanted:
            self._watcher.addPaths(sorted(wanted))

    def check(self) -> None:
        """Look at all files, as when the window becomes active: not every disk tells."""
        for document in self._documents.items:
            self._check(document)

    def close(self) -> None:
        """Watch nothing more."""
        held = [*self._watcher.files(), *self._watcher.directories()]
        if held:
            self._watcher.removePaths(held)

    def _touched(self, text: str) -> None:
        touched = Path(text)
        for document in self._documents.items:
            if document.path and touched in (document.path, document.path.parent):
                self._check(document)
        self.watch()

    def _check(self, document: Document) -> None:
        path = document.path
        if path:

            def look() -> tuple[str, str]:
                # Until the window hears of it, a save or a reload may make another one known.
                return disk_digest(path), self._documents.digest(document)

            took = partial(self._looked, document, path)
            self._documents.desk.do(look, took, about=("watch", document.id))

    def _looked(self, document: Document, path: Path, found: tuple[str, str]) -> None:
        if document not in self._documents.items or document.path != path:
            return
        digest, then = found
        if not digest:
            document.mark_saved(None)  # it is gone, and what is open is all there is
        known = "", then, self._documents.digest(document), self._told.get(document.id)
        if digest in known:
            return
        self._told[document.id] = digest
        self.changed.emit(document)
