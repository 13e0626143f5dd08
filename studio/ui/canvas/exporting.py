"""Writing the whole graph as a picture while the window goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from studio.canvas.metrics import Metrics
from studio.canvas.scene import Scene
from studio.canvas.states import NodeState
from studio.core.errors import StudioError
from studio.core.graph import Graph
from studio.core.types import SpecOf
from studio.files import atomic_write
from studio.ui.canvas.export import Page, PngPage, SvgPage
from studio.ui.threads.later import Later

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget

SLICE_SECONDS = 0.004
"""How long is painted before the window has its turn."""
_TOLD_AFTER = 0.3
"""Seconds after which it is told how far an export is; most are over by then."""
_PAINTED = 70
"""Percent that are done when everything is painted; the rest is packing and writing."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the canvas shows, for a scene that no edit changes any more."""

    graph: Graph
    spec_of: SpecOf
    metrics: Metrics
    states: Mapping[str, NodeState]
    prefix: str

    def scene(self) -> Scene:
        """Return the scene; made in any thread."""
        made = Scene(self.spec_of, self.metrics)
        made.set_graph(self.graph, self.spec_of)
        made.set_all_states(self.states, self.prefix)
        return made


class Export(QObject):
    """Writes a picture of what a canvas shows now, tells how far it is, and goes when it is done.

    Args:
        canvas: Shows the graph.
        path: Where to; what it ends in says which kind of picture.
    """

    def __init__(self, canvas: CanvasWidget, path: Path) -> None:
        super().__init__(canvas)
        self._messages, self._path = canvas.studio.messages, path
        self._about = f"export {path}"
        self._begun, self._told = perf_counter(), -1
        self._later = Later(self)
        self._turns = QTimer(self, interval=0)
        self._turns.timeout.connect(self._go_on)
        kind = SvgPage if path.suffix.lower() == ".svg" else PngPage
        shown, painter = _shown(canvas), canvas.painter
        self._later.do(lambda: kind(shown.scene(), painter), self._paint)

    def cancel(self) -> None:
        """Write nothing."""
        self._turns.stop()
        self._messages.withdraw(self._about)
        self.deleteLater()

    def _paint(self, page: Page) -> None:
        self._page, self._steps = page, page.paint()
        self._turns.start()

    def _go_on(self) -> None:
        """Paint for a moment."""
        end, share = perf_counter() + SLICE_SECONDS, 0.0
        while share < 1.0 and perf_counter() < end:
            share = next(self._steps, 1.0)
        self._tell(round(share * _PAINTED))
        if share >= 1.0:
            self._turns.stop()
            self._later.do(self._page.content, self._write)

    def _tell(self, percent: int) -> None:
        if percent > self._told and perf_counter() - self._begun > _TOLD_AFTER:
            self._told = percent
            text = f"Exporting {self._path.name}: {percent} %"
            cancel = ("Cancel", self.cancel)
            self._messages.say(text, "progress", *cancel, stays=True, about=self._about)

    def _write(self, content: bytes) -> None:
        self._later.do(partial(_written, self._path, content), self._done)

    def _done(self, error: StudioError | None) -> None:
        self.cancel()
        text, kind = (str(error), "error") if error else (f"Exported {self._path.name}", "success")
        self._messages.say(text, kind)  # type: ignore[arg-type]


def _shown(canvas: CanvasWidget) -> _Shown:
    document, stage = canvas.document, canvas.stage
    assert document is not None
    states = dict(canvas.studio.session.states(document))
    return _Shown(stage.graph, stage.spec_of, stage.scene.metrics, states, document.prefix)


def _written(path: Path, content: bytes) -> StudioError | None:
    try:
        atomic_write(path, content)
    except StudioError as error:
        return error
    return None
