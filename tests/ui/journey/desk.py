"""The whole window for tests: on folders of its own, with questions that are answered by a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.registry import Registry
from studio.paths import Paths, resources
from studio.ui.app import Desktop
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.documents.closing import DISCARD
from studio.ui.documents.document import Document
from studio.ui.questions import Filters, Questions
from studio.ui.session.session import MakeEngine
from studio.ui.studio import Studio
from tests.ui.driver import CanvasDriver
from tests.ui.engines import CheapEngine

SIZE = 1600, 1000
PATIENCE_MS = 20_000


class Answers(Questions):
    """Answers at once: files and texts as they were laid ready, and nothing is worth saving.

    Attributes:
        files: Answers to questions for files and folders, the next one first.
        texts: Answers to questions for texts.
        asked: Titles of all questions so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.files: list[Path] = []
        self.texts: list[str] = []
        self.asked: list[str] = []

    def open_files(
        self, title: str, folder: str, filters: Filters, done: Callable[[list[Path]], None]
    ) -> None:
        self.asked.append(title)
        if self.files:
            done([self.files.pop(0)])

    def save_file(
        self, title: str, path: str, filters: Filters, done: Callable[[Path], None]
    ) -> None:
        self.asked.append(title)
        if self.files:
            done(self.files.pop(0))

    def folder(self, title: str, start: str, done: Callable[[Path], None]) -> None:
        self.asked.append(title)
        if self.files:
            done(self.files.pop(0))

    def confirm(
        self, title: str, sentence: str, buttons: Sequence[str], done: Callable[[str], None]
    ) -> None:
        self.asked.append(title)
        done(DISCARD if DISCARD in buttons else buttons[-1])

    def text(self, title: str, label: str, value: str, done: Callable[[str], None]) -> None:
        self.asked.append(title)
        if self.texts:
            done(self.texts.pop(0))


class Desk:
    """A window that is shown and has the keyboard, and hands to work in it.

    Args:
        folder: Takes the installation.
        registry: Node types.
        bot: Waits.
        make_engine: Makes an engine; without one, it only waits.
        process: Whether runs are done by a process, as in the program.
    """

    def __init__(
        self,
        folder: Path,
        registry: Registry,
        bot: QtBot,
        make_engine: MakeEngine | None = None,
        *,
        process: bool = False,
    ) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.bot, self.folder = bot, folder
        self.paths = Paths(folder / "data", folder / "cache", resources())
        self.answers = Answers()
        engine = make_engine or (None if process else lambda ear: CheapEngine(self.paths, ear))
        self.desktop = Desktop(app, self.paths, registry, (), self.answers, engine)
        self.window = self.desktop.window
        self.window.resize(*SIZE)
        is_ready: list[bool] = []
        self.desktop.ready.connect(lambda: is_ready.append(True))
        self.desktop.show()
        self.window.resize(*SIZE)
        self.window.activateWindow()
        self.wait(lambda: bool(is_ready))
        self.canvas.setFocus()
        bot.waitUntil(self.canvas.hasFocus, timeout=PATIENCE_MS)
        self.hands = CanvasDriver(self.canvas, bot)

    @property
    def studio(self) -> Studio:
        """What the window shares."""
        return self.desktop.studio

    @property
    def canvas(self) -> CanvasWidget:
        """The canvas."""
        return self.window.canvas

    @property
    def document(self) -> Document:
        """The document in front."""
        found = self.studio.documents.current
        assert found is not None
        return found

    def wait(self, holds: Callable[[], bool], timeout: int = PATIENCE_MS) -> None:
        """Let the window go on until something holds."""
        self.bot.waitUntil(holds, timeout=timeout)

    def come_back(self) -> None:
        """Give the keyboard to the window, as a window system does when a popup has closed."""
        QApplication.processEvents()
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)

    def close(self) -> None:
        """Close the window as a user does, without saving."""
        self.window.close()
        self.wait(lambda: not self.window.isVisible())
        self.window.deleteLater()
        self.desktop.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@contextmanager
def desk_in(
    folder: Path, registry: Registry, bot: QtBot, *, process: bool = False
) -> Iterator[Desk]:
    """Open a window, and close it."""
    desk = Desk(folder, registry, bot, process=process)
    try:
        yield desk
    finally:
        desk.close()
