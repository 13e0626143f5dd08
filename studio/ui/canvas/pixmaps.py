"""Nodes drawn once: the pixmaps that are blitted while nothing about a node changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from PySide6.QtGui import QPixmap

from studio.canvas.layout import NodeLayout
from studio.ui.canvas.face import Face

BUDGET = 128 * 2**20


@dataclass(slots=True)
class Drawn:
    """A node as it was drawn.

    Attributes:
        pixmap: It, with room for shadow and sockets around.
        layout: Its parts.
        face: What it showed.
        scale: Device pixels for one unit of the canvas.
        detail: Tier of detail.
        margin: Room around the body in device pixels.
        sure: Whether nothing about the node may have changed since.
    """

    pixmap: QPixmap
    layout: NodeLayout
    face: Face
    scale: float
    detail: int
    margin: int
    sure: bool = True

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.pixmap.width() * self.pixmap.height() * 4


class Pixmaps:
    """Drawn nodes by id; those that were not shown for longest leave first.

    Args:
        budget: Bytes that they may take.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held: OrderedDict[str, Drawn] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        """Return how many are held."""
        return len(self._held)

    def get(self, node: str) -> Drawn | None:
        """Return a node as it was drawn last."""
        found = self._held.get(node)
        if found is not None:
            self._held.move_to_end(node)
        return found

    def put(self, node: str, drawn: Drawn) -> None:
        """Hold a drawn node; others leave when there is no room."""
        self.drop([node])
        self._held[node] = drawn
        self.bytes += drawn.size
        while self.bytes > self._budget and len(self._held) > 1:
            self.drop([next(iter(self._held))])

    def doubt(self, nodes: Collection[str]) -> None:
        """Compare these with their nodes when they are shown next."""
        held = self._held
        few, many = (nodes, held) if len(nodes) < len(held) else (held, nodes)
        for node in filter(many.__contains__, few):
            held[node].sure = False

    def drop(self, nodes: Iterable[str]) -> None:
        """Forget nodes."""
        for node in nodes:
            gone = self._held.pop(node, None)
            self.bytes -= gone.size if gone else 0

    def clear(self) -> None:
        """Forget all."""
        self._held.clear()
        self.bytes = 0
