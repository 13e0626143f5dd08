"""A whole window's insides for tests, a canvas with a driver, and a check for what tests leave."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

import nodes
from studio.core.registry import Registry
from studio.paths import Paths, resources
from studio.ui.actions.actions import Actions
from studio.ui.actions.keymaps import Keymaps
from studio.ui.canvas import commands
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.documents.document import Document
from studio.ui.documents.documents import Documents
from studio.ui.looks.fonts import load_fonts
from studio.ui.looks.looks import Looks
from studio.ui.messages import Messages
from studio.ui.models.library import Library
from studio.ui.preferences import Preferences
from studio.ui.questions import Questions
from studio.ui.session.session import Session
from studio.ui.studio import Studio
from studio.ui.style.style import dress
from studio.ui.window import run_commands
from tests.ui.driver import CanvasDriver
from tests.ui.engines import CheapEngine

SIZE = 1000, 700
_JOIN_SECONDS = 5.0


def _deleted() -> None:
    """Let go of what was to be deleted later."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _alive(timers: list[weakref.ref[QTimer]]) -> list[QTimer]:
    held = (timer() for timer in timers)
    return [timer for timer in held if timer is not None and isValid(timer) and timer.isActive()]


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail when a test leaves a thread, a running timer or a window."""
    timers: list[weakref.ref[QTimer]] = []
    start = QTimer.start

    def noted(timer: QTimer, *args: int) -> None:
        timers.append(weakref.ref(timer))
        start(timer, *args)

    monkeypatch.setattr(QTimer, "start", noted)
    threads, windows = set(threading.enumerate()), set(map(id, QApplication.topLevelWidgets()))
    yield
    _deleted()
    left = [t for t in threading.enumerate() if t not in threads and not _is_qts(t)]
    for thread in left:
        thread.join(_JOIN_SECONDS)
    assert not [t.name for t in left if t.is_alive()], "a thread goes on after the test"
    assert not _windows(windows), "a window is left after the test"
    running = _alive(timers)
    assert not [(t.objectName(), t.parent()) for t in running], "a timer goes on after the test"


def _is_qts(thread: threading.Thread) -> bool:
    """Tell whether a thread belongs to Qt's pool, which keeps its threads."""
    return thread.name.startswith("Dummy")


def _windows(before: set[int]) -> list[QWidget]:
    def new() -> list[QWidget]:
        return [item for item in QApplication.topLevelWidgets() if id(item) not in before]

    if new():
        gc.collect()
        _deleted()
    return [item for item in new() if item.isVisible() or item.parent() is None]


@pytest.fixture(scope="session")
def real_registry() -> Registry:
    """The node types that ship with the program."""
    registry = Registry()
    registry.scan(nodes)
    return registry


@pytest.fixture
def studio(tmp_path: Path, qapp: QApplication, real_registry: Registry) -> Iterator[Studio]:
    """Everything that exists once, on folders of its own, with an engine that only waits."""
    load_fonts(resources(), Looks(resources()).tokens["font"]["files"])
    paths = Paths(tmp_path / "data", tmp_path / "cache", resources())
    preferences = Preferences(paths.settings)
    documents = Documents(paths, real_registry)
    messages = Messages()
    session = Session(
        paths, real_registry, preferences, documents, messages,
        lambda listen: CheapEngine(paths, listen),
    )  # fmt: skip
    looks = Looks(resources())
    dress(qapp, looks)
    keymaps = Keymaps(resources() / "keymaps", paths.data / "keymap.json")
    actions = Actions(keymaps, looks.icon)
    actions.declare(*commands.ACTIONS, *run_commands.ACTIONS)
    made = Studio(
        paths, real_registry, preferences, looks, actions, documents, session, messages,
        Questions(), Library(paths, preferences),
    )  # fmt: skip
    run_commands.bind(made)
    yield made
    QThreadPool.globalInstance().waitForDone()
    made.library.close()
    session.close()
    documents.finish()
    preferences.close()


@pytest.fixture
def document(studio: Studio) -> Document:
    """An empty graph that is open."""
    found = studio.documents.new()
    studio.documents.set_current(found)
    return found


@pytest.fixture
def canvas(studio: Studio, document: Document, qtbot: QtBot) -> Iterator[CanvasWidget]:
    """A canvas that is shown, has the keyboard, and shows `document`."""
    made = CanvasWidget(studio, document)
    commands.bind(studio, made)
    studio.actions.attach(made, "window")
    qtbot.addWidget(made)
    made.resize(*SIZE)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    yield made
    made.close()


@pytest.fixture
def driver(canvas: CanvasWidget, qtbot: QtBot) -> CanvasDriver:
    """Hands and fingers on the canvas."""
    return CanvasDriver(canvas, qtbot)
