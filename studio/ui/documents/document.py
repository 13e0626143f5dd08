"""One open graph: its history, the sub-graph that is shown, and what is selected in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.canvas.edits.ports import without_lost
from studio.canvas.state import CanvasState, Selection
from studio.core import assets
from studio.core.graph import Graph
from studio.core.widgets import FileRef
from studio.files import atomic_write
from studio.ui.documents import trails
from studio.ui.documents.saving import DRAFT, new_id
from studio.ui.documents.steps import Steps

UNTITLED = "Untitled"


class Document(QObject):
    """A graph that is worked on. Every change of it is one `edit`.

    Args:
        graph: Where its history begins.
        drafts: Folder in which graphs without a file keep their assets.
        path: File that it came from; ``None``: it was never saved.
        title: Shown while there is no file and the graph keeps its own; empty: that of the graph.
        known_as: Its id; empty: a new one.

    Attributes:
        id: Names the document as long as it is open, and in its journal.
        path: Its file.
        last_edit: When it was last edited, undone or redone, as in `time.monotonic`; 0: never.
    """

    changed = Signal(object, object)
    """The root graph before and after; each edit, undo and redo."""
    shown = Signal()
    """Another sub-graph is shown."""
    selected = Signal()
    """The selection or the focus is another."""
    renamed = Signal()
    """A title, the path or the mark of what is not saved is another."""

    def __init__(
        self,
        graph: Graph,
        drafts: Path,
        path: Path | None = None,
        title: str = "",
        known_as: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.id = known_as or new_id()
        self.path = path
        self.last_edit = 0.0
        self._draft = drafts / self.id / DRAFT
        self._title, self._titled = title, graph.title
        self._steps = Steps(graph)
        self._saved: Graph | None = graph
        self._trail: trails.Trail = ()
        self._scene = graph
        self._states: dict[trails.Trail, CanvasState] = {(): CanvasState()}

    # --- Names ---

    @property
    def title(self) -> str:
        """What the tab says."""
        given = self._title if self.graph.title == self._titled else ""
        return self.path.stem if self.path else given or self.graph.title or UNTITLED

    @property
    def saved(self) -> bool:
        """Whether closing it loses nothing."""
        return self._steps.graph is self._saved

    @property
    def base(self) -> str:
        """The folder from which relative paths start."""
        return str(self.file.parent)

    @property
    def file(self) -> Path:
        """The file beside which its assets are kept: its own, or a draft that is never written."""
        return self.path or self._draft

    # --- The graph ---

    @property
    def graph(self) -> Graph:
        """The whole graph."""
        return self._steps.graph

    @property
    def scene(self) -> Graph:
        """The graph or sub-graph that is shown, with the definitions of the document."""
        return self._scene

    def edit(self, name: str, graph: Graph, merge: Hashable | None = None) -> None:
        """Change the whole graph; without a difference there is no step.

        Args:
            name: For the history, such as ``Move 3 nodes``.
            graph: The graph after the edit.
            merge: Joins it with the last step if that has the same, as in one gesture.
        """
        before = self._mark()
        if self._steps.add(name, graph, merge):
            self._moved(*before)

    def edit_scene(self, name: str, scene: Graph, merge: Hashable | None = None) -> None:
        """Change what is shown; ports that lost their inner nodes go with them.

        Args:
            name: For the history.
            scene: What is shown after the edit; its definitions become those of the document.
            merge: As in `edit`.

        Raises:
            GraphError: The edit removed the sub-graph that it is in.
        """
        root = trails.with_scene(self.graph, self._trail, scene)
        inside = trails.definition(self.graph, self._trail)
        lost = inside and self._scene.nodes.keys() - scene.nodes.keys()
        self.edit(name, without_lost(root, inside) if lost else root, merge)

    def add_asset(self, content: bytes, suffix: str) -> FileRef:
        """Keep a file with this graph.

        Args:
            content: Of the file.
            suffix: Ending of its name, such as ``.png``.

        Returns:
            What a parameter holds.

        Raises:
            WriteError: It could not be written.
        """
        return assets.add(self.file, content, suffix, atomic_write)

    # --- History ---

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of all steps, those that were undone included."""
        return self._steps.names

    @property
    def position(self) -> int:
        """How many of the steps are done."""
        return self._steps.position

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """Every graph that undo and redo can reach."""
        return self._steps.graphs

    @property
    def saved_at(self) -> int:
        """The position of the history that the file holds; -1: none of them."""
        graphs = enumerate(self._steps.graphs)
        return next((place for place, graph in graphs if graph is self._saved), -1)

    def undo(self) -> None:
        """Take back the last step."""
        self.go_to(self.position - 1)

    def redo(self) -> None:
        """Do the next step again."""
        self.go_to(self.position + 1)

    def go_to(self, position: int) -> None:
        """Undo or redo until so many steps are done; what does not exist is ignored."""
        before = self._mark()
        if self._steps.go(position):
            self._moved(*before)

    # --- Sub-graphs ---

    @property
    def trail(self) -> tuple[str, ...]:
        """Nodes that lead to the sub-graph that is shown."""
        return self._trail

    @property
    def prefix(self) -> str:
        """What comes before a node's id in its expanded id: nothing, or ``poster/inner/``."""
        return "".join(f"{node}/" for node in self._trail)

    def enter(self, node: str) -> None:
        """Show the sub-graph of a node.

        Raises:
            GraphError: There is no such node, or it uses no sub-graph.
        """
        self.go((*self._trail, node))

    def leave(self) -> None:
        """Show the graph around the sub-graph that is shown, with its node selected."""
        if self._trail:
            node = self._trail[-1]
            self.go(self._trail[:-1])
            self.select(Selection(frozenset({node})), node)

    def go(self, trail: tuple[str, ...]) -> None:
        """Show what is at the end of a trail.

        Raises:
            GraphError: The trail leads nowhere.
        """
        trails.definition(self.graph, trail)
        if trail != self._trail:
            self._look(trail)
            self.shown.emit()

    # --- Selection ---

    @property
    def state(self) -> CanvasState:
        """How the sub-graph that is shown is looked at."""
        return self._states[self._trail]

    def select(self, selection: Selection, focus: str | None = None) -> None:
        """Choose nodes, links, frames and notes.

        Args:
            selection: All that is chosen then.
            focus: Node that the keyboard is at; ``None``: as before.
        """
        state = self.state
        if not selection.nodes <= self._scene.nodes.keys():
            selection = selection.within(self._scene)
        focus = state.focus if focus is None else focus
        if (selection, focus) != (state.selection, state.focus):
            state.selection, state.focus = selection, focus
            self.selected.emit()

    # --- Saving ---

    def named(self, path: Path | None) -> None:
        """Belong to another file, or to none."""
        if path != self.path:
            self.path = path
            self.renamed.emit()

    def rewrite(self, change: Callable[[Graph], Graph]) -> None:
        """Change all graphs of the history alike, as when the files that they name have moved."""
        saved, before = self.saved, self.graph
        self._steps.map(change)
        if saved:
            self._saved = self.graph
        if self.graph is not before:
            self._pruned_state()
            self.changed.emit(before, self.graph)

    def mark_saved(self, graph: Graph | None) -> None:
        """Remember which graph of the history the file holds; ``None``: none of them."""
        before = self.saved
        self._saved = graph
        if self.saved is not before:
            self.renamed.emit()

    # --- Inside ---

    def _mark(self) -> tuple[Graph, bool, str]:
        return self.graph, self.saved, self.title

    def _moved(self, before: Graph, saved: bool, title: str) -> None:
        """Follow the graph to another step: everything is right before anybody is told."""
        self.last_edit = time.monotonic()
        trail, shown = self._trail, self._pruned_state()
        self.changed.emit(before, self.graph)
        if trail != self._trail:
            self.shown.emit()
        if shown:
            self.selected.emit()
        if (before.title, saved, title) != (self.graph.title, self.saved, self.title):
            self.renamed.emit()

    def _pruned_state(self) -> bool:
        """Look at what still exists; says whether something chosen is gone."""
        self._look(trails.valid(self.graph, self._trail))
        state = self.state
        kept = state.selection.within(self._scene)
        focus = state.focus if state.focus in self._scene.nodes else ""
        gone = (kept, focus) != (state.selection, state.focus)
        state.selection, state.focus = kept, focus
        return gone

    def _look(self, trail: trails.Trail) -> None:
        self._trail = trail
        self._scene = trails.scene(self.graph, trail)
        self._states.setdefault(trail, CanvasState())
