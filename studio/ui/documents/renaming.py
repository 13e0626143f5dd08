"""Giving a graph another title, which also names the pictures that it saves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.ui.actions.action import Action

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

ACTIONS = (
    Action(
        "file.rename",
        "Rename graph",
        "ph.pencil-simple",
        "File",
        help="Give the graph another title; names of saved pictures begin with it.",
    ),
)
_STEP = "Rename graph"


def bind(studio: Studio) -> None:
    """Say what the declared command does."""

    def ask() -> None:
        document = studio.documents.current
        if document:
            title = document.graph.title or document.title
            studio.questions.text(
                _STEP, "Title, for names of saved pictures", title, partial(_rename, document)
            )

    studio.actions.bind("file.rename", ask, lambda: studio.documents.current is not None)


def _rename(document: Document, text: str) -> None:
    document.edit(_STEP, document.graph.with_title(text.strip()))
