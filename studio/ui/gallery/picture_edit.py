"""Editing a parameter of a node by hand on a picture, in the viewer: one step of the graph.

A mask is painted so, boxes are moved, people are posed. What they share is here: which node, over
which picture, how it ends, and the keys that mean the tool while it is open.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QTransform
from PySide6.QtWidgets import QWidget

from studio.core.widgets import Widget
from studio.ui.gallery.display import Shown
from studio.ui.gallery.sides import Side
from studio.ui.gallery.sources import Source

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.documents.document import Document
    from studio.ui.gallery.viewer import ViewerPanel
    from studio.ui.studio import Studio


class Tool(QObject):
    """The hand on the picture while something is edited; it asks nobody. A `Hand`."""

    changed = Signal()
    """What the tool does, or what can be undone, is another."""
    touched = Signal(QRectF)
    """A part of the picture looks different, in its pixels; an empty one is all of it."""

    @abstractmethod  # for readers and the type checker; Qt's classes have a metaclass of their own
    def undo(self) -> None:
        """Take the last change back."""

    @abstractmethod
    def redo(self) -> None:
        """Make it again."""

    @abstractmethod
    def press(self, place: QPointF, event: QMouseEvent) -> bool:
        """Begin; says whether the press was meant for the tool."""

    @abstractmethod
    def move(self, place: QPointF) -> None:
        """Follow the pointer, pressed or not."""

    @abstractmethod
    def release(self, place: QPointF, event: QMouseEvent) -> None:
        """End."""

    @abstractmethod
    def leave(self) -> None:
        """Forget the pointer."""

    @abstractmethod
    def paint(self, painter: QPainter, turned: QTransform) -> None:
        """Paint over the picture."""


T = TypeVar("T", bound=Tool)

_BUSY = "Something is edited in the viewer already: Enter keeps it, Esc leaves it as it was."


class PictureEdit(QObject, Generic[T]):
    """Opens a tool over the picture of the chosen node, and writes what was done.

    Args:
        studio: What the window shares.
        show: Brings the viewer to the front and returns it.
        parent: Owner in Qt's tree.

    Attributes:
        tool: The tool while it is open.
        bar: What stands below the picture meanwhile.
    """

    widget: type[Widget]
    """Parameters with this widget are edited."""
    no_picture: str
    """Said where there is nothing to work on."""

    changed = Signal()
    """Editing began or ended."""

    def __init__(
        self, studio: Studio, show: Callable[[], ViewerPanel], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.studio, self._show = studio, show
        self.tool: T | None = None
        self.bar: QWidget | None = None
        self.viewer: ViewerPanel | None = None
        self.document: Document | None = None
        self.node = self.name = ""
        self._trail: tuple[str, ...] = ()
        studio.documents.current_changed.connect(self._another)

    # --- What differs ---

    @abstractmethod
    def find(self, document: Document) -> None:
        """Look for the picture of `node`, and `bring` it."""

    @abstractmethod
    def prepare(self, shown: Shown) -> None:
        """Make what the tool begins with, and call `open`."""

    @abstractmethod
    def made_bar(self, tool: T, parent: QWidget) -> QWidget:
        """Make what stands below the picture."""

    @abstractmethod
    def keep(self, tool: T) -> None:
        """Give the node what was made; a tool that did nothing does nothing."""

    # --- Beginning ---

    @property
    def value(self) -> Any:
        """What the node has so far, as the graph holds it."""
        assert self.document is not None
        return self.document.scene.nodes[self.node].params.get(self.name)

    def can_start(self) -> bool:
        """Whether a node with such a parameter is chosen."""
        return self.tool is None and self._chosen() is not None

    def start(self) -> None:
        """Open the tool over the picture of the chosen node."""
        chosen, document = self._chosen(), self.studio.documents.current
        if chosen is None or document is None:
            return
        viewer = self._show()
        if viewer.view.hand:
            self.studio.messages.say(_BUSY)
            return
        self.viewer, self.document, self._trail = viewer, document, document.trail
        self.node, self.name = chosen[0], chosen[1].name
        self.find(document)

    def _chosen(self) -> tuple[str, Input] | None:
        """Return the chosen node and its parameter."""
        document = self.studio.documents.current
        if document is None:
            return None
        spec_of, nodes = self.studio.session.spec_of(document), document.scene.nodes
        state = document.state
        for node in sorted(state.selection.nodes, key=lambda node: node != state.focus):
            spec = spec_of(nodes[node].type) if node in nodes else None
            for item in spec.inputs if spec else ():
                if isinstance(item.widget, self.widget):
                    return node, item
        return None

    def bring(self, source: Source | None, item: int = 0) -> None:
        """Bring a picture of what is shown, one of a batch, to `arrived`."""
        viewer, document = self.viewer, self.document
        assert viewer is not None
        assert document is not None
        found = viewer.following.inside(document, source)
        key = self.studio.session.key(document, found.node) if found else ""
        if found and key:
            viewer.pictures.ask((key, found.output, item), self.arrived)
        else:
            self.arrived(None)

    def arrived(self, shown: Shown | None) -> None:
        """Work on the picture of the node, or else on what is shown."""
        viewer = self.viewer
        if viewer is None or self.document is not self.studio.documents.current:
            return
        if shown is None and viewer.shown:
            shown = viewer.pictures.get(viewer.shown)
        if shown is None:
            self.studio.messages.say(self.no_picture, "warning")
        else:
            self.prepare(shown)

    def open(self, shown: Shown, tool: T, size: tuple[int, int] | None = None) -> None:
        """Let the tool work on a picture, shown as large as another if a size is given."""
        viewer = self.viewer
        if viewer is None or self.tool or self.document is not self.studio.documents.current:
            return
        self.tool = tool
        self.bar = self.made_bar(tool, viewer.body)
        tool.touched.connect(viewer.view.redraw)
        for widget in (viewer.body, viewer.view):
            widget.installEventFilter(self)
        viewer.begin_editing(tool, self.bar, Side(shown, "", size))
        tool.changed.connect(self.studio.actions.refresh)
        self.changed.emit()

    # --- Ending ---

    def done(self) -> None:
        """Give the node what was made, as one step."""
        if self.tool is not None:
            self.keep(self.tool)
        self.cancel()

    def cancel(self) -> None:
        """Leave without a trace."""
        tool, viewer, bar = self.tool, self.viewer, self.bar
        if tool is None or viewer is None or bar is None:
            return
        self.tool = self.bar = None
        for widget in (viewer.body, viewer.view):
            widget.removeEventFilter(self)
        viewer.end_editing(bar)
        bar.deleteLater()
        tool.deleteLater()
        self.studio.actions.refresh()
        self.changed.emit()

    def writer(self, step: str) -> Callable[[object], None]:
        """Return what gives the node its value as a step, wherever the user is by then."""
        document, trail, node, name = self.document, self._trail, self.node, self.name
        assert document is not None

        def write(value: object) -> None:
            if document.trail == trail and node in document.scene.nodes:
                document.edit_scene(step, document.scene.with_param(node, name, value))
            else:
                self.studio.messages.say("The node that was worked on is gone.", "warning")

        return write

    def _another(self, document: Document | None) -> None:
        """Keep what was made when the user goes to another tab; only Esc throws it away."""
        if document is not self.document:
            self.done()

    # --- Keys ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean the tool while it is open, such as undo."""
        if self.tool is None or not isinstance(event, QKeyEvent):
            return False
        does = self.keys(event, watched)
        if does and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if does and event.type() == QEvent.Type.KeyPress:
            does()
            return True
        return False

    def keys(self, event: QKeyEvent, _on: QObject) -> Callable[[], object] | None:
        """Return what a key does while the tool is open, on the picture or what is around it."""
        tool, chords = self.tool, self.studio.actions.chords
        assert tool is not None
        written = QKeySequence(event.keyCombination()).toString()
        if written in chords("edit.undo"):
            return tool.undo
        if written in chords("edit.redo"):
            return tool.redo
        ends = {
            Qt.Key.Key_Escape: self.cancel,
            Qt.Key.Key_Return: self.done,
            Qt.Key.Key_Enter: self.done,
        }
        return ends.get(Qt.Key(event.key()))
