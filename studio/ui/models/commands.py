"""The commands about model files, and what opens the dialog on missing ones by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.ui.actions.action import Action
from studio.ui.models.missing_files import Missing, missing_files

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

PANEL_ACTIONS = (
    Action("models.add", "Add node for this model", "ph.plus-circle", "Graph/Models"),
    Action("models.use", "Use in selected node", "ph.check", "Graph/Models"),
    Action("models.reveal", "Show model in folder", "ph.folder", "Graph/Models"),
)
"""What the panel does with the chosen model; it binds them when it is first seen."""
ACTIONS = (
    *PANEL_ACTIONS,
    Action("models.rescan", "Read model folders again", "ph.arrow-clockwise", "Graph/Models"),
    Action("models.missing", "Find missing models", "ph.magnifying-glass", "Graph",
           help="Offers a file for each that this graph names and nobody finds."),
)  # fmt: skip


class MissingModels(QObject):
    """Opens the dialog: when a graph was opened, when a node asks for it, and on command.

    Args:
        studio: The window's parts.
        window: What the dialog lies over.
    """

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._window = studio, window
        self._asked: set[str] = set()
        self._dialog: QWidget | None = None
        studio.session.issues_changed.connect(self._judged)
        studio.session.locate_asked.connect(self.open)
        studio.documents.current_changed.connect(self._judged)
        studio.actions.bind("models.missing", self.ask, lambda: bool(self._missing()))

    def ask(self) -> None:
        """Open the dialog for the graph that is shown."""
        document = self._studio.documents.current
        if document:
            self.open(document)

    def open(self, document: Document) -> None:
        """Open the dialog for a graph, if it misses anything and the dialog is not open."""
        from studio.ui.models.missing_dialog import MissingDialog

        missing = self._missing(document)
        self._asked.add(document.id)
        if missing and self._dialog is None:
            self._dialog = MissingDialog(self._studio, document, missing, self._window)
            self._dialog.destroyed.connect(self._forget)
            self._dialog.open()

    def _judged(self, document: Document | None) -> None:
        """Ask once for a graph that nobody has edited since it was opened."""
        if document is None or document is not self._studio.documents.current:
            return
        if not document.position and document.id not in self._asked and self._missing():
            self.open(document)

    def _missing(self, document: Document | None = None) -> tuple[Missing, ...]:
        document = document or self._studio.documents.current
        if document is None:
            return ()
        issues = self._studio.session.issues(document)
        return missing_files(issues, document.graph, self._studio.registry)

    def _forget(self) -> None:
        self._dialog = None
