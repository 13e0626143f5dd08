"""One colour a node, for all nodes at once: what is left of them from far away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor

from studio.canvas.index import Rows
from studio.canvas.states import NodeState
from studio.core.graph import Graph
from studio.ui.canvas.shades import Shades, mixed

if TYPE_CHECKING:
    from studio.canvas.scene import Scene

_ICON_SHARE, _FAINT = 0.3, 0.35
_SHOWN = {
    "running": "state.running",
    "failed": "status.error",
    "missing_type": "state.missing",
    "missing_model": "state.missing",
}
_FAINT_KINDS = ("stale", "waiting", "muted", "bypassed")
_OFF = ("muted", "bypassed")


class Tints:
    """Keeps a number of a colour for each row of a scene, patched where nodes changed.

    Attributes:
        colors: Colours by number.
        codes: Number of each row's colour.
        off: Whether each row's node is muted or bypassed.
    """

    def __init__(self, shades: Shades) -> None:
        self._shades = shades
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._categories: dict[str, str] = {}
        self._ids: list[str] | None = None
        self.colors: list[QColor] = []
        self.codes: Rows = np.zeros(0, np.intp)
        self.off = np.zeros(0, np.bool_)
        self._doubted: set[str] = set()
        self._seen: list[NodeState | None] = []
        self._rows: dict[str, int] = {}
        self._graph: Graph | None = None

    def doubt(self, nodes: Collection[str] | None) -> None:
        """Look at these nodes again; ``None``: at all."""
        if nodes is None:
            self._ids = None
        else:
            self._doubted.update(nodes)

    def follow(self, scene: Scene) -> None:
        """Take in what changed."""
        graph, states = scene.graph, scene.states
        if self._ids is not scene.ids:
            self._ids = scene.ids
            self._categories.clear()
            self.codes = np.zeros(len(scene.ids), np.intp)
            self.off = np.zeros(len(scene.ids), np.bool_)
            self._seen = [None] * len(scene.ids)
            self._rows = {node: row for row, node in enumerate(scene.ids)}
            self._read(scene, enumerate(scene.ids))
        elif self._doubted:
            rows, seen, moved = self._rows, self._seen, graph is self._graph
            here = [
                (row, node)
                for node in self._doubted
                # Most often nodes have only moved, and look as they did.
                if (row := rows.get(node, -1)) >= 0
                and not (moved and states.get(node) is seen[row])
            ]
            for _, node in here:
                self._categories.pop(graph.nodes[node].type, None)
            self._read(scene, here)
        self._graph = graph
        self._doubted.clear()

    def _read(self, scene: Scene, rows: Iterable[tuple[int, str]]) -> None:
        nodes, looks, states = scene.graph.nodes, scene.graph.view.layout, scene.states
        numbers, categories, seen = self._numbers, self._categories, self._seen
        codes, off = self.codes, self.off
        for row, node in rows:
            held = nodes[node]
            category = categories.get(held.type)
            if category is None:
                category = categories[held.type] = scene.layout(node).category
            look, state = looks.get(node), states.get(node)
            kind = state.kind if state else (held.mode if category else "missing_type")
            key = (category, (look.color or "") if look else "", kind)
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(self.colors)
                self.colors.append(self._color(*key))
            codes[row] = number
            if kind in _OFF:
                off[row] = True
            elif off[row]:
                off[row] = False
            seen[row] = state

    def _color(self, category: str, own: str, kind: str) -> QColor:
        theme = self._shades.theme
        if kind in _SHOWN:
            return theme.color(_SHOWN[kind])
        header = self._shades.header(category, own)
        icon = theme.color(f"category.{category or 'logic'}.icon")
        plain = mixed(header, icon, _ICON_SHARE)
        return mixed(theme.color("bg.canvas"), plain, _FAINT) if kind in _FAINT_KINDS else plain
