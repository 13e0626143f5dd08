"""One colour a node, for all nodes at once: what is left of them from far away."""

from __future__ import annotations

from collections.abc import Collection
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor

from studio.canvas.board import PLAIN_LOOK
from studio.canvas.index import Mask, Rows
from studio.core.diff import diff, replaced
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
_TYPE, _MODE, _COLOR = attrgetter("type"), attrgetter("mode"), attrgetter("color")


class Tints:
    """Keeps a number of a colour for each row of a scene, patched where nodes changed.

    What a node is and what is known of it are numbered apart: of thousands of nodes few differ in
    the one, few in the other, and a table has the colour of each pair.

    Attributes:
        colors: Colours by number.
        codes: Number of each row's colour.
        off: Whether each row's node is muted or bypassed.
        reads: How often colours were found anew.
        turns: How often nodes were muted or bypassed, or no more.
    """

    def __init__(self, shades: Shades) -> None:
        self._shades = shades
        self.colors: list[QColor] = []
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._are_off: list[bool] = []
        self._ids: list[str] | None = None
        self._graph = Graph()
        self._doubted: set[str] = set()
        self._categories: dict[str, str] = {}
        self._looks: dict[tuple[str, str | None, str], int] = {}
        self._kinds: dict[str, int] = {}
        self._table: Rows = np.zeros((0, 0), np.intp)
        self._look_of: Rows = np.zeros(0, np.intp)
        self._kind_of: Rows = np.zeros(0, np.intp)
        self.codes: Rows = np.zeros(0, np.intp)
        self.off: Mask = np.zeros(0, np.bool_)
        self.reads = self.turns = 0

    def doubt(self, nodes: Collection[str] | None) -> None:
        """Look at these nodes again; ``None``: at all."""
        if nodes is None:
            self._ids = None
        else:
            self._doubted.update(nodes)

    def follow(self, scene: Scene) -> None:
        """Take in what changed."""
        if self._ids is not scene.ids or self._retyped(scene):
            self._begin(scene)
        elif self._doubted:
            if scene.graph is not self._graph:
                changed = self._changed(scene.graph) & self._doubted & scene.graph.nodes.keys()
                self._read_looks(scene, changed)
            many = 2 * len(self._doubted) > len(scene.ids)  # to look at all costs less than to ask
            self._read_kinds(scene, slice(None) if many else scene.rows(self._doubted))
        self._graph = scene.graph
        self._doubted.clear()

    def _begin(self, scene: Scene) -> None:
        self._ids = scene.ids
        self.reads += 1
        self.turns += 1
        self._categories.clear()
        self._looks.clear()
        self._table = np.zeros((0, 0), np.intp)
        self._look_of, self._kind_of, self.codes = np.zeros((3, len(scene.ids)), np.intp)
        self.off = np.zeros(len(scene.ids), np.bool_)
        self._read_looks(scene, scene.ids)
        self._read_kinds(scene, slice(None))

    def _retyped(self, scene: Scene) -> bool:
        held = self._categories.items()
        return bool(self._doubted) and any(scene.category(name) != was for name, was in held)

    def _changed(self, graph: Graph) -> set[str]:
        """Return the nodes of which another version is shown than last time."""
        change, old, new = diff(self._graph, graph), self._graph.view.layout, graph.view.layout
        return {*change.added, *change.changed, *(() if old is new else replaced(old, new))}

    def _read_looks(self, scene: Scene, nodes: Collection[str]) -> None:
        """Number what the graph says of some nodes: type, colour and mode."""
        held = list(map(scene.graph.nodes.__getitem__, nodes))
        layouts = map(scene.graph.view.layout.get, nodes, repeat(PLAIN_LOOK))
        looks = list(zip(map(_TYPE, held), map(_COLOR, layouts), map(_MODE, held), strict=True))
        for look in set(looks) - self._looks.keys():
            self._categories[look[0]] = scene.category(look[0])
            self._looks[look] = len(self._looks)
        numbers = map(self._looks.__getitem__, looks)
        self._look_of[scene.rows(nodes)] = np.fromiter(numbers, np.intp, len(nodes))

    def _read_kinds(self, scene: Scene, rows: Rows | slice) -> None:
        """Number what is known of some rows, and find their colours."""
        known = scene.known
        used, places = np.unique(known.numbers[rows], return_inverse=True)
        states = [known.held[number] for number in used.tolist()]
        names = [state.kind if state else "" for state in states]
        numbers = [self._kinds.setdefault(name, len(self._kinds)) for name in names]
        kinds = self._kind_of[rows] = np.array(numbers, np.intp)[places]
        if self._table.shape != (len(self._looks), len(self._kinds)):
            table = [self._code(look, kind) for look in self._looks for kind in self._kinds]
            self._table = np.array(table, np.intp).reshape(len(self._looks), len(self._kinds))
        codes = self._table[self._look_of[rows], kinds]
        self.reads += not np.array_equal(self.codes[rows], codes)
        self.codes[rows] = codes
        off = np.array(self._are_off, np.bool_)[codes]
        self.turns += not np.array_equal(self.off[rows], off)
        self.off[rows] = off

    def _code(self, look: tuple[str, str | None, str], known: str) -> int:
        """Return the number of the colour of a node, a new one if no other node has it."""
        category = self._categories[look[0]]
        kind = known or (look[2] if category else "missing_type")
        key = (category, look[1] or "", kind)
        number = self._numbers.setdefault(key, len(self.colors))
        if number == len(self.colors):
            self.colors.append(self._color(*key))
            self._are_off.append(kind in _OFF)
        return number

    def _color(self, category: str, own: str, kind: str) -> QColor:
        theme = self._shades.theme
        if kind in _SHOWN:
            return theme.color(_SHOWN[kind])
        header = self._shades.header(category, own)
        icon = theme.color(f"category.{category or 'logic'}.icon")
        plain = mixed(header, icon, _ICON_SHARE)
        return mixed(theme.color("bg.canvas"), plain, _FAINT) if kind in _FAINT_KINDS else plain
