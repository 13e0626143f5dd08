"""What the canvas costs: milliseconds of the processor for each thing that a user does.

Every row of the targets in three sizes, the least of several repeats; p95 where a gesture has many
steps. NodeGraphQt is measured beside it with 100 nodes, when it is installed. Usage:
``python -m benchmarks.canvas [--check] [COUNT ...]``; with ``--check`` the exit code is 1 when
anything takes more than three times its target.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.graphs import HUB, large, registry, states
from studio.canvas.metrics import Metrics
from studio.canvas.scene import Change, Scene
from studio.canvas.state import Camera, CanvasState, Point, Rect, Selection
from studio.canvas.states import NodeState
from studio.canvas.tools.base import BARE, Overlay
from studio.core.document import read, write
from studio.paths import resources
from studio.ui.canvas.painter import Frame, Painter
from studio.ui.fonts import load_fonts
from studio.ui.looks import Looks

COUNTS = (1_000, 10_000, 50_000)
SIZE = (1600, 1000)
REPEATS, STEPS = 3, 40
GATE = 3.0
TARGETS: dict[str, tuple[float | None, float | None, float | None]] = {
    "build from a loaded graph": (20, 60, 400),
    "open file to first paint": (150, 400, 2000),
    "pan p95": (6, 10, 20),
    "zoom p95": (16, 16, 33),
    "sharp after a zoom": (250, 250, None),
    "drag a node with 10 links p95": (5, 8, 16),
    "rubber band step p95": (8, 16, 33),
    "drag everything p95": (8, 20, None),
    "one progress update": (1.5, 1.5, 3),
    "ratio 2: zoom p95": (25, 30, None),
}


class Canvas(QWidget):
    """A widget with nothing but a painter: what the real one does without its gestures."""

    def __init__(self, looks: Looks, ratio: float = 1.0) -> None:
        super().__init__()
        self.picture = QImage(512, 384, QImage.Format.Format_RGB32)
        self.picture.fill(QColor("tomato"))
        self.looks = looks
        self.ratio = ratio
        self.painter = Painter(looks, lambda _node: self.picture, parent=self)
        self.state = CanvasState()
        self.overlay: Overlay = BARE
        self.moving = False
        self.backing = QImage(
            round(SIZE[0] * ratio), round(SIZE[1] * ratio), QImage.Format.Format_RGB32
        )
        self.backing.setDevicePixelRatio(ratio)
        self.resize(*SIZE)

    def load(self, scene: Scene) -> None:
        """Show a scene from its middle."""
        self.scene = scene
        self.state.camera = Camera(0, 0, 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint what is dirty."""
        dirty = [_rect(QRectF(rect)) for rect in event.region()]  # type: ignore[attr-defined]  # it is iterable
        painter = QPainter(self)
        self.paint(painter, dirty)
        painter.end()

    def paint(self, painter: QPainter, dirty: list[Rect]) -> None:
        """Paint parts of the widget onto something."""
        frame = Frame(
            camera=self.state.camera,
            size=(float(SIZE[0]), float(SIZE[1])),
            ratio=self.ratio,
            dirty=dirty,
            overlay=self.overlay,
            state=self.state,
            moving=self.moving,
        )
        self.painter.paint(painter, self.scene, frame)

    def draw(self, dirty: list[Rect] | None = None) -> None:
        """Paint at once: on the widget, or at ratio 2 on a picture as large as its screen."""
        if self.ratio == 1 and dirty:
            self.repaint(_region(dirty))
        elif self.ratio == 1:
            self.repaint()
        else:
            painter = QPainter(self.backing)
            self.paint(painter, dirty or [])
            painter.end()

    def changed(self, change: Change) -> None:
        """Paint what a change touches."""
        self.painter.forget(change.nodes)
        if change.all or not change.rects:
            self.draw()
            return
        camera = self.state.camera
        rects: list[Rect] = [
            (*camera.to_widget(rect[:2]), *camera.to_widget(rect[2:])) for rect in change.rects
        ]
        self.draw(rects)


def busy(does: Callable[[], object]) -> float:
    """Return the milliseconds of this thread's processor time."""
    started = time.thread_time()
    does()
    return (time.thread_time() - started) * 1000


def p95(taken: list[float]) -> float:
    """Return what 95 of 100 steps stay below."""
    return sorted(taken)[min(int(len(taken) * 0.95), len(taken) - 1)]


def sharpen(canvas: Canvas) -> None:
    """Let everything be exact, as the canvas does when nothing moves."""
    canvas.draw()
    while not canvas.painter.settled():
        for rect in canvas.painter.refine(6.0):
            canvas.draw([rect])


def settle(canvas: Canvas) -> None:
    """Wait until thumbnails are there too."""
    sharpen(canvas)
    while canvas.painter.waiting or not canvas.painter.settled():
        QApplication.processEvents()
        sharpen(canvas)


def pan(canvas: Canvas) -> float:
    """Push the canvas step by step; what stays in sight is moved, and the new edge painted."""
    settle(canvas)
    taken = []
    for _ in range(STEPS):
        canvas.state.camera = canvas.state.camera.panned((-24.0, -16.0))

        def step() -> None:
            canvas.scroll(-24, -16)
            canvas.repaint(QRegion(SIZE[0] - 24, 0, 24, SIZE[1]) + QRect(0, SIZE[1] - 16, *SIZE))

        taken.append(busy(step))
    return p95(taken)


def zoom(canvas: Canvas) -> float:
    """Turn the wheel from 1 to far away and back, refining on the way."""
    canvas.moving = True
    taken = []
    factors = [0.93] * STEPS + [1 / 0.93] * STEPS
    for factor in factors:
        canvas.state.camera = canvas.state.camera.zoomed((800.0, 500.0), factor)
        taken.append(busy(canvas.draw))
    canvas.moving = False
    return p95(taken)


def sharp(canvas: Canvas) -> float:
    """Zoom once and make everything exact."""
    settle(canvas)
    canvas.state.camera = canvas.state.camera.zoomed((800.0, 500.0), 0.8)
    return busy(lambda: sharpen(canvas))


def drag(canvas: Canvas, nodes: list[str]) -> float:
    """Drag nodes over the canvas."""
    scene = canvas.scene
    canvas.state.selection = Selection(frozenset(nodes))
    canvas.moving = True
    rects = {node: scene.rect(node) for node in nodes}
    taken = []
    for step in range(STEPS):
        at: dict[str, Point] = {
            node: (rect[0] + 3.0 * step, rect[1] + 2.0 * step) for node, rect in rects.items()
        }
        taken.append(busy(partial(_move, canvas, at)))
    scene.move({node: rect[:2] for node, rect in rects.items()})
    canvas.moving = False
    canvas.state.selection = Selection()
    return p95(taken)


def band(canvas: Canvas) -> float:
    """Draw a rubber band over everything in sight, selecting as it grows."""
    canvas.moving = True
    seen = canvas.state.camera.seen(*SIZE)

    def step(share: float) -> None:
        right = seen[0] + (seen[2] - seen[0]) * share
        rect = (seen[0], seen[1], right, seen[1] + (seen[3] - seen[1]) * share)
        canvas.state.selection = Selection(frozenset(canvas.scene.nodes_in(rect)))
        canvas.overlay = Overlay(band=rect)
        canvas.draw()

    taken = [busy(partial(step, number / STEPS)) for number in range(STEPS)]
    canvas.overlay, canvas.state.selection, canvas.moving = BARE, Selection(), False
    return p95(taken)


def progress(canvas: Canvas) -> float:
    """Take in the progress of a running node and paint its strip."""
    scene = canvas.scene
    state = replace(scene.state(HUB), kind="running", share=0.0, footer="step 1 / 40")
    canvas.changed(scene.set_states({HUB: state}))
    taken = []
    for step in range(STEPS):
        said = replace(state, share=step / STEPS, footer=f"step {step} / {STEPS}")
        taken.append(busy(partial(_tell, canvas, said)))
    return sorted(taken)[len(taken) // 2]


def _move(canvas: Canvas, at: dict[str, Point]) -> None:
    canvas.changed(canvas.scene.move(at))


def _tell(canvas: Canvas, state: NodeState) -> None:
    canvas.changed(canvas.scene.set_states({HUB: state}))


def opened(count: int, looks: Looks) -> dict[str, float]:
    """Build a scene of a graph and paint it the first time, from its text on."""
    known = registry()
    text = write(large(count))
    metrics = Metrics.of(looks.tokens, looks.theme.density)
    found: dict[str, float] = {}

    def build() -> Scene:
        scene = Scene(known.spec, metrics)
        scene.set_graph(graph, known.spec)
        return scene

    def first() -> None:
        scene = Scene(known.spec, metrics)
        scene.set_graph(read(text), known.spec)
        canvas.load(scene)
        canvas.draw()

    graph = read(text)
    found["build from a loaded graph"] = min(busy(build) for _ in range(REPEATS))
    taken = []
    for _ in range(REPEATS):
        canvas = Canvas(looks)
        taken.append(busy(first))
        canvas.painter.close()
    found["open file to first paint"] = min(taken)
    return found


def used(count: int, looks: Looks) -> dict[str, float]:
    """Measure the gestures."""
    known = registry()
    scene = Scene(known.spec, Metrics.of(looks.tokens, looks.theme.density))
    scene.set_states(states(count))
    scene.set_graph(large(count), known.spec)

    def measured(does: Callable[[Canvas], float], ratio: float = 1.0) -> float:
        taken = []
        for _ in range(REPEATS):
            canvas = Canvas(looks, ratio)
            canvas.load(scene)
            canvas.show()
            QApplication.processEvents()
            canvas.draw()
            taken.append(does(canvas))
            canvas.painter.close()
            canvas.close()
        return min(taken)

    everything = [*scene.ids]
    return {
        "pan p95": measured(pan),
        "zoom p95": measured(zoom),
        "sharp after a zoom": measured(sharp),
        "drag a node with 10 links p95": measured(lambda canvas: drag(canvas, [HUB])),
        "rubber band step p95": measured(band),
        "drag everything p95": measured(lambda canvas: drag(canvas, everything)),
        "one progress update": measured(progress),
        "ratio 2: zoom p95": measured(zoom, 2.0),
    }


def compared() -> None:
    """Print what NodeGraphQt takes for 100 nodes, when it is installed."""
    try:
        from NodeGraphQt import BaseNode, NodeGraph  # type: ignore[import-not-found]
    except ImportError:
        print("NodeGraphQt is not installed; nothing to compare with")
        return

    class Mix(BaseNode):  # type: ignore[misc]
        __identifier__ = "bench"
        NODE_NAME = "Mix"

        def __init__(self) -> None:
            super().__init__()
            for name in ("first", "second", "amount"):
                self.add_input(name)
            self.add_output("image")

    other = NodeGraph()
    other.register_node(Mix)

    def build() -> None:
        made = [
            other.create_node("bench.Mix", pos=(k % 10 * 260, k // 10 * 240)) for k in range(100)
        ]
        for one, after in pairwise(made):
            one.set_output(0, after.input(0))

    print(f"NodeGraphQt, 100 nodes: build {busy(build):.0f} ms")
    view = other.widget
    view.resize(*SIZE)
    view.show()
    QApplication.processEvents()
    print(f"NodeGraphQt, 100 nodes: repaint {min(busy(view.grab) for _ in range(REPEATS)):.1f} ms")


def main(arguments: list[str]) -> int:
    """Measure, print, and say whether everything is within three times its target."""
    application = QApplication.instance() or QApplication([])
    counts = [int(text) for text in arguments if text.isdigit()] or [*COUNTS]
    looks = Looks(resources())
    load_fonts(resources(), looks.tokens["font"]["files"])
    slow = []
    for count in counts:
        column = COUNTS.index(count) if count in COUNTS else 0
        found = {**opened(count, looks), **used(count, looks)}
        print(f"\n{count:,} nodes")
        for name, value in found.items():
            target = TARGETS[name][column]
            verdict = "" if target is None else f"target {target:g}"
            print(f"  {name:32} {value:9.2f} ms   {verdict}")
            if target is not None and value > GATE * target:
                slow.append(f"{name} at {count:,} nodes")
    compared()
    application.processEvents()
    for name in slow:
        print(f"too slow: {name}")
    return int("--check" in arguments and bool(slow))


def _rect(rect: QRectF) -> Rect:
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _region(rects: list[Rect]) -> QRegion:
    region = QRegion()
    for left, top, right, bottom in rects:
        region += QRectF(left, top, right - left, bottom - top).toAlignedRect()
    return region & QRect(0, 0, *SIZE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
