"""The line at the foot: the worker, the graph, and what the pointer can do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, SignalInstance
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QStatusBar, QWidget

from studio.ui.actions.actions import native
from studio.ui.kit.painting import paint_text
from studio.ui.looks.theme import Theme

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

_DOTS = {
    "starting": "status.warning", "idle": "status.success", "busy": "state.running",
    "dead": "status.error",
}  # fmt: skip
_CLOCK_MS = 10_000
_GATHER_MS = 60
_GAP = 18
_WORD, _PART = 4, 12
_MOST_HINT = 0.7
"""The largest part of the room that a hint takes."""
_REST = ("view.commands", "all commands"), ("help.shortcuts", "all keys")
APART = "\u2003"
"""Stands between the parts of a hint."""


class StatusBar(QStatusBar):
    """Painted in one go: worker at the left, graph in the middle, hints at the right.

    Args:
        studio: What the window shares.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._document: Document | None = None
        self._hint = ""
        self._tip = ""
        self._rest = ""
        self._stale = 0
        self._said: list[str] = []
        self._room = QRectF()
        self.hint_width = studio.looks.theme.layout("right_column")
        self.setSizeGripEnabled(False)
        self.setFixedHeight(studio.looks.theme.layout("status_bar"))
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._recount)
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._clock.timeout.connect(self.update)
        self._saved_at: dict[str, float] = {}
        self._follow()

    def sizeHint(self) -> QSize:
        """Return the height of the line."""
        return QSize(400, self._studio.looks.theme.layout("status_bar"))

    def say(self, hint: str) -> None:
        """Say what the pointer can do."""
        if hint != self._hint:
            self._hint = hint
            self.update()

    def close_clock(self) -> None:
        """Let no timer run any longer."""
        self._clock.stop()
        self._gather.stop()

    def _follow(self) -> None:
        session, documents = self._studio.session, self._studio.documents
        session.worker_changed.connect(self.update)
        session.states_changed.connect(self._later)
        documents.current_changed.connect(self._chosen)
        documents.stored.connect(self._stored)
        self.messageChanged.connect(self._take_tip)
        self._studio.actions.changed.connect(self._read_keys)
        self._read_keys()
        self._chosen(documents.current)
        self._clock.start()

    def _chosen(self, document: Document | None) -> None:
        if self._document is not None:
            for signal, slot in self._heard(self._document):
                signal.disconnect(slot)
        self._document = document
        for signal, slot in self._heard(document) if document else ():
            signal.connect(slot)
        self._recount()

    def _heard(self, document: Document) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        return (
            (document.selected, self.update),
            (document.renamed, self._later),
            (document.shown, self._recount),
            (document.changed, self._later),
        )

    def _later(self, *_: object) -> None:
        """Count again soon; a thousand states may change in one go."""
        if not self._gather.isActive():
            self._gather.start()

    def _stored(self, document: Document) -> None:
        self._saved_at[document.id] = time.monotonic()
        self.update()

    @property
    def hint(self) -> str:
        """What is said at the right: of what is under the pointer, else how to find everything."""
        return self._tip or self._hint or self._rest

    def _take_tip(self, tip: str) -> None:
        """Show what a line of a menu does, or a field of a panel; Qt tells both the same way."""
        self._tip = tip
        self.update()

    def _read_keys(self) -> None:
        chords = self._studio.actions.chords
        said = [(next(iter(chords(name)), ""), words) for name, words in _REST]
        self._rest = APART.join(f"{native(chord)} {words}" for chord, words in said if chord)
        self.update()

    # --- Words ---

    def worker_words(self) -> list[str]:
        """Return what is said of the worker."""
        worker = self._studio.session.worker
        return [word for word in (worker.text, worker.device, worker.precision) if word]

    def graph_words(self) -> list[str]:
        """Return what is said of the graph in front."""
        document = self._document
        if document is None:
            return []
        chosen, nodes = len(document.state.selection.nodes), len(document.scene.nodes)
        first = f"{chosen} of {nodes} nodes selected" if chosen else _count(nodes, "node")
        stale = f"{self._stale} stale" if self._stale else ""
        return [word for word in (first, stale, self._saved()) if word]

    def _recount(self) -> None:
        """Count the stale nodes that are shown, and say what is new of the graph.

        Painting is no time for a walk over all of them.
        """
        document, self._stale = self._document, 0
        if document is not None:
            states, prefix = self._studio.session.states(document), document.prefix
            nodes: Iterable[str] = document.scene.nodes
            names = map(prefix.__add__, nodes) if prefix else nodes
            found = map(states.get, names)
            self._stale = len([1 for state in found if state and state.kind == "stale"])
        if self.graph_words() != self._said:
            self.update(self._room.toAlignedRect())

    def _saved(self) -> str:
        document = self._document
        assert document is not None
        if not document.saved:
            return "not saved"
        stored = self._saved_at.get(document.id)
        if stored is None:
            return "saved" if document.path else ""
        return f"saved {_ago(time.monotonic() - stored)}"

    # --- Painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint everything."""
        theme, painter = self._studio.looks.theme, QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg.app"))
        painter.fillRect(0, 0, self.width(), 1, theme.color("border.subtle"))
        if not self._room.toAlignedRect().contains(event.rect()):
            self._room = self._paint_ends(painter, theme)
        self._said = self.graph_words()
        text, right = "   ·   ".join(self._said), Qt.AlignmentFlag.AlignRight
        paint_text(
            painter, theme, self._room, text, role="text.secondary", font="caption", align=right
        )

    def _paint_ends(self, painter: QPainter, theme: Theme) -> QRectF:
        """Paint worker and hints; return the room between them."""
        used, hint = self._paint_worker(painter, theme), self.hint
        wide = max(self.hint_width, hint_width(theme, hint) + 24)
        wide = min(wide, (self.width() - used) * _MOST_HINT)
        hints = QRectF(self.width() - wide + 12, 0, wide - 24, self.height())
        paint_hints(painter, theme, hints, hint)
        return QRectF(used, 0, hints.left() - used - 24, self.height())

    def _paint_worker(self, painter: QPainter, theme: Theme) -> float:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(_DOTS[self._studio.session.worker.status]))
        painter.drawEllipse(QRectF(12, self.height() / 2 - 3, 7, 7))
        left = 27.0
        for place, word in enumerate(self.worker_words()):
            role = "text.primary" if not place else "text.secondary"
            room = QRectF(left, 0, self.width() - left, self.height())
            left += paint_text(painter, theme, room, word, role=role, font="caption") + _GAP
        return left


def paint_hints(painter: QPainter, theme: Theme, rect: QRectF, text: str) -> None:
    """Paint what the pointer can do; what the hand does is strong, what follows is not."""
    left = rect.left()
    for hand, rest in hint_parts(text):
        for words, role, font in (
            (hand, "text.primary", "value"),
            (rest, "text.secondary", "label"),
        ):
            room = QRectF(left, rect.top(), rect.right() - left, rect.height())
            used = paint_text(painter, theme, room, words, role=role, font=font) if words else 0
            left += used + _WORD if used else 0
        left += _PART


def hint_parts(text: str) -> list[tuple[str, str]]:
    """Return the parts of a hint: what the hand does, and what follows from it.

    Hints are written ``Drag moves`` with wide spaces between them; a whole sentence has no such
    parts.
    """
    parts = [part for part in text.split(APART) if part]
    if len(parts) < 2:
        return [("", part) for part in parts]
    cut = [part.partition(" ") for part in parts]
    return [(hand, rest) for hand, _, rest in cut]


def hint_width(theme: Theme, text: str) -> float:
    """Return how much room a hint takes."""
    metrics = QFontMetrics(theme.font("value"))
    return sum(
        metrics.horizontalAdvance(f"{hand}{rest}") + 2 * _WORD + _PART
        for hand, rest in hint_parts(text)
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _ago(seconds: float) -> str:
    if seconds < 60:
        return f"{int(seconds)} s ago"
    minutes = int(seconds // 60)
    return f"{minutes} min ago" if minutes < 60 else f"{minutes // 60} h ago"
