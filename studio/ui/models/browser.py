"""The panel of models: every file in the model folders, and what it says about itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from studio.core.widgets import ModelFile, plain
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.fields import Field
from studio.ui.models.commands import PANEL_ACTIONS
from studio.ui.models.model_list import (
    fits,
    loader_of,
)
from studio.ui.models.model_rows import ModelListView, ModelPainter, ModelRow
from studio.ui.palette.panel import around
from studio.ui.rows import Emptiness

if TYPE_CHECKING:
    from studio.ui.studio import Studio


class ModelsPanel(QWidget):
    """Lists models by kind; Enter adds the node that loads the chosen one."""

    count_changed = Signal(int)
    add_asked = Signal(str, object)
    """Id of a node type that goes to the middle of the canvas, and its parameters."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._library = studio.library
        self._shares: dict[Path, float] = {}
        self.setAccessibleName("Models")
        self.search = Field(studio.looks, "Search models", "ph.magnifying-glass", self)
        loader = partial(loader_of, studio.registry)
        self.list = ModelListView(ModelPainter(studio.looks), self._emptiness, loader, self)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        again = IconButton(studio.looks, "ph.arrow-clockwise", "Read the folders again", self)
        again.clicked.connect(self._library.rescan)
        self.header_widgets = (again,)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(around(self.search))
        column.addWidget(self.list, 1)
        self._connect()
        self._bind()
        self._library.open()
        self._fill()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._fill)
        self.search.stepped.connect(self._step)
        self.search.returnPressed.connect(self.add)
        self.list.activated.connect(self.add)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self._library.listed.connect(self._listed)
        self._library.changed.connect(self._fill)
        self._studio.session.hashed.connect(self._hashed)
        self._studio.looks.changed.connect(self.update)

    def _bind(self) -> None:
        actions = self._studio.actions
        actions.bind("models.add", self.add, lambda: self._loader() is not None)
        actions.bind("models.use", self.use, lambda: bool(self._users()))
        actions.bind("models.reveal", self.reveal, lambda: self.list.current is not None)

    @property
    def count(self) -> int:
        """How many models there are."""
        return len(self._library.entries)

    # --- What is listed ---

    def _hashed(self, path: Path, share: float) -> None:
        """Show how far a file is that is read to know its content."""
        self._shares[path] = 0.0 if share >= 1.0 else share
        self._fill()

    def _listed(self) -> None:
        self.count_changed.emit(self.count)

    def _fill(self, *_told: object) -> None:
        query = self.search.text()
        kinds: dict[str, list[ModelRow]] = {}
        for entry in self._library.entries:
            facts, picture = self._library.known(entry)
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
