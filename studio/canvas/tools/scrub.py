"""Dragging over the number of a field on a node changes it."""

from __future__ import annotations

import math
from typing import Any

from studio.canvas.edits import nodes
from studio.canvas.state import Hit
from studio.canvas.tools.base import BARE, Cursor, Pointer, Stage, Tool, is_quiet
from studio.canvas.tools.nodes import MoveNodes
from studio.core.diff import Diff, applied
from studio.core.spec import Input
from studio.core.widgets import SEED_LIMIT, Range, Seed

PIXELS = 2.0
"""Pixels of a drag for one step of the number."""
FINE = 0.1
LOG_PIXELS = 400.0
"""Pixels from the lowest to the highest number on a logarithmic scale."""


class PressField(Tool):
    """Opens a field that is clicked; scrubs a number that is dragged, else carries the node."""

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        item = _scrubbed(stage, hit)
        self._inner: Tool = Scrub(stage, hit, item) if item else MoveNodes(stage, hit)
        self.hint, self.follows = self._inner.hint, self._inner.follows
        self.cursor: Cursor = self._inner.cursor

    def start(self, pointer: Pointer) -> None:
        """Begin to scrub or to carry."""
        self._inner.begin(pointer)
        self._inner.dragging = True
        self._inner.start(pointer)

    def drag(self, pointer: Pointer) -> None:
        """Go on."""
        self._inner.drag(pointer)
        self.show(self._inner.overlay)

    def drop(self, pointer: Pointer) -> None:
        """End it."""
        self._inner.drop(pointer)

    def click(self, pointer: Pointer) -> None:
        """Open the field."""
        self.stage.open(self.hit)

    def overtaken(self, change: Diff) -> bool:
        """Go on while nothing came or went."""
        return self._inner.overtaken(change) if self.dragging else is_quiet(change)

    def abandon(self) -> None:
        """Leave everything as it was."""
        self._inner.abandon()


class Scrub(Tool):
    """Changes a number by the width of the drag; of all chosen nodes that have it.

    It edits while it runs, as one step, so that live mode follows; cancelled, it edits back.

    Args:
        stage: The canvas.
        hit: The field.
        item: The parameter in it.
    """

    hint = "Drag to change the number; Shift: finer"
    cursor: Cursor = "split_h"

    def __init__(self, stage: Stage, hit: Hit, item: Input) -> None:
        super().__init__(stage, hit)
        self._item = item
        self._edits = False

    def start(self, pointer: Pointer) -> None:
        """Remember the number."""
        self._before = self.stage.graph
        node = self._before.nodes[self.hit.node]
        self._first = node.params.get(self._item.name, self._item.default) or 0
        chosen = self.stage.state.selection.nodes
        self._nodes = chosen if self.hit.node in chosen else frozenset({self.hit.node})
        self._name = f"Set {self._item.name}"
        self._step = object()
        self._walked, self._seen = 0.0, pointer.pixel[0]

    def drag(self, pointer: Pointer) -> None:
        """Set the number."""
        fine = FINE if "Shift" in pointer.modifiers else 1.0
        self._walked += (pointer.pixel[0] - self._seen) * fine
        self._seen = pointer.pixel[0]
        value = scrubbed(self._item, self._first, self._walked, fine=fine < 1)
        found = nodes.with_param(
            self._before, self._nodes, self._item.name, value, self.stage.spec_of
        )
        if found != self.stage.graph:
            self._edits = True
            self.stage.edit(self._name, found, self._step)
            self._edits = False

    def drop(self, pointer: Pointer) -> None:
        """Keep it."""
        self.show(BARE)

    def overtaken(self, change: Diff) -> bool:
        """Keep what others set meanwhile, such as the seed of a run that begins."""
        if self._edits:
            return True
        if is_quiet(change) and self.dragging:
            self._before = applied(change, self._before)
        return is_quiet(change)

    def abandon(self) -> None:
        """Set it back."""
        if self.stage.graph != self._before:
            self.stage.edit(self._name, self._before, self._step)


def scrubbed(item: Input, first: Any, pixels: float, *, fine: bool = False) -> Any:
    """Return a number after a drag; always one that the parameter takes.

    Args:
        item: The parameter.
        first: The number before.
        pixels: How far it was dragged to the right.
        fine: Whether it may lie between steps.
    """
    if isinstance(item.widget, Seed):
        return min(max(int(first) + round(pixels / PIXELS), 0), SEED_LIMIT - 1)
    span = item.widget
    assert isinstance(span, Range)
    if span.scale == "log" and span.low > 0 and first > 0:
        value = first * math.exp(pixels / LOG_PIXELS * math.log(span.high / span.low))
        step = 10.0 ** (math.floor(math.log10(value)) - 2)
    else:
        step = _step(item, span, first)
        value = first + (pixels / PIXELS) * step
    grain = step * FINE if fine else step
    return _taken(item, span, first + round((value - first) / grain) * grain)


def _step(item: Input, span: Range, first: float) -> float:
    """Return what one step of a drag adds."""
    whole = float(max(span.multiple, 1)) if item.type == "int" else float(span.multiple)
    if span.step or whole:
        return max(span.step, whole)
    if span.high - span.low <= 10_000:
        return float(10.0 ** math.floor(math.log10((span.high - span.low) / 100 or 1)))
    return float(10.0 ** (math.floor(math.log10(max(abs(first), 1.0))) - 1))


def _taken(item: Input, span: Range, value: float) -> Any:
    """Bring a number to the nearest one that is allowed."""
    value = min(max(value, span.low), span.high)
    if span.multiple:
        value = round(value / span.multiple) * span.multiple
        value += span.multiple if value < span.low else 0
        value -= span.multiple if value > span.high else 0
    if item.type == "int":
        return round(value)
    return round(value, 10)


def _scrubbed(stage: Stage, hit: Hit) -> Input | None:
    """Return the parameter in a field if it is a number that no link gives."""
    node = stage.graph.nodes.get(hit.node)
    spec = stage.spec_of(node.type) if node else None
    item = spec.input(hit.name) if spec else None
    linked = hit.name in stage.graph.inputs_of(hit.node)
    number = item is not None and isinstance(item.widget, Range | Seed)
    return item if number and not linked else None
