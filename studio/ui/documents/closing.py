"""Saving, closing and quitting, with the questions that belong to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import StudioError
from studio.core.graph import Graph
from studio.ui.documents.differences import differences
from studio.ui.documents.saving import SUFFIX, ChangedOnDiskError
from studio.ui.typed import settle_typing

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

FILTERS = (("Graphs", (f"*{SUFFIX}",)),)

SAVE, DISCARD, CANCEL = "Save", "Discard", "Cancel"
OVER, AS = "Write over", "Save as"
RELOAD, SEE, KEEP = "Reload", "See differences", "Keep mine"

Then = Callable[[], object]


class Closing:
    """Asks before anything is lost.

    Args:
        studio: What the window's parts share.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    # --- Saving ---

    def save(self, document: Document, then: Then | None = None) -> None:
        """Save a document; one without a file asks where.

        Args:
            document: An open one.
            then: Called when it is saved.
        """
        if document.path is None:
            self.save_as(document, then)
        else:
            self._studio.documents.save(document, done=partial(self._told, document, then))

    def save_as(self, document: Document, then: Then | None = None) -> None:
        """Ask where, and save a document there; it then belongs to that file."""
        start = document.path or Path.home() / f"{_file_name(document.title)}{SUFFIX}"
        done = partial(self._save_to, document, then)
        self._studio.questions.save_file("Save graph", str(start), FILTERS, done)

    def _save_to(self, document: Document, then: Then | None, path: Path) -> None:
        if path.suffix.lower() != SUFFIX:
            self._name(document, then, path.with_name(path.name + SUFFIX))
            return
        taken = [item for item in self._studio.documents.items if item.path == path.absolute()]
        if taken and taken[0] is not document:
            text = f"{path.name} is open in another tab; close that first, or take another name"
            self._studio.messages.say(text, "error")
            return
        done = partial(self._told, document, then)
        self._studio.documents.save(document, path.absolute(), over=True, done=done)

    def _name(self, document: Document, then: Then | None, path: Path) -> None:
        """Save under a name with the right ending, which the file dialog did not ask about."""

        def answered(answer: str) -> None:
            if answer == OVER:
                self._save_to(document, then, path)

        if not path.exists():
            answered(OVER)
            return
        self._studio.questions.confirm(
            f"Write over {path.name}?",
            "There is such a file already; what it holds stays as .bak.",
            (OVER, CANCEL),
            answered,
        )

    def _told(self, document: Document, then: Then | None, error: StudioError | None) -> None:
        if error is None:
            if then:
                then()
        elif isinstance(error, ChangedOnDiskError):
            self._studio.questions.confirm(
                error.text,
                "Writing over it replaces what the other program wrote; it stays as .bak.",
                (OVER, AS, CANCEL),
                partial(self._conflict, document, then),
            )
        else:
            self._studio.messages.say(str(error), "error")

    def _conflict(self, document: Document, then: Then | None, answer: str) -> None:
        if answer == OVER:
            done = partial(self._told, document, then)
            self._studio.documents.save(document, over=True, done=done)
        elif answer == AS:
            self.save_as(document, then)

    # --- Closing ---

    def close(self, document: Document, then: Then | None = None) -> None:
        """Close a document, after asking when that would lose something."""
        settle_typing()

        def closed() -> None:
            if document in self._studio.documents.items:
                self._studio.documents.close(document)
            if then:
                then()

        self._settled(document, closed)

    def close_all(self, documents: Sequence[Document]) -> None:
        """Close several documents, until the user says no."""
        if documents:
            self.close(documents[0], partial(self.close_all, documents[1:]))

    def settle(self, then: Then) -> None:
        """Ask for each document that is not saved; call `then` when the window may go."""
        settle_typing()
        self._settle(self._studio.documents.items, then)

    def _settle(self, documents: Sequence[Document], then: Then) -> None:
        if not documents:
            then()
            return
        self._settled(documents[0], partial(self._settle, documents[1:], then))

    def _settled(self, document: Document, then: Then) -> None:
        if document.saved:
            then()
            return
        self._studio.documents.set_current(document)
        self._studio.questions.confirm(
            f"Save {document.title}?",
            "Its last edits are not saved and would be lost.",
            (SAVE, DISCARD, CANCEL),
            partial(self._answered, document, then),
        )

    def _answered(self, document: Document, then: Then, answer: str) -> None:
        if answer == SAVE:
            # It can be edited while it is saved.
            self.save(document, partial(self._settled, document, then))
        elif answer == DISCARD:
            then()

    # --- Files that others wrote ---

    def changed_on_disk(self, document: Document) -> None:
        """Ask what to do with a document whose file another program wrote."""
        sentence = "Your edits here are not in it." if not document.saved else ""
        self._studio.questions.confirm(
            f"{document.title} was changed by another program",
            f"{sentence} Reloading can be undone.".strip(),
            (RELOAD, SEE, KEEP),
            partial(self._choose, document),
        )

    def _choose(self, document: Document, answer: str) -> None:
        if answer == RELOAD:
            self._studio.documents.reload(document, self._said)
        elif answer == KEEP:
            self._studio.documents.keep(document)
        elif answer == SEE and document.path:
            self._studio.documents.read(document.path, partial(self._compared, document))

    def _compared(self, document: Document, found: Graph | StudioError) -> None:
        if isinstance(found, StudioError):
            self._said(found)
            return
        said = differences(document.graph, found) or ["nothing differs"]
        self._studio.questions.confirm(
            f"In the file of {document.title}",
            "\n".join(said),
            (RELOAD, KEEP),
            partial(self._choose, document),
        )

    def _said(self, error: StudioError | None) -> None:
        if error:
            self._studio.messages.say(str(error), "error")


def _file_name(title: str) -> str:
    return "".join("_" if mark in '<>:"/\\|?*' or mark < " " else mark for mark in title) or "graph"
