"""Puts the window together, once and in order; nothing here computes pictures."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from studio.core.errors import StudioError
from studio.ui.actions.actions import Actions
from studio.ui.actions.keymaps import Keymaps
from studio.ui.canvas import commands, drops
from studio.ui.documents import file_commands, renaming
from studio.ui.documents.autosave import Autosave
from studio.ui.documents.closing import Closing
from studio.ui.documents.documents import Documents
from studio.ui.documents.file_commands import RECENT_MENU, FileCommands
from studio.ui.documents.recent import Recent
from studio.ui.documents.recovery import Lost, Recovery
from studio.ui.documents.tabs import Tabs
from studio.ui.documents.watching import Watching
from studio.ui.gallery import commands as viewer_commands
from studio.ui.gallery import gallery_commands, mask_commands, shape_commands
from studio.ui.gallery.box_editing import BoxEditing
from studio.ui.gallery.painting import Painting
from studio.ui.gallery.pose_editing import PoseEditing
from studio.ui.gallery.said import Said
from studio.ui.looks.fonts import load_fonts
from studio.ui.looks.logo import app_icon
from studio.ui.looks.looks import Looks
from studio.ui.messages import Messages
from studio.ui.models import commands as model_commands
from studio.ui.models.commands import MissingModels
from studio.ui.models.library import Library
from studio.ui.preferences import Preferences
from studio.ui.questions import Questions
from studio.ui.session.session import MakeEngine, Session
from studio.ui.settings import commands as settings_commands
from studio.ui.studio import Studio
from studio.ui.style.style import dress, redress
from studio.ui.threads import garbage
from studio.ui.window import run_commands, window_commands
from studio.ui.window.main_window import MainWindow
from studio.ui.window.panels import PANELS, RAIL

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.core.registry import Registry
    from studio.paths import Paths
    from studio.ui.documents.document import Document
    from studio.ui.gallery.gallery_panel import GalleryPanel
    from studio.ui.gallery.viewer import ViewerPanel

SWITCH_SECONDS = 0.0005
"""How long a thread that judges a large graph may keep the window's waiting for the interpreter."""
_LOOKS = ("theme", "density", "reduce_motion")

log = logging.getLogger(__name__)


class Desktop(QObject):
    """The window with everything behind it.

    Args:
        app: Qt's application.
        paths: The installation.
        registry: Node types.
        files: Graphs and pictures to open.
        questions: Asks the user; ``None``: with dialogs.
        make_engine: Makes an engine; ``None``: a process of its own.
    """

    ready = Signal()
    """Everything that starts after the first paint has been started."""

    def __init__(
        self,
        app: QApplication,
        paths: Paths,
        registry: Registry,
        files: Sequence[Path] = (),
        questions: Questions | None = None,
        make_engine: MakeEngine | None = None,
    ) -> None:
        super().__init__()
        self._app, self._paths, self._files = app, paths, tuple(files)
        self.studio = _studio(app, paths, registry, questions or Questions(), make_engine)
        self._keep_documents()
        self.window = MainWindow(self.studio, PANELS, self._closing, RAIL)
        self.studio.questions.belong(self.window, self.studio.looks)
        self._settings = QSettings(str(paths.data / "window.ini"), QSettings.Format.IniFormat)
        self._bind()
        self._connect()
        self._restores = not files and (paths.data / "tabs.json").exists()
        if not files and not self._restores:
            self._commands.open_example()

    def show(self) -> None:
        """Show the window where it was; the worker starts after the first paint."""
        if not self.window.restore_layout(self._settings):
            self.window.docks.resize()
        self.window.show()

    # --- Putting together ---

    def _keep_documents(self) -> None:
        """Make what looks after the open graphs."""
        documents, data = self.studio.documents, self._paths.data
        self._closing = Closing(self.studio)
        self._tabs = Tabs(documents, data / "tabs.json", self)
        self._recent = Recent(documents, data / "recent.json", self)
        self._watching = Watching(documents, self)
        self._autosave = Autosave(documents, self.studio.preferences, self)
        self._recovery = Recovery(documents, self.studio.registry)

    def _bind(self) -> None:
        studio, window = self.studio, self.window
        commands.bind(studio, window.canvas)
        run_commands.bind(studio)
        viewer_commands.bind(studio, self._viewer, self._show_viewer)
        gallery_commands.bind(studio, self._gallery)
        mask_commands.bind(studio, Painting(studio, self._show_viewer, self))
        boxes = BoxEditing(studio, self._show_viewer, self)
        shape_commands.bind(studio, boxes, PoseEditing(studio, self._show_viewer, self))
        window_commands.bind(window)
        renaming.bind(studio)
        self._missing = MissingModels(studio, window)
        studio.actions.bind("models.rescan", studio.library.rescan)
        settings_commands.bind(studio, window)
        self._commands = FileCommands(
            studio, self._recent, self._closing, window.close,
            lambda: window.show_panel("history"),
        )  # fmt: skip
        self._commands.bind()
        studio.actions.refresh()
        window.top_bar.refresh()
        recent = window.menus.menu(RECENT_MENU)
        recent.aboutToShow.connect(lambda: self._commands.fill_recent(recent))

    def _connect(self) -> None:
        studio, window = self.studio, self.window
        studio.actions.refused.connect(self._refused)
        studio.preferences.changed.connect(self._prefer)
        studio.looks.changed.connect(self._redress)
        studio.documents.journals.failed.connect(self._journal_failed)
        self._watching.changed.connect(self._closing.changed_on_disk)
        window.activated.connect(self._watching.check)
        window.files_dropped.connect(self._commands.open)
        window.canvas.node_opened.connect(self._view)
        window.painted.connect(self._start)
        window.closed.connect(self._end)
        for panel, wire in (
            ("issues", self._wire_issues), ("nodes", self._wire_nodes), ("models", self._wire_nodes),
            ("viewer", self._wire_viewer), ("gallery", self._wire_gallery),
        ):  # fmt: skip
            window.docks.items[panel].filled.connect(wire)

    def _wire_issues(self, panel: QWidget) -> None:
        panel.gone_to.connect(self._go_to)  # type: ignore[attr-defined]

    def _wire_nodes(self, panel: QWidget) -> None:
        panel.add_asked.connect(self.window.canvas.adding.add)  # type: ignore[attr-defined]

    def _wire_viewer(self, panel: QWidget) -> None:
        self.studio.actions.attach(panel.body, "viewer")  # type: ignore[attr-defined]
        viewer_commands.attach(self.studio, panel)  # type: ignore[arg-type]
        Said(self.studio, panel)  # type: ignore[arg-type]
        panel.load_asked.connect(self._load_picture)  # type: ignore[attr-defined]

    def _wire_gallery(self, panel: QWidget) -> None:
        panel.load_asked.connect(self._load_picture)  # type: ignore[attr-defined]

    # --- What follows from what ---

    def _gallery(self) -> GalleryPanel | None:
        return self.window.docks.items["gallery"].panel  # type: ignore[return-value]

    def _load_picture(self, path: Path) -> None:
        """Add a node that reads a picture, in the middle of what is seen."""
        canvas = self.window.canvas
        middle = canvas.camera.to_canvas((canvas.width() / 2, canvas.height() / 2))
        drops.load_pictures(canvas, [path], middle)

    def _viewer(self) -> ViewerPanel | None:
        return self.window.docks.items["viewer"].panel  # type: ignore[return-value]

    def _show_viewer(self) -> ViewerPanel:
        """Bring the viewer to the front, where it is."""
        dock = self.window.docks.items["viewer"]
        viewer: ViewerPanel = dock.fill()  # type: ignore[assignment]
        if not viewer.body.isVisible():
            dock.bring()
        return viewer

    def _view(self, node: str) -> None:
        self._show_viewer().show_node(node)

    def _go_to(self, _document: Document, node: str) -> None:
        self.window.canvas.show_node(node)

    def _refused(self, error: StudioError) -> None:
        self.studio.messages.say(str(error), "warning")

    def _journal_failed(self, text: str) -> None:
        self.studio.messages.say(text, "error")

    def _prefer(self, name: str) -> None:
        value = self.studio.preferences.value
        if name in _LOOKS:
            theme, density, still = map(value, _LOOKS)
            self.studio.looks.set(theme, density, reduced=still)
        elif name == "keymap":
            self.studio.actions.choose_keymap(value(name))

    def _redress(self) -> None:
        redress(self._app, self.studio.looks)

    # --- Beginning and end ---

    def _start(self) -> None:
        """Start what the first paint need not wait for."""
        self.studio.session.start()
        self._commands.open(self._files)
        self._recovery.search(self._searched)
        self.ready.emit()

    def _searched(self, lost: list[Lost]) -> None:
        """Offer what a program that died left, and open the tabs of the last time."""
        if lost:
            from studio.ui.documents.recover_dialog import RecoverDialog

            RecoverDialog(self.studio.looks, self._recovery, lost, self.window).open()
        if self._recovery.unreadable:
            self.studio.messages.say(
                self._recovery.unreadable, "warning", "Discard",
                self._recovery.discard_unreadable, stays=True,
            )  # fmt: skip
        if self._restores and self._recovery.alone and not self.studio.documents.items:
            self._tabs.restore(self._restored)
        else:
            self._tabs.remember()

    def _restored(self) -> None:
        if not self.studio.documents.items:
            self._commands.open_example()

    def _end(self) -> None:
        """End everything that was started; nothing is written after this."""
        self.window.save_layout(self._settings)
        self._settings.sync()
        for dock in self.window.docks.items.values():
            if dock.panel and hasattr(dock.panel, "close_threads"):
                dock.panel.close_threads()
        self._tabs.close()
        self._autosave.close()
        self._watching.close()
        self._recovery.close()
        self.studio.library.close()
        self.studio.session.close()
        self.studio.documents.finish()
        self.studio.preferences.close()


def _studio(
    app: QApplication,
    paths: Paths,
    registry: Registry,
    questions: Questions,
    make_engine: MakeEngine | None,
) -> Studio:
    """Make what the parts of the window share, and declare every command."""
    preferences = Preferences(paths.settings)
    looks = Looks(paths.resources)
    value = preferences.value
    looks.set(value("theme"), value("density"), reduced=value("reduce_motion"))
    for name in load_fonts(paths.resources, looks.tokens["font"]["files"]):
        log.warning("the font %s cannot be loaded; another one is used", name)
    dress(app, looks)
    app.setWindowIcon(app_icon(looks))
    keymaps = Keymaps(paths.resources / "keymaps", paths.data / "keymap.json", value("keymap"))
    actions = Actions(keymaps, looks.icon)
    actions.declare(
        *file_commands.ACTIONS,
        *renaming.ACTIONS,
        *commands.ACTIONS,
        *run_commands.ACTIONS,
        *viewer_commands.ACTIONS,
        *mask_commands.ACTIONS,
        *shape_commands.ACTIONS,
        *gallery_commands.ACTIONS,
        *window_commands.ACTIONS,
        *model_commands.ACTIONS,
        *settings_commands.ACTIONS,
        *window_commands.panel_actions(PANELS),
    )
    documents, messages = Documents(paths, registry), Messages()
    session = Session(paths, registry, preferences, documents, messages, make_engine)
    return Studio(
        paths, registry, preferences, looks, actions, documents, session, messages, questions,
        Library(paths, preferences),
    )  # fmt: skip


def go_first(app: QApplication) -> None:
    """Let threads and the collector of cycles hold up the window less; for a whole process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    garbage.take_over(app)


def run(paths: Paths, registry: Registry, files: Sequence[Path]) -> int:
    """Open the window, and return when it is closed.

    Args:
        paths: The installation.
        registry: Node types.
        files: Graphs and pictures to open.

    Returns:
        The exit code.
    """
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(["wirebrush"])
    go_first(app)
    app.setApplicationName("wirebrush")
    app.setApplicationDisplayName("Wirebrush")
    app.setDesktopFileName("wirebrush")
    desktop = Desktop(app, paths, registry, files)
    desktop.show()
    return app.exec()
