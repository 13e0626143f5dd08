"""Finds all files that a graph misses in one go; the graph is open and safe behind it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.core.widgets import FileRef
from studio.roots import Roots, roots
from studio.ui.inspector.files import MODEL_SUFFIXES, as_written
from studio.ui.kit.dialog import Dialog
from studio.ui.models.folders import with_folder
from studio.ui.models.missing_files import Found, Missing, Offer, missing_files, replaced, search
from studio.ui.models.missing_row import MissingRow
from studio.ui.threads.later import Later

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

_WIDE, _HIGH = 480, 420
_SENTENCE = "The graph is open and safe. Choose a file for each, or leave them and fix it later."


class MissingDialog(Dialog):
    """Offers a file for each that is missing.

    Args:
        studio: The window's parts.
        document: Whose graph.
        missing: Its missing files.
        parent: The window.
    """

    def __init__(
        self,
        studio: Studio,
        document: Document,
        missing: Sequence[Missing],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(studio.looks, _heading(missing), _SENTENCE, parent)
        self._studio, self._document = studio, document
        self._thorough = False
        self._reading: dict[Path, set[MissingRow]] = {}
        self._later = Later(self)
        self.rows = [MissingRow(studio.looks, item, self) for item in missing]
        self._list_rows()
        self.folders = self.add_button(
            "Search folders", does=self._ask_folder, closes=False, left=True
        )
        self.done_button = self.add_button("Done", "primary", self._apply)
        self.setFixedWidth(_WIDE)
        studio.session.hashed.connect(self._hashed)
        studio.session.issues_changed.connect(self._judged)
        studio.documents.closed.connect(self._closed)
        for row in self.rows:
            self._search(row)

    def _list_rows(self) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.looks.theme.space("m"))
        for row in self.rows:
            column.addWidget(row)
            row.choose_asked.connect(self._ask_file)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        area.setFixedHeight(min(inside.sizeHint().height(), _HIGH))
        self.body.addWidget(area)

    # --- Searching ---

    @property
    def _roots(self) -> Roots:
        return roots(self._studio.paths, self._studio.preferences.settings, self._document.base)

    def _search(self, row: MissingRow) -> None:
        """Look for a file in a thread."""
        paths, settings = self._studio.paths, self._studio.preferences.settings
        base, session = self._document.base, self._studio.session
        missing, thorough = row.missing, self._thorough

        def work() -> Found:
            known = session.fingerprints()
            places = roots(paths, settings, base, locate=known.having)
            return search(missing, places, base, known, thorough=thorough)

        self._later.do(work, partial(self._found, row))

    def _found(self, row: MissingRow, found: Found) -> None:
        if row.is_there or (row.offer and row.offer.how == "chosen"):
            return
        if found.reading and self._was_read(found.reading):
            self._search(row)
            return
        if found.reading:
            self._reading.setdefault(found.reading, set()).add(row)
        if found.offer != row.offer or row.offer is None:
            row.show_offer(found.offer, f"reading {found.reading.name}" if found.reading else "")

    def _was_read(self, path: Path) -> bool:
        """Say whether a file that was to be read was so meanwhile, or is gone."""
        try:
            return self._studio.session.fingerprints().knows(path)
        except OSError:
            return True

    def _hashed(self, path: Path, share: float) -> None:
        """Show how far a file is, and look again once it was read."""
        rows = self._reading.get(path, set()) if share < 1.0 else self._reading.pop(path, set())
        for row in rows:
            if share < 1.0:
                row.show_reading(f"reading {path.name}: {share * 100:.0f} %")
            else:
                row.offer = None
                self._search(row)

    def _judged(self, document: Document) -> None:
        """Mark what is there by now, as it was put where it belongs."""
        if document is not self._document:
            return
        issues = self._studio.session.issues(document)
        still = missing_files(issues, document.graph, self._studio.registry)
        refs = {item.ref for item in still}
        for row in self.rows:
            if not row.taken and row.missing.ref not in refs:
                row.show_there()

    # --- Asking ---

    def _ask_file(self, row: MissingRow) -> None:
        endings = [f"*{suffix}" for suffix in MODEL_SUFFIXES]
        weights = [("Weights", endings)] if row.missing.kind else []
        self._studio.questions.open_files(
            f"Choose a file for {row.missing.name}",
            str(self._studio.paths.models / row.missing.kind),
            [*weights, ("All files", ["*"])],
            partial(self._file_chosen, row),
        )

    def _file_chosen(self, row: MissingRow, paths: list[Path]) -> None:
        if paths:
            ref = as_written(Path(paths[0]), self._roots, self._document.base)
            row.show_offer(Offer("chosen", ref))

    def _ask_folder(self) -> None:
        self._studio.questions.folder(
            "Choose a folder with models", str(Path.home()), self._folder_chosen
        )

    def _folder_chosen(self, folder: Path) -> None:
        """Take a folder into the settings, and read in it what may be meant."""
        kinds = [row.missing.kind for row in self.rows if row.missing.kind]
        preferences = self._studio.preferences
        name, value = with_folder(preferences.settings, folder, dict.fromkeys(kinds))
        preferences.set(name, value)
        self._thorough = True
        for row in self.rows:
            if not row.is_settled:
                self._search(row)

    # --- The end ---

    @property
    def chosen(self) -> dict[Missing, FileRef]:
        """What is used in place of each file; those that are left are not there."""
        return {row.missing: row.chosen for row in self.rows if row.chosen is not None}

    def _apply(self) -> None:
        """Let the graph name what was chosen, as one step."""
        chosen = self.chosen
        for ref in chosen.values():
            if Path(ref.path).is_absolute():
                self._studio.session.grant(ref.path)
        many = "files" if len(chosen) > 1 else "file"
        self._document.edit(f"Use other {many}", replaced(self._document.graph, chosen))

    def _closed(self, document: Document) -> None:
        if document is self._document:
            self.reject()


def _heading(missing: Sequence[Missing]) -> str:
    word = "model" if all(item.kind for item in missing) else "file"
    return f"1 {word} is missing" if len(missing) == 1 else f"{len(missing)} {word}s are missing"
