"""Saving graphs that have a file by themselves, when the user wants that."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from studio.core.errors import StudioError

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.documents.documents import Documents
    from studio.ui.preferences import Preferences

REST_MS = 3000
"""How long nothing must be edited before it is saved."""

log = logging.getLogger(__name__)


class Autosave(QObject):
    """Saves documents a moment after their last edit.

    Args:
        documents: All open ones.
        preferences: Says whether it is wanted.
    """

    def __init__(
        self, documents: Documents, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._preferences = preferences
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self.save)
        documents.opened.connect(self._follow)
        documents.closed.connect(self._leave)
        preferences.changed.connect(self._preferred)

    def save(self) -> None:
        """Save every document that has a file and is not saved; conflicts are left to the user."""
        for document in self._documents.items:
            if document.path and not document.saved:
                self._documents.save(document, done=_noted)

    def close(self) -> None:
        """Save nothing more."""
        self._timer.stop()

    def _follow(self, document: Document) -> None:
        document.changed.connect(self._edited)

    def _leave(self, document: Document) -> None:
        document.changed.disconnect(self._edited)

    def _edited(self) -> None:
        if self._preferences.value("autosave"):
            self._timer.start()

    def _preferred(self, name: str) -> None:
        if name == "autosave":
            self._edited()


def _noted(error: StudioError | None) -> None:
    if error:
        log.warning("autosave: %s", error)
