"""A window without a window: real looks, documents and actions, a session that knows nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.canvas.states import NodeState
from studio.core.graph import Graph
from studio.core.sub_graphs import specs
from studio.core.types import SpecOf
from studio.core.widgets import FileRef
from studio.paths import Paths, resources
from studio.ui.actions.actions import Actions
from studio.ui.documents.document import Document
from studio.ui.documents.documents import Documents
from studio.ui.looks.looks import Looks
from studio.ui.messages import Messages
from studio.ui.models.library import Library
from studio.ui.preferences import Preferences
from studio.ui.questions import Questions
from studio.ui.session.session import Session
from studio.ui.studio import Studio
from tests.ui.inspector.kinds import kinds_registry


class QuietFacts:
    """Knows of some files that they are missing."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def problem(self, ref: FileRef, /) -> object | None:
        return "missing" if ref.path in self.missing else None


class QuietSession(QObject):
    """Says nothing by itself, and answers what the tests set."""

    states_changed = Signal(object, object)
    pictures_changed = Signal(object, object)
    issues_changed = Signal(object)
    runs_changed = Signal()
    progress = Signal(object)
    worker_changed = Signal()
    result = Signal(object, str)

    def __init__(self, registry: Any) -> None:
        super().__init__()
        self.registry = registry
        self.states: dict[str, NodeState] = {}
        self.seeds: dict[str, int] = {}
        self.known = QuietFacts()
        self.granted: list[str] = []
        self.ran: list[Document] = []
        self.pictures: dict[str, QImage] = {}
        self.output_folder = Path("/home/me/Wirebrush")

    def spec_of(self, document: Document) -> SpecOf:
        return specs(document.graph, self.registry)

    def state(self, document: Document, node: str) -> NodeState:
        return self.states.get(node, NodeState())

    def picture(self, document: Document, node: str) -> QImage | None:
        return self.pictures.get(node)

    def last_seed(self, document: Document, node: str, name: str) -> int | None:
        return self.seeds.get(node)

    def facts(self, document: Document) -> QuietFacts:
        return self.known

    def issues(self, document: Document) -> tuple[()]:
        return ()

    def grant(self, path: str) -> None:
        self.granted.append(path)

    def run(self, document: Document, targets: Mapping[str, str] | tuple[()] = ()) -> None:
        self.ran.append(document)


@pytest.fixture
def session(qtbot: QtBot) -> QuietSession:
    return QuietSession(kinds_registry())


@pytest.fixture
def studio(session: QuietSession, tmp_path: Path) -> Iterator[Studio]:
    paths = Paths(tmp_path / "data", tmp_path / "cache", resources())
    looks = Looks(resources())
    preferences = Preferences(paths.settings)
    made = Studio(
        paths=paths,
        registry=session.registry,
        preferences=preferences,
        looks=looks,
        actions=Actions(None),
        documents=Documents(paths, session.registry),
        session=cast(Session, session),
        messages=Messages(),
        questions=Questions(),
        library=Library(paths, preferences),
    )
    yield made
    QThreadPool.globalInstance().waitForDone()
    made.library.close()
    made.documents.finish()
    made.preferences.close()


@pytest.fixture
def document(studio: Studio) -> Document:
    return studio.documents.add(Graph())


def focused() -> QWidget:
    """Return what has the keyboard."""
    found = QApplication.focusWidget()
    assert found is not None
    return found
