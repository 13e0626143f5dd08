"""What the canvas costs: milliseconds of the processor for each thing that a user does.

Every row of the targets in three sizes, the least of several repeats; p95 where a gesture has many
steps. NodeGraphQt is measured beside it with 100 nodes, when it is installed. Usage:
``python -m benchmarks.canvas [--check] [COUNT ...]``; with ``--check`` the exit code is 1 when
anything takes more than three times its target.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.graphs import HUB, large, registry, states
from studio.canvas.metrics import Metrics
from studio.canvas.scene import Scene
from studio.canvas.state import Camera, Selection
from studio.canvas.states import NodeState
from studio.core.document import read, write
from studio.engine.client import Engine
from studio.paths import Paths, resources
from studio.ui.actions.actions import Actions
from studio.ui.actions.keymaps import Keymaps
from studio.ui.app import go_first
from studio.ui.canvas import commands
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.documents.document import Document
from studio.ui.documents.documents import Documents
from studio.ui.looks.fonts import load_fonts
from studio.ui.looks.looks import Looks
from studio.ui.messages import Messages
from studio.ui.models.library import Library
from studio.ui.preferences import Preferences
from studio.ui.questions import Questions
from studio.ui.session.session import Session
from studio.ui.studio import Studio

COUNTS = (1_000, 10_000, 50_000)
SIZE = (1600, 1000)
REPEATS, STEPS = 5, 40
GATE = 3.0
MIDDLE = (800.0, 500.0)
FACTORS = (*[0.93] * STEPS, *[1 / 0.93] * STEPS)
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


class Bench:
    """The real canvas with everything it needs, but no engine.

    Args:
        folder: For what the program keeps.
    """

    def __init__(self, folder: Path) -> None:
        known = registry()
        paths = Paths(folder / "data", folder / "cache", resources())
        looks, preferences = Looks(resources()), Preferences(paths.settings)
        load_fonts(resources(), looks.tokens["font"]["files"])
        self.documents, messages = Documents(paths, known), Messages()
        self.session = Session(paths, known, preferences, self.documents, messages, _no_engine)
        picture = QImage(512, 384, QImage.Format.Format_RGB32)
        picture.fill(QColor("tomato"))
        self.session.picture = lambda *_: picture  # type: ignore[method-assign]
        keymaps = Keymaps(resources() / "keymaps", paths.data / "keymap.json")
        actions = Actions(keymaps, looks.icon)
        actions.declare(*commands.ACTIONS)
        self.studio = Studio(
            paths, known, preferences, looks, actions, self.documents, self.session, messages,
            Questions(), Library(paths, preferences),
        )  # fmt: skip
        self.canvas = CanvasWidget(self.studio)
        self.canvas.resize(*SIZE)
        self.canvas.show()
        QApplication.processEvents()

    def show(self, document: Document, shown: Mapping[str, NodeState]) -> None:
        """Show a graph with states, at zoom 1."""
        self.canvas.set_document(document)
        self.canvas.stage.changed.emit(self.canvas.scene.set_states(shown))
        self.look(Camera(0.0, 0.0, 1.0))
        self.settle()

    def look(self, camera: Camera) -> None:
        """Show another part of the canvas, and paint it."""
        self.canvas.stage.look(camera)
        QApplication.processEvents()

    def settle(self) -> None:
        """Wait until everything is exact, pictures too."""
        while self.canvas.painter.waiting or not self.canvas.painter.settled():
            QApplication.processEvents()

    def drawn(self, start: tuple[int, int], step: tuple[float, float]) -> list[float]:
        """Draw the pointer over the canvas in steps; return what each takes. Undo it at the end."""
        canvas, left = self.canvas, Qt.MouseButton.LeftButton
        QTest.mousePress(canvas, left, pos=QPoint(*start))
        taken = []
        for number in range(1, STEPS + 1):
            at = QPoint(*(round(a + b * number) for a, b in zip(start, step, strict=True)))
            QTest.mouseMove(canvas, at)
            event = QMouseEvent(
                QEvent.Type.MouseMove, QPointF(at), QPointF(canvas.mapToGlobal(at)), left, left,
                Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            taken.append(busy(partial(_sent, canvas, event)))
        canvas.hand.cancel()
        QTest.mouseRelease(canvas, left, pos=at)
        QApplication.processEvents()
        return taken

    def close(self) -> None:
        """End everything."""
        self.canvas.close()
        self.canvas.close_view()
        self.session.close()
        self.documents.finish()
        self.studio.preferences.close()


def busy(does: Callable[[], object]) -> float:
    """Return the milliseconds of this thread's processor time."""
    started = time.thread_time()
    does()
    return (time.thread_time() - started) * 1000


def p95(taken: list[float]) -> float:
    """Return what 95 of 100 steps stay below."""
    return sorted(taken)[min(int(len(taken) * 0.95), len(taken) - 1)]


def pan(bench: Bench) -> float:
    """Push the canvas step by step."""
    cameras = [Camera(24.0 * step, 16.0 * step, 1.0) for step in range(1, STEPS + 1)]
    return p95([busy(partial(bench.look, camera)) for camera in cameras])


def zoom(bench: Bench) -> float:
    """Turn the wheel from 1 to far away and back."""
    taken = []
    for factor in FACTORS:
        camera = bench.canvas.camera.zoomed(MIDDLE, factor)
        taken.append(busy(partial(bench.look, camera)))
    return p95(taken)


def zoom_fine(bench: Bench) -> float:
    """Do the same on a screen of two pixels for one, of which there is none: on a picture."""
    page = QImage(SIZE[0] * 2, SIZE[1] * 2, QImage.Format.Format_RGB32)
    page.setDevicePixelRatio(2.0)
    camera = Camera(0.0, 0.0, 1.0)
    taken = []

    def paint() -> None:
        frame = replace(bench.canvas.frame(), camera=camera, ratio=2.0, moving=True)
        painter = QPainter(page)
        bench.canvas.painter.paint(painter, bench.canvas.scene, frame)
        painter.end()

    for factor in FACTORS:
        camera = camera.zoomed(MIDDLE, factor)
        taken.append(busy(paint))
    return p95(taken)


def sharp(bench: Bench) -> float:
    """Zoom once and wait until everything is exact; the time that passes until it begins is free."""

    def work() -> None:
        bench.look(bench.canvas.camera.zoomed(MIDDLE, 0.8))
        painter = bench.canvas.painter
        while not painter.settled():
            bench.canvas.refresh.widget_rects(painter.refine(6.0))
            QApplication.processEvents()

    return busy(work)


def drag(bench: Bench, nodes: list[str]) -> float:
    """Drag nodes by the title of the first one."""
    bench.canvas.stage.select(Selection(frozenset(nodes)))
    left, top, _, _ = bench.canvas.scene.rect(nodes[0])
    return p95(bench.drawn((round(left) + 60, round(top) + 12), (6.0, 4.0)))


def band(bench: Bench) -> float:
    """Draw a rubber band over everything in sight, selecting as it grows."""
    return p95(bench.drawn((232, 226), (30.0, 18.0)))


def progress(bench: Bench) -> float:
    """Take in the progress of a running node and paint its strip."""
    canvas = bench.canvas
    state = replace(canvas.scene.state(HUB), kind="running", share=0.0, footer="step 1 / 40")

    def tell(said: NodeState) -> None:
        canvas.stage.changed.emit(canvas.scene.set_states({HUB: said}))
        QApplication.processEvents()

    tell(state)
    steps = [
        replace(state, share=step / STEPS, footer=f"step {step} / {STEPS}") for step in range(STEPS)
    ]
    return sorted(busy(partial(tell, said)) for said in steps)[STEPS // 2]


def opened(count: int, folder: Path) -> dict[str, float]:
    """Build a scene of a graph, and open its file until it is painted."""
    known, metrics = registry(), Metrics.of(Looks(resources()).tokens, "comfortable")
    text = write(large(count))
    graph = read(text)
    path = folder / "graph.json"
    path.write_text(text, "utf-8")

    def build() -> None:
        Scene(known.spec, metrics).set_graph(graph, known.spec)

    bench = Bench(folder)

    def first() -> None:
        bench.canvas.set_document(bench.documents.open(path))
        QApplication.processEvents()

    taken = []
    for _ in range(REPEATS):
        taken.append(busy(first))
        bench.canvas.set_document(None)
        for document in bench.documents.items:
            bench.documents.close(document)
    bench.close()
    builds = [busy(build) for _ in range(REPEATS)]
    return {"build from a loaded graph": min(builds), "open file to first paint": min(taken)}


def used(count: int, folder: Path) -> dict[str, float]:
    """Measure the gestures."""
    bench = Bench(folder)
    document = bench.documents.add(large(count))
    shown = states(count)

    def measured(does: Callable[[Bench], float]) -> float:
        taken = []
        for _ in range(REPEATS):
            bench.show(document, shown)
            taken.append(does(bench))
            bench.canvas.stage.select(Selection())
        return min(taken)

    everything = [HUB, *(node for node in document.graph.nodes if node != HUB)]
    found = {
        "pan p95": measured(pan),
        "zoom p95": measured(zoom),
        "sharp after a zoom": measured(sharp),
        "drag a node with 10 links p95": measured(lambda bench: drag(bench, [HUB])),
        "rubber band step p95": measured(band),
        "drag everything p95": measured(lambda bench: drag(bench, everything)),
        "one progress update": measured(progress),
        "ratio 2: zoom p95": measured(zoom_fine),
    }
    bench.close()
    return found


def _sent(canvas: CanvasWidget, event: QMouseEvent) -> None:
    QApplication.sendEvent(canvas, event)
    QApplication.processEvents()


def _no_engine(_listen: object) -> Engine:
    raise AssertionError("nothing runs here")


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
    assert isinstance(application, QApplication)
    go_first(application)  # as the program does
    counts = [int(text) for text in arguments if text.isdigit()] or [*COUNTS]
    slow = []
    for count in counts:
        column = COUNTS.index(count) if count in COUNTS else 0
        with tempfile.TemporaryDirectory() as folder:
            found = {**opened(count, Path(folder)), **used(count, Path(folder))}
        print(f"\n{count:,} nodes; a million additions take {busy(_additions):.0f} ms")
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


def _additions() -> None:
    """Show how busy the machine is: 30 ms when it is idle."""
    total = 0
    for number in range(1_000_000):
        total += number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
