"""A canvas without a window: what tools see, with a history like a document's."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from studio.canvas.fits import End, Shelf
from studio.canvas.metrics import Metrics
from studio.canvas.scene import Scene
from studio.canvas.state import Camera, CanvasState, Hit, Point, Selection
from studio.canvas.tools import tool_for
from studio.canvas.tools.base import Button, Pointer, Tool
from studio.canvas.tools.gestures import Gestures
from studio.core.check import Facts
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.sub_graphs import specs
from studio.core.types import SpecOf
from tests.fakes import toy_registry

ROOT = Path(__file__).parents[2]
TOKENS = json.loads((ROOT / "resources/theme/theme.json").read_text())
KEYMAP = json.loads((ROOT / "resources/keymaps/studio.json").read_text())
METRICS = Metrics.of(TOKENS, "comfortable")
GESTURES = Gestures.read(KEYMAP["gestures"])
REGISTRY = toy_registry()


class FakeStage:
    """A `Stage` that keeps what tools did."""

    def __init__(
        self, graph: Graph, facts: Facts | None = None, shelf: Shelf = lambda folder, family: ()
    ) -> None:
        self.registry: Registry = REGISTRY
        self.facts, self.shelf = facts, shelf
        self.size = (1600.0, 1000.0)
        self.state = CanvasState()
        self.graph = graph
        self.steps: list[str] = []
        self.asked: list[tuple[Point, End | None]] = []
        self.opened: list[Hit] = []
        self.said: list[str] = []
        self._merge: Hashable | None = None
        self._before = graph
        self.scene = Scene(self.spec_of, METRICS)
        self.scene.set_graph(graph, self.spec_of)

    @property
    def spec_of(self) -> SpecOf:
        return specs(self.graph, self.registry)

    def edit(self, name: str, graph: Graph, merge: Hashable | None = None) -> None:
        assert graph != self.graph, f"{name} changes nothing"
        if merge is not None and merge == self._merge:
            if graph == self._before:
                self.steps.pop()
                merge = None
        else:
            self._before = self.graph
            self.steps.append(name)
        self._merge = merge
        self.graph = graph
        self.state.selection = self.state.selection.within(graph)
        self.scene.set_graph(graph, self.spec_of)

    def preview(self, at: Mapping[str, Point], by: Point = (0.0, 0.0)) -> None:
        self.scene.move(at, by)

    def sketch(self, graph: Graph | None) -> None:
        shown = self.graph if graph is None else graph
        self.scene.set_graph(shown, specs(shown, self.registry))

    def select(self, selection: Selection) -> None:
        self.state.selection = selection

    def look(self, camera: Camera) -> None:
        self.state.camera = camera

    def redraw(self) -> None:
        pass

    def ask_node(self, at: Point, source: End | None) -> None:
        self.asked.append((at, source))

    def open(self, hit: Hit) -> None:
        self.opened.append(hit)

    def say(self, text: str) -> None:
        self.said.append(text)

    # --- Gestures, as a hand makes them ---

    def pointer(self, at: Point, button: Button, keys: str, clicks: int, time: float) -> Pointer:
        held = frozenset(keys.split("+")) - {""}
        return Pointer(at, self.state.camera.to_widget(at), button, held, clicks, time)

    def press(
        self, at: Point, button: Button = "left", keys: str = "", clicks: int = 1
    ) -> Tool | None:
        pointer = self.pointer(at, button, keys, clicks, 0.0)
        hit = self.scene.hit(at, self.state.camera.zoom)
        kind = tool_for(hit, pointer, GESTURES)
        tool = kind(self, hit) if kind else None
        if tool:
            tool.begin(pointer)
        return tool

    def drag(
        self,
        *way: Point,
        button: Button = "left",
        keys: str = "",
        later: str | None = None,
        cancel: bool = False,
    ) -> Tool | None:
        """Press at the first point and move by way of the others; `later`: keys held then."""
        tool = self.press(way[0], button, keys)
        held = keys if later is None else later
        for number, at in enumerate(way[1:], start=1) if tool else ():
            assert tool
            tool.move(self.pointer(at, button, held, 1, number * 0.05))
        if tool and cancel:
            tool.cancel()
        elif tool:
            tool.end(self.pointer(way[-1], button, held, 1, len(way) * 0.05))
        return tool

    def click(
        self, at: Point, button: Button = "left", keys: str = "", clicks: int = 1
    ) -> Tool | None:
        tool = self.press(at, button, keys, clicks)
        if tool:
            tool.end(self.pointer(at, button, keys, clicks, 0.1))
        return tool

    def socket(self, end: str, side: str = "input") -> Point:
        node, name = end.split(".")
        return self.scene.socket_at(node, side, name)

    def header(self, node: str) -> Point:
        left, top, right, _ = self.scene.rect(node)
        return (left + right) / 2, top + 10

    def field(self, node: str, name: str) -> Point:
        row = next(row for row in self.scene.layout(node).rows if row.name == name)
        left, top, _, _ = self.scene.rect(node)
        return left + (row.rect[0] + row.rect[2]) / 2, top + (row.rect[1] + row.rect[3]) / 2


def node(type_id: str, **params: Any) -> Node:
    spec = REGISTRY.spec(type_id)
    return Node(type_id, spec.version if spec else 1, params)


def links(*texts: str) -> tuple[Link, ...]:
    return tuple(map(Link.parse, texts))


def placed(nodes: Mapping[str, Node], *texts: str, **more: Any) -> Graph:
    """Make a graph with its nodes in a row, 300 apart."""
    graph = Graph(dict(nodes), links(*texts), **more)
    at = {key: (300.0 * place, 0.0) for place, key in enumerate(nodes)}
    return graph.with_view(graph.view.moved(at))


def blurs(*texts: str) -> Graph:
    """Make an image, two blurs and a place to show them, in a row."""
    kinds = {"i": "toy.image", "b": "toy.blur", "c": "toy.blur", "s": "toy.show"}
    return placed({key: node(kind) for key, kind in kinds.items()}, *texts)
