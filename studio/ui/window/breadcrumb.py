"""The way from a graph into the sub-graph that is shown; each step leads back to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.ui.kit.buttons import Button, keep_keyboard
from studio.ui.kit.labels import Words
from studio.ui.looks.looks import Looks

_LONGEST = 18


class Breadcrumb(QWidget):
    """The titles of the graph and its sub-graphs; hidden where there is no way back."""

    chosen = Signal(int)
    """How many sub-graphs are left of the way."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.setAccessibleName("Way into the sub-graph")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 8, 2)
        self._row.setSpacing(0)
        self.steps: list[Button] = []
        self.hide()

    def show_trail(self, root: str, titles: Sequence[str]) -> None:
        """Show the way.

        Args:
            root: Title of the graph.
            titles: Of the sub-graphs, the outermost first; none hides it.
        """
        while item := self._row.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        names = [root, *titles] if titles else []
        self.steps = [self._step(depth, name) for depth, name in enumerate(names)]
        for depth, step in enumerate(self.steps):
            if depth:
                self._row.addWidget(Words(self._looks, "/", "label", "text.muted", self))
            self._row.addWidget(step)
        self.setVisible(bool(titles))

    def _step(self, depth: int, name: str) -> Button:
        short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        step = Button(self._looks, short, "quiet", parent=self, small=True)
        keep_keyboard(step)
        step.setToolTip(name)
        step.clicked.connect(partial(self.chosen.emit, depth))
        return step
