"""What is seen of a graph: a widget that paints one document and follows its changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QToolTip, QWidget

from studio.canvas.scene import Change, Scene
from studio.canvas.state import Camera, Point, Rect
from studio.canvas.tools.base import BARE, Pointer
from studio.canvas.tools.keyboard import Keys
from studio.ui.canvas.frame import Frame, LinksShown
from studio.ui.canvas.hand import Hand
from studio.ui.canvas.minimap import minimap_rect
from studio.ui.canvas.painter import Painter
from studio.ui.canvas.refresh import Refresh
from studio.ui.canvas.stage import CanvasStage
from studio.ui.canvas.tips import tip_for
from studio.ui.documents.document import Document
from studio.ui.kit.painting import paint_focus
from studio.ui.studio import Studio

LINKS_SHOWN: tuple[LinksShown, ...] = ("all", "selection", "none")


class CanvasView(QWidget):
    """Paints a scene, and as little of it again as possible.

    Args:
        studio: Everything that exists once.
        parent: Who it belongs to.

    Attributes:
        stage: What gestures play on: scene, view and document.
        hand: The gesture that runs.
        keys: The keyboard's way through nodes and sockets.
        painter: Paints.
        refresh: Says which pixels are painted again.
        show_links: ``all``, ``selection`` or ``none``.
        timings: Whether nodes show what they cost.
        minimap: Whether the minimap is shown.
        shows_focus: Whether the ring of the keyboard is drawn: once keys are used, not for clicks.
    """

    zoomed = Signal(float)
    options_changed = Signal()
    """Minimap, timings or links are shown otherwise."""
    shown_changed = Signal()
    """What is seen moved or changed, so that what lies over it must follow."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.show_links: LinksShown = "all"
        self.timings, self.minimap = False, True
        self.shows_focus = False
        self.painter = Painter(studio.looks, self._picture, self._seconds, self)
        self.painter.ready.connect(self._take_ready)
        self.stage = CanvasStage(studio, self._size, self._covered, self)
        self.keys = Keys(self.stage)
        self.hand = Hand(self._hover, self)
        self.stage.overtaken.connect(self.hand.overtaken)
        self.refresh = Refresh(self, self.painter)
        self._overlay = BARE
        self.stage.changed.connect(self._take_change)
        self.stage.looked.connect(self._look)
        self.stage.overlaid.connect(self._repaint_overlay)
        studio.session.pictures_changed.connect(self._take_pictures)
        studio.looks.changed.connect(self._forget_looks)

    # --- What others ask ---

    @property
    def scene(self) -> Scene:
        """Where everything is."""
        return self.stage.scene

    @property
    def document(self) -> Document | None:
        """Whose graph is shown."""
        return self.stage.document

    @property
    def camera(self) -> Camera:
        """What is seen."""
        return self.stage.state.camera

    @property
    def settled(self) -> bool:
        """Whether everything is painted sharp and nothing is under way."""
        return self.refresh.settled and self.hand.at_rest and not self.painter.waiting

    def fit(self, nodes: Iterable[str] | None = None) -> None:
        """Show nodes whole; without any, everything."""
        self.stage.fit(nodes)

    def set_options(
        self,
        *,
        links: LinksShown | None = None,
        timings: bool | None = None,
        minimap: bool | None = None,
    ) -> None:
        """Show links, timings and minimap otherwise; what is not named stays."""
        self.show_links = self.show_links if links is None else links
        self.timings = self.timings if timings is None else timings
        self.minimap = self.minimap if minimap is None else minimap
        self.refresh.everything()
        self.options_changed.emit()

    def show_focus(self, shown: bool) -> None:
        """Draw the ring of the keyboard, or no longer."""
        if shown != self.shows_focus:
            self.shows_focus = shown
            self.refresh.everything()

    def cycle_links(self) -> None:
        """Show all links, those of the selection, or none."""
        place = LINKS_SHOWN.index(self.show_links) + 1
        self.set_options(links=LINKS_SHOWN[place % len(LINKS_SHOWN)])

    def minimap_rect(self) -> QRect:
        """Return where the minimap is."""
        left, top, right, bottom = minimap_rect(self.studio.looks.theme, self._size())
        return QRectF(left, top, right - left, bottom - top).toAlignedRect()

    def _covered(self) -> Point | None:
        """Return the left top of the minimap while it is shown."""
        return minimap_rect(self.studio.looks.theme, self._size())[:2] if self.minimap else None

    @property
    def shows_minimap(self) -> bool:
        """Whether the minimap is painted: it is on, and there is something in it."""
        return self.minimap and bool(self.scene.ids)

    def close_view(self) -> None:
        """End what runs for the eye: timers, and the painter's thread."""
        self.hand.cancel()
        self.refresh.stop()
        self.painter.close()

    # --- Painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is dirty."""
        painter = QPainter(self)
        self.painter.paint(
            painter, self.scene, self.frame(_rect(rect) for rect in _rects(event.region()))
        )
        if self.shows_focus and not self.stage.state.focus:
            paint_focus(painter, self.studio.looks.theme, QRectF(self.rect()))
        painter.end()
        self.refresh.painted()

    def event(self, event: QEvent) -> bool:
        """Tell more of what the pointer rests on."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().event(event)
        at = event.pos().x(), event.pos().y()
        hit = self.scene.hit(self.camera.to_canvas(at), self.camera.zoom)
        QToolTip.showText(event.globalPos(), tip_for(self.scene, self.stage.spec_of, hit), self)
        return True

    def frame(self, dirty: Iterable[Rect] = ()) -> Frame:
        """Return what the painter must know besides the scene."""
        theme = self.studio.looks.theme
        state = self.stage.state
        if not self.shows_focus:
            state = replace(state, focus="")
        return Frame(
            camera=self.camera,
            size=self.stage.size,
            ratio=self.devicePixelRatioF(),
            dirty=list(dirty),
            overlay=self._overlay,
            state=state,
            moving=self.hand.tool is not None,
            pulse=self.refresh.phase(theme.motion("pulse")),
            show_links=self.show_links,
            timings=self.timings,
            minimap=self.shows_minimap,
        )

    def _size(self) -> tuple[float, float]:
        return self.width(), self.height()

    def _hover(self, pointer: Pointer) -> None:
        """Follow a pointer that does nothing."""

    def _picture(self, node: str) -> QImage | None:
        if self.document is None:
            return None
        return self.studio.session.picture(self.document, self.document.prefix + node)

    def _seconds(self, node: str) -> float | None:
        """Return how long the result of a node took."""
        document = self.document
        found = self.studio.session.timing(document, document.prefix + node) if document else None
        return found.seconds if found else None

    # --- Following ---

    def _take_change(self, change: Change) -> None:
        if change.nodes and not change.moved:
            self.painter.forget(change.nodes)
        self.refresh.change(change, self.camera)
        running = [self.scene.rect(node) for node in self.stage.running]
        self.refresh.pulse(running, self.camera, still=self.studio.looks.theme.reduced)
        if self.minimap and (change.nodes or change.links) and self.hand.tool is None:
            self.update(self.minimap_rect())
        if change.all:
            self.zoomed.emit(self.camera.zoom)
        self.shown_changed.emit()

    def _take_ready(self, nodes: frozenset[str]) -> None:
        here = nodes & self.scene.graph.nodes.keys()
        self.refresh.canvas_rects(map(self.scene.rect, here), self.camera)

    def _take_pictures(self, document: Document, nodes: frozenset[str]) -> None:
        if document is self.document and document is not None:
            prefix = document.prefix
            named = {node.removeprefix(prefix) for node in nodes if node.startswith(prefix)}
            here = frozenset(named & self.scene.graph.nodes.keys())
            self._take_change(Change(here, rects=tuple(map(self.scene.rect, here))))

    def _look(self, before: Camera, after: Camera) -> None:
        fixed = [child.geometry() for child in self._floating()]
        if self.minimap:
            fixed.append(self.minimap_rect())
        self.refresh.looked(before, after, fixed)
        self.shown_changed.emit()
        if before.zoom != after.zoom:
            self.zoomed.emit(after.zoom)

    def _floating(self) -> list[QWidget]:
        kept = Qt.FindChildOption.FindDirectChildrenOnly
        return [child for child in self.findChildren(QWidget, options=kept) if child.isVisible()]

    def _repaint_overlay(self) -> None:
        overlay = self.hand.overlay if self.hand.tool else self.keys.overlay
        before, self._overlay = self._overlay, overlay
        self.refresh.overlay(before, overlay, self.camera)

    def _forget_looks(self) -> None:
        self.painter.forget(None)
        self.refresh.everything()


def _rects(region: QRegion) -> Iterator[QRect]:
    """Return the parts of a region; its own iterator is unknown to type checkers."""
    yield from region  # type: ignore[misc]


def _rect(rect: QRect) -> Rect:
    left, top = float(rect.left()), float(rect.top())
    return left, top, left + rect.width(), top + rect.height()
