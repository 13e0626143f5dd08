"""The viewer: the picture that a node made, or is making, and another one to compare it with."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from studio.ui.gallery.display import Shown
from studio.ui.gallery.facts_line import FactsLine
from studio.ui.gallery.following import Following
from studio.ui.gallery.frames import Frames
from studio.ui.gallery.ground import Ground
from studio.ui.gallery.head import SourceChoice, head_buttons
from studio.ui.gallery.overlay import Overlay
from studio.ui.gallery.past import Past, PastStrip, small_image
from studio.ui.gallery.picture_view import PictureView, values_of
from studio.ui.gallery.pictures import Pictures, Wanted
from studio.ui.gallery.sides import Hand, Mode, Side
from studio.ui.gallery.tags import tag_of
from studio.ui.kit.sections import EmptyState

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

GAINS = (1.0, 4.0, 16.0)
_GONE = "That result is no longer in the cache; run its graph to make it again."


class ViewerPanel(QWidget):
    """Shows pictures of the document in front.

    It follows the node that is chosen; without one it shows what the graph is for. A pin keeps it
    at one source.

    Args:
        studio: What the window shares.

    Attributes:
        body: All of it but the header; it fills the screen on demand.
        following: Which source is shown.
        item: Which picture of a batch or list.
        compared: What it is compared with.
        gain: How much differences are amplified.
    """

    shown_changed = Signal()
    """Another picture is shown, or none."""
    load_asked = Signal(Path)
    """A picture was dropped, to be loaded into the graph."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.pictures = Pictures(studio.session.fetch, self)
        self.following = Following(studio, self)
        self.body = Ground(studio.looks, self)
        self.view = PictureView(studio.looks, self.body)
        self.facts = FactsLine(studio.looks, self.body)
        self.past = PastStrip(studio.looks, self.body)
        self.item = 0
        self.compared: Past | None = None
        self.gain = GAINS[0]
        self.shown: Wanted | None = None
        self._asked: Wanted | None = None
        self._lay_out()
        self._connect()
        self._show_nothing()
        self._refresh()

    # --- Building ---

    def _lay_out(self) -> None:
        looks, actions = self._studio.looks, self._studio.actions
        self.choice = SourceChoice(self._studio, self.following, self)
        self.buttons = head_buttons(self._studio, self)
        self.header_widgets: tuple[QWidget, ...] = (self.choice, *self.buttons.values())
        self.empty = EmptyState(
            looks, "ph.image", "No picture yet", "Run the graph, or drop a picture here.",
            "Run the graph", next(iter(actions.chords("run.all")), "").replace("Return", "Enter"),
            partial(actions.trigger, "run.all"),
        )  # fmt: skip
        self.stack = QStackedLayout()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        self.column, self.outside = QVBoxLayout(self.body), QVBoxLayout(self)
        for layout in (self.column, self.outside):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self.column.addLayout(self.stack, 1)
        self.frames = Frames(self._studio, self.pictures, self.body)
        self.overlay = Overlay(self._studio, self.view, self.following, self.pictures)
        for widget in (self.facts, self.frames.strip, self.past):
            self.column.addWidget(widget)
        self.outside.addWidget(self.body)
        self.setFocusProxy(self.view)
        self.body.dropped.connect(self.load_asked)

    def _connect(self) -> None:
        session = self._studio.session
        self.following.changed.connect(self._follow)
        self.following.touched.connect(self._refresh)
        self.view.zoomed.connect(self.facts.set_zoom)
        self.view.pointed.connect(self._point)
        self.past.chosen.connect(self.show_past)
        self.past.compared.connect(self.compare_with)
        self.frames.strip.asked.connect(self.show_item)
        self.shown_changed.connect(self._follow_shown)
        session.result.connect(self._result)
        session.states_changed.connect(self._states)
        session.pictures_changed.connect(self._previews)
        self._studio.looks.changed.connect(self.body.update)

    def close_threads(self) -> None:
        """End what works in the background."""
        self.view.set_mode("one")
        self.frames.strip.play(False)
        self.pictures.close()

    # --- What is asked of it ---

    @property
    def document(self) -> Document | None:
        """The document in front."""
        return self._studio.documents.current

    @property
    def items(self) -> int:
        """How many pictures the result holds that is shown."""
        return self.pictures.items(*self.shown[:2]) if self.shown else 1

    @property
    def has_picture(self) -> bool:
        """Whether a result is shown, and not nothing or a picture in the making."""
        return self.shown is not None and self.pictures.get(self.shown) is not None

    def show_node(self, node: str) -> None:
        """Show the picture of a node, by its expanded id."""
        self.following.show_node(node)

    def set_pinned(self, on: bool) -> None:
        """Stay at this source, or follow again."""
        self.following.pin(on)

    def show_item(self, item: int) -> None:
        """Show another picture of a batch or list."""
        if self.shown:
            self.item = min(max(item, 0), self.items - 1)
            self._ask((*self.shown[:2], self.item))

    def show_past(self, past: Past) -> None:
        """Show a picture that was shown before."""
        self.item = 0
        self._ask((past.key, past.output, 0))

    def compare_with(self, past: Past | None) -> None:
        """Compare with a picture that was shown before, or no longer."""
        self.compared = past
        mode: Mode = "wipe" if self.view.mode == "one" else self.view.mode
        self.set_mode(mode if past else "one")

    def set_mode(self, mode: Mode) -> None:
        """Compare as a wipe, by flicker, by the difference, or not at all."""
        if mode != "one" and (self.compared is None or self.compared.name == self._name()):
            older = [item for item in self.past.items if item.name != self._name()]
            self.compared = older[0] if older else None
            if self.compared is None:
                said = "There is no other picture yet; run the graph once more to compare."
                self._studio.messages.say(said)
        self.view.set_mode(mode if self.compared else "one")
        self.buttons["viewer.compare"].setChecked(self.view.mode != "one")
        self._compose()

    def set_gain(self, gain: float) -> None:
        """Amplify differences."""
        self.gain = gain
        self._compose()

    def toggle_zoom(self) -> None:
        """Change between the whole picture and one screen pixel for each of its pixels."""
        one = 1.0 / self.view.devicePixelRatioF()
        if abs(self.view.zoom - one) < 1e-6:
            self.view.fit()
        else:
            self.view.zoom_to(one)

    def begin_editing(self, hand: Hand, bar: QWidget, side: Side) -> None:
        """Let something be edited on a picture; nothing else is shown meanwhile."""
        self.set_mode("one")
        self._show(side)
        self.view.set_hand(hand)
        self._follow_shown()
        self.past.hide()
        self.column.addWidget(bar)
        self.view.setFocus()

    def end_editing(self, bar: QWidget) -> None:
        """Show again what is followed."""
        self.view.set_hand(None)
        self.column.removeWidget(bar)
        bar.hide()
        self.past.show()
        if self.shown:
            self._compose()
        else:
            self._show_nothing()
        self._refresh()

    def past_shown(self) -> Past | None:
        """Return what is known of the result that is shown."""
        return self.past.named(self._name())

    # --- Inside ---

    def _follow(self) -> None:
        """Show another source."""
        self._asked = self.shown  # what was asked for the source before is too late
        self.item = self.shown[2] if self.shown and self.shown[:2] == self._now() else 0
        self.view.expect(False)
        self.buttons["viewer.pin"].setChecked(self.following.pinned)
        if not self._refresh():
            self._show_nothing()

    def _refresh(self) -> bool:
        """Show what the source holds now; says whether it may hold something."""
        document, source = self.document, self.following.source
        key = self._studio.session.key(document, source.node) if document and source else ""
        if document is None or source is None:
            return self._show_nothing()
        if source.kind == "Latent":
            return self._show_small(self._studio.session.picture(document, source.node), None)
        if self.view.a and self.view.a.is_small and self._studio.session.active is None:
            self._compose()  # what was in the making will not be made
        if key and (self.shown is None or (key, source.output) != self.shown[:2]):
            self._ask((key, source.output, self.item))
        return bool(key)

    def _ask(self, wanted: Wanted) -> None:
        self._asked = wanted
        self.view.expect(self._shows_another())
        self.pictures.ask(wanted, partial(self._ready, wanted))

    def _ready(self, wanted: Wanted, shown: Shown | None) -> None:
        if wanted != self._asked:
            return  # something else is wanted by now
        self.view.expect(False)
        if shown is None:
            self._not_there(wanted)
        elif wanted[2] >= (count := self.pictures.items(*wanted[:2])):
            self.item = count - 1  # the result before had more
            self._ask((*wanted[:2], self.item))
        else:
            self.shown = wanted
            self._remember(wanted, shown)
            self._compose()

    def _not_there(self, wanted: Wanted) -> None:
        """Keep the last result of the source while the new one is not made yet."""
        if self.past.named(wanted[:2]) and wanted[:2] != self._now():
            self._studio.messages.say(_GONE)
        if self._shows_another():
            self._show_nothing()

    def _shows_another(self) -> bool:
        """Tell whether the picture is of another node than the one that is named."""
        past, source = self.past_shown(), self.following.source
        return bool(past and source and past.node != source.node)

    def _compose(self) -> None:
        """Give the view its one or two pictures."""
        a = self.pictures.get(self.shown) if self.shown else None
        comparing = self.compared if self.view.mode != "one" else None
        self.past.mark(self._name(), comparing.name if comparing else None)
        if a is None:
            return
        if comparing:
            other = (comparing.key, comparing.output, self.item)
            self.pictures.ask(other, partial(self._compose_two, a, comparing.tag))
        else:
            self._show(Side(a))

    def _compose_two(self, a: Shown, tag: str, b: Shown | None) -> None:
        if self.shown is None or self.pictures.get(self.shown) is not a:
            return  # another one is shown by now
        if b is None or self.view.mode == "one":
            self._show(Side(a))
        elif self.view.mode == "difference":
            self.pictures.apart(a, b, self.gain, partial(self._show_difference, a))
        else:
            self._show(Side(a, self._tag()), Side(b, tag))

    def _show_difference(self, a: Shown, made: Shown | str) -> None:
        if isinstance(made, str):
            self._studio.messages.say(f"{made[0].upper()}{made[1:]}.", "warning")
            self.set_mode("wipe")
        elif self.view.mode == "difference":
            self._show(Side(made, f"difference x {self.gain:g}"))

    def _show(self, a: Side, b: Side | None = None, *, is_preview: bool = False) -> None:
        if self.view.hand:
            return  # what is edited stays
        self._show_strips()
        self.stack.setCurrentWidget(self.view)
        self.view.show_pictures(a, b)
        self.facts.set_picture(*a.size, is_preview=is_preview)
        self.shown_changed.emit()

    def _show_strips(self, *, on: bool = True) -> None:
        """Show what stands below the picture; where nothing was shown yet, nothing does."""
        self.facts.setVisible(on)
        self.past.setVisible(on)

    def _show_nothing(self) -> bool:
        self.shown = self._asked = None
        if self.view.hand:
            return False
        self.stack.setCurrentWidget(self.empty)
        self.view.show_pictures(None)
        self.facts.set_picture(0, 0)
        self.facts.set_pixel(None, ())
        self.past.mark(None, None)
        self._show_strips(on=bool(self.past.items))
        self.shown_changed.emit()
        return False

    def _show_small(self, image: QImage | None, size: tuple[int, int] | None) -> bool:
        """Show a small picture: of what is in the making, or of a latent; as large as another."""
        if image is None or image.isNull():
            return False
        size = size or (image.width(), image.height())
        self._show(Side(Shown(values_of(image)), "", size), is_preview=True)
        return True

    def _remember(self, wanted: Wanted, shown: Shown) -> None:
        document, source = self.document, self.following.source
        if document is None or source is None or wanted[:2] != self._now():
            return
        if not self.past.items or self.past.items[0].name != wanted[:2]:
            tag = tag_of(self._studio, document, source.node)
            small = small_image(shown)
            self.past.add(Past(*wanted[:2], source.node, source.title, tag, small, document.graph))

    def _now(self) -> tuple[str, str] | None:
        """Return the name of the result that the source has, or would have."""
        document, source = self.document, self.following.source
        if document is None or source is None:
            return None
        return self._studio.session.key(document, source.node), source.output

    def _tag(self) -> str:
        """Return the short name of what is shown."""
        document, source, past = self.document, self.following.source, self.past_shown()
        if document and source and past and past.node == source.node and past.name != self._now():
            newest = next(item for item in self.past.items if item.node == source.node)
            if past is newest:
                return tag_of(self._studio, document, source.node)
        return past.tag if past else ""

    def _name(self) -> tuple[str, str] | None:
        return self.shown[:2] if self.shown else None

    # --- What happens ---

    def _follow_shown(self) -> None:
        """Tell what goes with a picture; while one is edited, there are no others beside it."""
        self.overlay.follow(self.shown)
        self.frames.follow(self.shown, 1 if self.view.hand else self.items)

    def _result(self, document: Document, node: str) -> None:
        self._states(document, frozenset({node}))

    def _states(self, document: Document, nodes: frozenset[str]) -> None:
        source = self.following.source
        if document is self.document and source and source.node in nodes:
            self._refresh()

    def _previews(self, document: Document, nodes: frozenset[str]) -> None:
        """Show what is in the making, when it is on the way to what is shown."""
        source, session = self.following.source, self._studio.session
        if document is not self.document or source is None or self.view.mode != "one":
            return
        if session.state(document, source.node).kind == "fresh":
            return
        for node in nodes:
            running = session.state(document, node).kind == "running"
            if running and self.following.needs(document, node):
                size = self.view.a.size if self.view.a else None
                self._show_small(session.picture(document, node), size)

    def _point(self, place: tuple[int, int] | None) -> None:
        side = self.view.a
        if place is None or side is None or side.is_small:
            self.facts.set_pixel(None, ())
        else:
            self.facts.set_pixel(place, side.shown.at(*place))
