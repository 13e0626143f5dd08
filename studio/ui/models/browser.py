"""The panel of models: every file in the model folders, and what it says about itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from studio.core.widgets import ModelFile, plain
from studio.roots import roots
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.fields import Field
from studio.ui.models.commands import PANEL_ACTIONS
from studio.ui.models.later import Later
from studio.ui.models.model_list import (
    ModelEntry,
    ModelFacts,
    facts_of,
    fits,
    list_models,
    loader_of,
)
from studio.ui.models.model_rows import ModelListView, ModelPainter, ModelRow, small
from studio.ui.palette.panel import around
from studio.ui.rows import Emptiness

if TYPE_CHECKING:
    from studio.ui.studio import Studio

_CHUNK = 32
"""Files that are read before the list is told."""
_PAUSE_MS = 400
"""A program that writes into a folder does so many times."""

Stamp = tuple[Path, int, int]
Read = tuple[ModelFacts, QImage | None]


class ModelsPanel(QWidget):
    """Lists models by kind; Enter adds the node that loads the chosen one."""

    count_changed = Signal(int)
    add_asked = Signal(str, object)
    """Id of a node type that goes to the middle of the canvas, and its parameters."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._entries: list[ModelEntry] = []
        self._known: dict[Stamp, Read] = {}
        self._shares: dict[Path, float] = {}
        self._scan = 0
        self._later = Later(self)
        self._watcher = QFileSystemWatcher(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self.setAccessibleName("Models")
        self.search = Field(studio.looks, "Search models", "ph.magnifying-glass", self)
        loader = partial(loader_of, studio.registry)
        self.list = ModelListView(ModelPainter(studio.looks), self._emptiness, loader, self)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        again = IconButton(studio.looks, "ph.arrow-clockwise", "Read the folders again", self)
        again.clicked.connect(self.rescan)
        self.header_widgets = (again,)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(around(self.search))
        column.addWidget(self.list, 1)
        self._connect()
        self._bind()
        self._look()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._fill)
        self.search.stepped.connect(self._step)
        self.search.returnPressed.connect(self.add)
        self.list.activated.connect(self.add)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self._watcher.directoryChanged.connect(self._soon)
        self._pause.timeout.connect(self._look)
        self._studio.session.hashed.connect(self._hashed)
        self._studio.preferences.changed.connect(self._prefer)
        self._studio.looks.changed.connect(self.update)

    def _bind(self) -> None:
        actions = self._studio.actions
        actions.bind("models.add", self.add, lambda: self._loader() is not None)
        actions.bind("models.use", self.use, lambda: bool(self._users()))
        actions.bind("models.reveal", self.reveal, lambda: self.list.current is not None)
        actions.bind("models.rescan", self.rescan)

    @property
    def count(self) -> int:
        """How many models there are."""
        return len(self._entries)

    # --- Reading ---

    def rescan(self, *_told: object) -> None:
        """Read everything again, also what lies beside files that are as they were."""
        self._known.clear()
        self._look()

    def _look(self) -> None:
        """Read the folders, in a thread; files that are as they were are not read again."""
        self._scan += 1
        paths, settings = self._studio.paths, self._studio.preferences.settings
        places = roots(paths, settings)
        self._later.do(lambda: list_models(places), partial(self._listed, self._scan))
        folders = [str(folder) for _, listed in places.named for folder in listed]
        self._later.do(lambda: [folder for folder in folders if Path(folder).is_dir()], self._watch)

    def _watch(self, folders: list[str]) -> None:
        if folders:
            self._watcher.addPaths(folders)

    def _soon(self, _folder: str) -> None:
        self._pause.start()

    def _listed(self, scan: int, entries: list[ModelEntry]) -> None:
        if scan == self._scan:
            self._entries = entries
            self.count_changed.emit(len(entries))
            self._fill()
            self._read_more(scan)

    def _read_more(self, scan: int) -> None:
        """Read what the next files say about themselves."""
        unread = [entry for entry in self._entries if _stamp(entry) not in self._known][:_CHUNK]
        if unread and scan == self._scan:
            self._later.do(lambda: _read(unread), partial(self._take, scan))

    def _take(self, scan: int, found: dict[Stamp, Read]) -> None:
        self._known |= found
        self._fill()
        self._read_more(scan)

    def _hashed(self, path: Path, share: float) -> None:
        """Show how far a file is that is read to know its content."""
        self._shares[path] = 0.0 if share >= 1.0 else share
        self._fill()

    def _prefer(self, name: str) -> None:
        if name in ("models", "programs"):
            self._look()

    # --- What is listed ---

    def _fill(self, *_told: object) -> None:
        query = self.search.text()
        kinds: dict[str, list[ModelRow]] = {}
        for entry in self._entries:
            facts, picture = self._known.get(_stamp(entry), (None, None))
            if fits(entry, facts, query):
                share = self._shares.get(entry.path, 0.0)
                row = ModelRow(entry.kind, 0, entry, facts, picture, share)
                kinds.setdefault(entry.kind, []).append(row)
        self.list.show_items(
            [row for kind, rows in kinds.items() for row in (ModelRow(kind, len(rows)), *rows)]
        )
        if query and kinds and self.list.current is None:
            self._step(1)

    def _emptiness(self) -> Emptiness:
        if self.search.text():
            return Emptiness("ph.cube", "Nothing fits", "Search for another word.")
        return Emptiness("ph.cube", "No models", "Put files into the model folders.")

    def _step(self, by: int) -> None:
        """Choose a model further up or down; titles are passed over."""
        places = [number for number, row in enumerate(self.list.items) if row.entry]
        now = self.list.currentIndex().row()
        if places:
            held = places.index(now) if now in places else -1
            wanted = places[max(0, min(held + by, len(places) - 1))]
            self.list.setCurrentIndex(self.list.model().index(wanted, 0))

    # --- What is done with the chosen model ---

    def _loader(self) -> tuple[str, str] | None:
        entry = self.list.current
        return loader_of(self._studio.registry, entry.kind) if entry else None

    def add(self, *_told: object) -> None:
        """Add the node that loads the chosen model."""
        entry, loader = self.list.current, self._loader()
        if entry and loader:
            self.add_asked.emit(loader[0], {loader[1]: plain(entry.ref)})
        elif entry:
            self._studio.messages.say(f"No node loads {entry.kind} from a file", "info")

    def _users(self) -> list[tuple[str, str]]:
        """Return the selected nodes that can take the chosen model, and their inputs."""
        entry, document = self.list.current, self._studio.documents.current
        if entry is None or document is None:
            return []
        spec_of, nodes = self._studio.session.spec_of(document), document.scene.nodes
        specs = [
            (key, spec_of(nodes[key].type))
            for key in document.state.selection.nodes
            if key in nodes
        ]
        return [
            (key, item.name)
            for key, spec in specs
            for item in (spec.inputs if spec else ())
            if isinstance(item.widget, ModelFile) and item.widget.folder == entry.kind
        ]

    def use(self) -> None:
        """Let the selected nodes load the chosen model."""
        entry, document, users = self.list.current, self._studio.documents.current, self._users()
        if entry and document and users:
            graph = document.scene
            for node, name in users:
                graph = graph.with_param(node, name, plain(entry.ref))
            document.edit_scene(f"Use {entry.name}", graph)

    def reveal(self) -> None:
        """Show the folder of the chosen model."""
        if self.list.current:
            folder = str(self.list.current.path.parent)
            QDesktopServices.openUrl(QUrl.fromLocalFile(folder))

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command in PANEL_ACTIONS:
            menu.addAction(self._studio.actions.qaction(command.id, menu))
        self._studio.actions.refresh()
        menu.popup(self.list.viewport().mapToGlobal(at))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        QPainter(self).fillRect(self.rect(), self._studio.looks.theme.color("bg.panel"))


def _stamp(entry: ModelEntry) -> Stamp:
    return entry.path, entry.mtime, entry.bytes


def _read(entries: list[ModelEntry]) -> dict[Stamp, Read]:
    found = {}
    for entry in entries:
        facts = facts_of(entry)
        found[_stamp(entry)] = (facts, small(facts.picture))
    return found
