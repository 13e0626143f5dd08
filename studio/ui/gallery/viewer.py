"""The viewer: the picture that a node made, or is making, and another one to compare it with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QStackedLayout, QVBoxLayout, QWidget

from studio.core.document import write
from studio.core.widgets import Seed
from studio.ui.gallery.display import Shown
from studio.ui.gallery.facts_line import FactsLine
from studio.ui.gallery.past import Past, PastStrip
from studio.ui.gallery.picture_view import Mode, PictureView, Side
from studio.ui.gallery.pictures import Pictures, Wanted
from studio.ui.gallery.sources import Source, last_of, source_of, sources
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.sections import EmptyState

if TYPE_CHECKING:
    from studio.ui.document import Document
    from studio.ui.studio import Studio

GAINS = (1.0, 4.0, 16.0)


class ViewerPanel(QWidget):
    """Shows pictures of the document in front.

    It follows the node that is chosen; without one it shows what the graph is for. A pin keeps it
    at one source.

    Args:
        studio: What the window shares.
    """

    shown_changed = Signal()
    """Another picture is shown, or none."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.pictures = Pictures(studio.session.fetch, self)
        self.view = PictureView(studio.looks, self)
        self.facts = FactsLine(studio.looks, self)
        self.past = PastStrip(studio.looks, self)
        self.source: Source | None = None
        self.pinned = False
        self.item = 0
        self.compared: Past | None = None
        self.gain = GAINS[0]
        self._shown: Wanted | None = None
        self._asked: Wanted | None = None
        self._listed: tuple[Source, ...] = ()
        self._lay_out()
        self._connect()
        self.follow()

    # --- Building ---

    def _lay_out(self) -> None:
        looks = self._studio.looks
        trigger = self._studio.actions.trigger
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Source of the picture")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.pin = IconButton(looks, "ph.push-pin", "Keep this source")
        self.pin.setCheckable(True)
        self.wipe = IconButton(looks, "ph.square-half", "Compare A and B")
        self.wipe.setCheckable(True)
        self.whole = IconButton(looks, "ph.magnifying-glass-plus", "Whole or one to one")
        self.full = IconButton(looks, "ph.corners-out", "Fill the screen")
        self.full.clicked.connect(partial(trigger, "viewer.full_screen"))
        self.header_widgets: tuple[QWidget, ...] = (
            self.choice, self.pin, self.wipe, self.whole, self.full
        )  # fmt: skip
        self.empty = EmptyState(
            looks,
            "ph.image",
            "No picture yet",
            "Run the graph, or drop a picture here.",
            "Run the graph",
            "Ctrl+Enter",
            partial(trigger, "run.all"),
        )
        self.stack = QStackedLayout()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(self.stack, 1)
        self.column.addWidget(self.facts)
        self.column.addWidget(self.past)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        studio, session = self._studio, self._studio.session
        self.choice.activated.connect(self._choose)
        self.pin.toggled.connect(self.set_pinned)
        self.wipe.toggled.connect(self._toggle_wipe)
        self.whole.clicked.connect(self.toggle_zoom)
        self.view.zoomed.connect(self.facts.set_zoom)
        self.view.pointed.connect(self._point)
        self.past.chosen.connect(self.show_past)
        self.past.compared.connect(self.compare_with)
        session.result.connect(self._result)
        session.states_changed.connect(self._states)
        session.pictures_changed.connect(self._previews)
        studio.documents.current_changed.connect(self._another_document)
        studio.documents.opened.connect(self._watch)
        for document in studio.documents.items:
            self._watch(document)
        studio.looks.changed.connect(self.update)

    def _watch(self, document: Document) -> None:
        document.selected.connect(self.follow)
        document.changed.connect(self.follow)

    def close_threads(self) -> None:
        """End what works in the background."""
        self.pictures.close()

    # --- What is shown ---

    @property
    def document(self) -> Document | None:
        """The document in front."""
        return self._studio.documents.current

    def follow(self, *_: object) -> None:
        """Choose the source anew: the pinned one, that of the chosen node, or the graph's."""
        document = self.document
        if document is None:
            self._set_source(None)
            return
        spec_of = self._studio.session.spec_of(document)
        self._listed = sources(document.graph, spec_of)
        self._list_choices()
        if self.pinned and self.source in self._listed:
            self._refresh()
            return
        chosen = document.state.selection.nodes
        node = next(iter(chosen)) if len(chosen) == 1 and not document.trail else ""
        found = source_of(document.graph, spec_of, node) if node else None
        kept = self.source if self.source in self._listed else None
        last = last_of(document.graph, spec_of, self._listed)
        self._set_source(found or kept or last)

    def show_node(self, node: str) -> None:
        """Show the picture of a node, by its id in the graph."""
        document = self.document
        if document:
            spec_of = self._studio.session.spec_of(document)
            found = source_of(document.graph, spec_of, node)
            self._set_source(found or self.source)

    def set_pinned(self, on: bool) -> None:
        """Stay at this source, or follow again."""
        self.pinned = on
        self.pin.setChecked(on)
        if not on:
            self.follow()

    def show_item(self, item: int) -> None:
        """Show another picture of a batch."""
        if self._shown:
            most = self.pictures.items(*self._shown[:2]) - 1
            self.item = min(max(item, 0), most)
            self._refresh()

    def show_past(self, past: Past) -> None:
        """Show a picture that was shown before."""
        self._ask((past.key, past.output, 0), past.tag)

    def compare_with(self, past: Past | None) -> None:
        """Compare with a picture that was shown before."""
        self.compared = past
        mode: Mode = (
            "one" if past is None else "wipe" if self.view.mode == "one" else self.view.mode
        )
        self.set_mode(mode)

    def set_mode(self, mode: Mode) -> None:
        """Compare as a wipe, by flicker, by the difference, or not at all."""
        if mode != "one" and self.compared is None:
            older = [item for item in self.past.items if item.name != self._name()]
            self.compared = older[0] if older else None
        if self.compared is None:
            mode = "one"
        self.view.set_mode(mode)
        self.wipe.blockSignals(True)
        self.wipe.setChecked(mode != "one")
        self.wipe.blockSignals(False)
        self._compose()

    def toggle_zoom(self) -> None:
        """Change between the whole picture and one screen pixel for each of its pixels."""
        ratio = self.view.devicePixelRatioF()
        if abs(self.view.zoom * ratio - 1.0) < 1e-6:
            self.view.fit()
        else:
            self.view.zoom_to(1.0 / ratio)

    # --- Inside ---

    def _set_source(self, source: Source | None) -> None:
        if source != self.source:
            self.source, self.item = source, 0
            self._list_choices()
        self._refresh()

    def _refresh(self) -> None:
        """Show what the source holds now."""
        document, source = self.document, self.source
        key = self._studio.session.key(document, source.node) if document and source else ""
        if document is None or source is None:
            self._show_nothing()
        elif source.kind == "Latent":
            self._show_small(self._studio.session.picture(document, source.node))
        elif key and (key, source.output, self.item) != self._shown:
            self._ask((key, source.output, self.item))
        elif not self._shown:
            self._show_nothing()

    def _ask(self, wanted: Wanted, tag: str = "") -> None:
        self._asked = wanted
        self.pictures.ask(wanted, partial(self._ready, wanted, tag))

    def _ready(self, wanted: Wanted, tag: str, shown: Shown | None) -> None:
        if wanted != self._asked or shown is None:
            return  # something else is wanted by now, or it is not made yet: the last one stays
        self._shown = wanted
        self._remember(wanted)
        self._compose()

    def _compose(self) -> None:
        """Give the view its one or two pictures."""
        a = self.pictures.get(self._shown) if self._shown else None
        if a is None or self._shown is None:
            return
        if self.compared and self.view.mode != "one":
            other = (self.compared.key, self.compared.output, 0)
            self.pictures.ask(other, partial(self._compose_two, a, self.compared.tag))
        else:
            self._show(Side(a))
        name = self.compared.name if self.compared and self.view.mode != "one" else None
        self.past.mark(self._name(), name)

    def _compose_two(self, a: Shown, tag: str, b: Shown | None) -> None:
        if b is None:
            self._show(Side(a))
        elif self.view.mode == "difference":
            self.pictures.apart(a, b, self.gain, self._show_difference)
        else:
            self._show(Side(a, self._tag()), Side(b, tag))

    def _show_difference(self, made: Shown | str) -> None:
        if isinstance(made, str):
            self._studio.messages.say(f"{made}.", "warning")
        else:
            self._show(Side(made, "difference"))

    def _show(self, a: Side, b: Side | None = None) -> None:
        self.stack.setCurrentWidget(self.view)
        self.view.show_pictures(a, b)
        self.facts.set_picture(*a.shown.size)
        self.shown_changed.emit()

    def _show_nothing(self) -> None:
        if self.document is None or not self._shown:
            self.stack.setCurrentWidget(self.empty)
            self.view.show_pictures(None)
            self.facts.set_picture(0, 0)
            self.facts.set_pixel(None, ())
            self.shown_changed.emit()

    def _show_small(self, image: QImage | None) -> None:
        """Show a thumbnail: a picture in the making, or a latent."""
        if image is not None and not image.isNull():
            self._show(Side(Shown(_values(image))))

    def _remember(self, wanted: Wanted) -> None:
        document, source = self.document, self.source
        if document is None or source is None or wanted[1] != source.output:
            return
        if wanted[0] != self._studio.session.key(document, source.node):
            return
        small = self._studio.session.picture(document, source.node)
        if small is not None and not small.isNull():
            graph = write(document.graph)
            past = Past(
                *wanted[:2], source.node, source.title, self._tag(), small, graph, document.id
            )
            self.past.add(past)

    def _tag(self) -> str:
        """Return the short name of what the graph makes now: its seed, and whether it is stale."""
        document, source = self.document, self.source
        if document is None or source is None:
            return ""
        state = self._studio.session.state(document, source.node)
        return "now, stale" if state.kind == "stale" else _seed_in(self._studio, document)

    def _name(self) -> tuple[str, str] | None:
        return self._shown[:2] if self._shown else None

    def _list_choices(self) -> None:
        self.choice.blockSignals(True)
        self.choice.clear()
        for source in self._listed:
            self.choice.addItem(source.title, source)
        here = self._listed.index(self.source) if self.source in self._listed else -1
        self.choice.setCurrentIndex(here)
        self.choice.blockSignals(False)

    # --- What happens ---

    def _choose(self, index: int) -> None:
        self._set_source(self._listed[index])
        self.set_pinned(True)

    def _toggle_wipe(self, on: bool) -> None:
        self.set_mode("wipe" if on else "one")

    def _another_document(self, document: Document | None) -> None:
        self._shown = self._asked = None
        self.source = None
        self.set_pinned(False)

    def _result(self, document: Document, node: str) -> None:
        if document is self.document and self.source and node == self.source.node:
            self._refresh()

    def _states(self, document: Document, nodes: frozenset[str]) -> None:
        if document is self.document and self.source and self.source.node in nodes:
            self._refresh()

    def _previews(self, document: Document, nodes: frozenset[str]) -> None:
        """Show what is in the making, when it is on the way to what is shown."""
        if document is not self.document or self.source is None:
            return
        session = self._studio.session
        for node in nodes:
            if session.state(document, node).kind == "running" or node == self.source.node:
                wanted = node == self.source.node or self._leads_here(document, node)
                if wanted and session.state(document, self.source.node).kind != "fresh":
                    self._show_small(session.picture(document, node))

    def _leads_here(self, document: Document, node: str) -> bool:
        """Tell whether a node is upstream of what is shown."""
        assert self.source is not None
        top, wanted = node.partition("/")[0], self.source.node.partition("/")[0]
        return top in document.graph.upstream([wanted])

    def _point(self, place: tuple[int, int] | None) -> None:
        side = self.view.a
        if place is None or side is None:
            self.facts.set_pixel(None, ())
        else:
            self.facts.set_pixel(place, side.shown.at(*place))


def _values(image: QImage) -> Any:
    """Return a small image as float32 RGBA."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    data = np.frombuffer(plain.constBits(), np.uint8)
    rows = data.reshape(plain.height(), plain.bytesPerLine())[:, : 4 * plain.width()]
    pixels = rows.reshape(plain.height(), plain.width(), 4)
    return (pixels[..., :3] / np.float32(255)).astype(np.float32)


def _seed_in(studio: Studio, document: Document) -> str:
    """Return the first seed of a graph in short, such as ``seed ...301``."""
    spec_of = studio.session.spec_of(document)
    for node in document.graph.nodes.values():
        spec = spec_of(node.type)
        for item in spec.inputs if spec else ():
            if isinstance(item.widget, Seed) and item.name in node.params:
                digits = str(node.params[item.name])
                return f"seed ...{digits[-3:]}" if len(digits) > 6 else f"seed {digits}"
    return ""
