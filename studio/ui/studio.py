"""What the parts of the window share, passed to each of them; there are no globals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.core.registry import Registry
    from studio.paths import Paths
    from studio.ui.actions.actions import Actions
    from studio.ui.documents.documents import Documents
    from studio.ui.looks.looks import Looks
    from studio.ui.messages import Messages
    from studio.ui.models.library import Library
    from studio.ui.preferences import Preferences
    from studio.ui.questions import Questions
    from studio.ui.session.session import Session


@dataclass(frozen=True)
class Studio:
    """Everything that exists once.

    Attributes:
        paths: The installation.
        registry: Node types, as data.
        preferences: The user's settings, and who wants to know when they change.
        looks: Theme, fonts and icons.
        actions: Every command.
        documents: The open graphs.
        session: The engine: runs, states of nodes, results, issues.
        messages: What is said in passing.
        questions: File dialogs and confirmations.
        library: The model files.
    """

    paths: Paths
    registry: Registry
    preferences: Preferences
    looks: Looks
    actions: Actions
    documents: Documents
    session: Session
    messages: Messages
    questions: Questions
    library: Library
