"""Scenes painted on pictures, and what is on these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from studio.canvas.metrics import Metrics
from studio.canvas.scene import Scene
from studio.canvas.state import Camera, Point
from studio.canvas.states import NodeState
from studio.core.define import node, spec_of
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.values import Image, Upscaler
from studio.core.view import Layout, View
from studio.paths import resources
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.painter import Painter
from studio.ui.looks.fonts import load_fonts
from studio.ui.looks.looks import Looks

SIZE = (480.0, 320.0)
WIDTH, HEIGHT = 184, 125
FIRST: Point = (40.0, 40.0)
SECOND: Point = (280.0, 40.0)


@node("test.enlarge", category="Upscale", title="Enlarge")
def enlarge(image: Image, upscaler: Upscaler | None = None, scale: float = 4.0) -> Image:
    """Enlarge a picture.

    Args:
        image: What is enlarged.
        upscaler: What does it.
        scale: How much.
    """
    return image


def registry() -> Registry:
    """Return the registry that knows the node of these pages."""
    known = Registry()
    known.add(spec_of(enlarge))
    return known


def looks_of(name: str = "dark") -> Looks:
    """Return looks with the shipped fonts."""
    looks = Looks(resources())
    load_fonts(resources(), looks.tokens["font"]["files"])
    looks.set(name, "comfortable")
    return looks


def pair(mode: str = "on") -> Graph:
    """Return two nodes side by side with one link."""
    nodes = {"a": Node("test.enlarge", mode=mode), "b": Node("test.enlarge")}  # type: ignore[arg-type]
    view = View(layout={"a": Layout(at=FIRST), "b": Layout(at=SECOND)})
    return Graph(nodes, (Link("a", "image", "b", "image"),), view=view)


def scene_of(
    looks: Looks, graph: Graph | None = None, states: Mapping[str, NodeState] | None = None
) -> Scene:
    """Return a scene of two nodes, or of another graph."""
    known = registry()
    scene = Scene(known.spec, Metrics.of(looks.tokens, "comfortable"))
    scene.set_states(states or {})
    scene.set_graph(pair() if graph is None else graph, known.spec)
    return scene


def frame_of(x: float = 0.0, y: float = 0.0, zoom: float = 1.0) -> Frame:
    """Return how a small widget sees the canvas."""
    return Frame(Camera(x, y, zoom), SIZE)


def painted(painter: Painter, scene: Scene, frame: Frame, ground: QImage | None = None) -> QImage:
    """Paint once and return the picture; `ground` is painted over where it is dirty."""
    page = ground or QImage(round(SIZE[0]), round(SIZE[1]), QImage.Format.Format_RGB32)
    brush = QPainter(page)
    painter.paint(brush, scene, frame)
    brush.end()
    return page


def sharp(painter: Painter, scene: Scene, frame: Frame) -> QImage:
    """Paint until everything is exact."""
    page = painted(painter, scene, frame)
    while not painter.settled():
        painter.refine(6.0)
        page = painted(painter, scene, frame)
    return page


def count(page: QImage, color: QColor, area: QRect | None = None) -> int:
    """Return how many pixels have a colour."""
    part = page.copy(area or page.rect()).convertToFormat(QImage.Format.Format_ARGB32)
    return int(np.count_nonzero(np.frombuffer(part.constBits(), np.uint32) == color.rgb()))


def differ(pages: Iterable[QImage]) -> bool:
    """Tell whether no two pictures are the same."""
    held = [bytes(page.constBits()) for page in pages]
    return len(set(held)) == len(held)


def no_pictures(_node: str) -> QImage | None:
    """Return no picture for any node."""
    return None


Source = Callable[[str], QImage | None]
