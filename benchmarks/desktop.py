"""What large graphs cost in the real window: opening, saving, edits, selecting, running.

The whole desktop is made offscreen, with an engine of cheap nodes in a thread. Of the window's
thread the processor time counts, each turn of its event loop apart: whatever else the machine does
has no part in it. Usage: ``python -m benchmarks.desktop [--check] [--slices] [COUNT]``; with
``--slices`` the longest turns are named, with ``--check`` the exit code is 1 when anything takes
more than three times its limit.
"""

from __future__ import annotations

import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.engine import plus
from benchmarks.graphs import large, mix
from benchmarks.slices import Probe, Slices
from studio.canvas.state import Selection
from studio.core.define import spec_of
from studio.core.document import write
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.view import Layout, View
from studio.engine.client import Listen
from studio.engine.events import RunRequest, WorkerReady
from studio.engine.host import open_host
from studio.engine.protocol import Fetched
from studio.engine.run import run
from studio.engine.runtime import Token
from studio.paths import Paths, resources
from studio.ui.app import Desktop, go_first
from studio.ui.documents.document import Document

COUNT = 5_000
REPEATS = 3
GATE = 3.0
TURN, WORST = 16.0, 50.0
PAINTED_S = 0.15
"""So long after the last answer everything is painted, the status bar too."""
_COLUMNS, _STEP = 80, (260.0, 240.0)


class ThreadEngine:
    """Does runs of cheap nodes in a thread, and says what an engine says.

    Args:
        paths: The installation.
        known: Node types.
        listen: Takes events.
    """

    def __init__(self, paths: Paths, known: Registry, listen: Listen) -> None:
        self._paths, self._known, self._listen = paths, known, listen
        self._token = Token()
        self._requests: queue.SimpleQueue[RunRequest | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()

    def submit(self, request: RunRequest) -> None:
        """Put a run at the end of the line."""
        self._token = Token()
        self._requests.put(request)

    def cancel(self, run: str) -> None:
        """Stop the run."""
        self._token.cancel()

    def fetch(self, key: str, output: str) -> None:
        """Hold nothing."""
        self._listen(Fetched(key, output, held=False))

    def free(self) -> None:
        """Have nothing to let go of."""

    def specs(self) -> None:
        """Say what this is."""
        self._listen(WorkerReady(os.getpid(), "cpu", "cpu"))

    def close(self) -> None:
        """End."""
        self._token.cancel()
        self._requests.put(None)
        self._thread.join()

    def _serve(self) -> None:
        host = open_host(self._paths.store, self._known, lambda ref, request: Path(ref.path))
        while (request := self._requests.get()) is not None:
            run(host, request, self._listen, self._token)
        host.close()


def chain(count: int) -> Graph:
    """Return a row of nodes, ``n0`` first."""
    nodes = {f"n{k}": Node("bench.plus", params={"step": float(k)}) for k in range(count)}
    links = [Link(f"n{k - 1}", "value", f"n{k}", "left") for k in range(1, count)]
    layout = {
        f"n{k}": Layout(at=(k % _COLUMNS * _STEP[0], k // _COLUMNS * _STEP[1]))
        for k in range(count)
    }
    return Graph(nodes, tuple(links), view=View(layout=layout))


def broken(count: int) -> Graph:
    """Return nodes that all lack an input."""
    whole = large(count)
    return Graph(whole.nodes, view=whole.view)


class Bench:
    """One window, and what is measured in it."""

    def __init__(self, app: QApplication, folder: Path, count: int) -> None:
        self.count, self.folder = count, folder
        self.probe = Probe(app)
        self.known = Registry()
        for function in (plus, mix):
            self.known.add(spec_of(function))
        paths = Paths(folder / "data", folder / "cache", resources())
        self.desktop = Desktop(
            app, paths, self.known, make_engine=lambda say: ThreadEngine(paths, self.known, say)
        )
        self.studio, self.window = self.desktop.studio, self.desktop.window
        self.studio.preferences.set("output", str(folder / "out"))
        self.session, self.canvas = self.studio.session, self.window.canvas
        self.judged: set[str] = set()
        self.session.states_changed.connect(lambda document, _: self.judged.add(document.id))
        self.found: dict[str, Slices] = {}
        self.started = False
        self.desktop.ready.connect(lambda: setattr(self, "started", True))
        self.desktop.show()
        self.probe.measure(lambda: None, lambda: self.started and self.session.worker.device != "")
        self.rest()

    # --- Words ---

    @property
    def document(self) -> Document:
        """The graph that is shown."""
        found = self.studio.documents.current
        assert found is not None
        return found

    def rest(self, seconds: float = 0.4) -> Slices:
        """Let everything settle."""
        until = time.perf_counter() + seconds
        return self.probe.measure(
            lambda: None, lambda: time.perf_counter() > until and self.canvas.settled
        )

    def take(self, name: str, does: Callable[[], object], over: Callable[[], bool]) -> Slices:
        """Measure something; of several times, the least counts."""
        found = self.probe.measure(does, over)
        held = self.found.get(name)
        if held is None or found.total < held.total:
            self.found[name] = found
        if self.canvas.hand.tool is None:
            self.rest()
        return found

    def keyed(self, node: str) -> str:
        """Return the key of a node in the graph that is shown."""
        return self.session.key(self.document, node)

    def file(self, name: str, graph: Graph) -> Path:
        """Write a graph."""
        path = self.folder / f"{name}.json"
        path.write_text(write(graph), "utf-8")
        return path

    def open(self, name: str, graph: Graph) -> None:
        """Open a file, until its nodes have keys and it is painted."""
        path, last = self.file(name.replace(" ", "_"), graph), [*graph.nodes][-1]
        documents = self.studio.documents
        if held := next((item for item in documents.items if item.path == path), None):
            documents.close(held)
        done: list[object] = []
        self.judged.clear()

        def over() -> bool:
            shown = bool(done) and self.document.path == path
            return shown and self.document.id in self.judged and last in self.canvas.scene.ids

        self.take(name, lambda: documents.open_later(path, done.append), over)

    # --- What is measured ---

    def files(self) -> None:
        """Open and save; the graph with places stays open."""
        homeless = chain(self.count).with_view(View())
        self.open("open without places", homeless)
        self.studio.documents.close(self.document)
        for _ in range(REPEATS):
            self.open("open", chain(self.count))
        done: list[object] = []
        for _ in range(REPEATS):
            value = self.document.graph.nodes["n5"].params.get("right", 0.0) + 1.0
            self.document.edit("Set", self.document.graph.with_param("n5", "right", value))
            self.rest()
            done.clear()
            self.take("save", lambda: self.studio.documents.save(self.document, done=done.append),
                      lambda: bool(done))  # fmt: skip

    def runs(self) -> None:
        """Run everything, and again when nothing is to be done."""
        over = self._run_over
        self.take("run", lambda: self.session.run(self.document), over)
        self.rest()
        self.take("run again", lambda: self.session.run(self.document), over)

    def _run_over(self) -> bool:
        infos = self.session.runs
        return bool(infos) and all(info.status in ("done", "failed") for info in infos)

    def edits(self) -> None:
        """Change the first node of the chain when all results are there, and take it back."""
        last = f"n{self.count - 1}"
        for number in range(REPEATS):
            self.document.select(Selection(frozenset({"n0"})), "n0")
            self.rest()
            graph = self.document.graph.with_param("n0", "right", number + 10.0)
            edit = partial(self.document.edit, "Set", graph)
            self.take("edit the first node", edit, self._rekeyed(last))
            self.take("undo that", self.document.undo, self._rekeyed(last))

    def _rekeyed(self, node: str) -> Callable[[], bool]:
        """Return what tells whether a node has got another key than it has now, and is shown so."""
        before, since = self.keyed(node), [0.0]

        def over() -> bool:
            now = time.perf_counter()
            if not since[0] and self.keyed(node) != before:
                since[0] = now
            return bool(since[0]) and now - since[0] > PAINTED_S and self.canvas.settled

        return over

    def choices(self) -> None:
        """Select all and nothing, one, delete and undo."""
        document, nodes = self.document, frozenset(self.document.graph.nodes)
        one = Selection(frozenset({"n7"}))
        for _ in range(REPEATS):
            self.take("select all", lambda: document.select(Selection(nodes)), self._still)
            self.take("select nothing", lambda: document.select(Selection()), self._still)
            self.take("select one", lambda: document.select(one, "n7"), self._still)
        document.select(Selection(nodes))
        self.rest()
        self.take("delete everything", lambda: self.studio.actions.trigger("node.delete"),
                  lambda: not document.graph.nodes and self._still())  # fmt: skip
        self.take("undo the delete", document.undo, lambda: bool(self.keyed("n7")))

    def _still(self) -> bool:
        return self.canvas.settled

    def tabs(self) -> None:
        """Go to another tab and back."""
        first = self.document
        other = self.studio.documents.new()
        self.rest()
        for document in (first, other, first, other, first):
            if document is not self.document:
                name = "go to its tab" if document is first else "go to another tab"
                self.take(name, partial(self.studio.documents.set_current, document), self._still)

    def links(self) -> None:
        """Begin to pull a link in a graph twice as large."""
        self.open("open twice as many", large(self.count * 2))
        self.canvas.show_node("n0")
        self.rest()
        for _ in range(REPEATS):
            graph = self.document.graph.with_param("n3", "amount", 0.33)
            self.document.edit("Set", graph)
            self.rest()
            start = self._pixel(self.canvas.scene.socket_at("n0", "output", "image"))
            QTest.mousePress(self.canvas, Qt.MouseButton.LeftButton, pos=start)
            for far, name in ((20, "pull a link, first step"), (40, "pull a link, next step")):
                self.take(name, partial(self._pull, start, far), lambda: True)
            self.canvas.hand.cancel()
            self.document.undo()

    def _pull(self, start: QPoint, far: int) -> None:
        QTest.mouseMove(self.canvas, start + QPoint(far, far))
        self.canvas.hand.flush()
        self.canvas.repaint()

    def _pixel(self, point: tuple[float, float]) -> QPoint:
        x, y = self.canvas.camera.to_widget(point)
        return QPoint(round(x), round(y))

    def issues(self) -> None:
        """Open a graph in which every node lacks something, with the list of issues in sight."""
        self.window.show_panel("issues")
        self.rest()
        self.open("open with issues", broken(self.count))
        assert len(self.session.issues(self.document)) >= self.count
        graph = self.document.graph.with_param("n1", "amount", 0.7)
        self.take("edit with issues", lambda: self.document.edit("Set", graph), self._still)

    def close(self) -> None:
        """Close the window without a question."""
        for document in self.studio.documents.items:
            document.mark_saved(document.graph)
        self.window.close()
        self.probe.measure(lambda: None, lambda: not self.window.isVisible())


LIMITS: dict[str, tuple[float | None, float | None, float]] = {
    "open": (None, 1000, WORST),
    "open without places": (None, 1000, WORST),
    "open twice as many": (None, None, 2 * WORST),
    "open with issues": (None, 1000, WORST),
    "save": (TURN, 200, TURN),
    "run": (None, None, WORST),
    "run again": (None, None, WORST),
    "edit the first node": (TURN, None, TURN),
    "undo that": (TURN, None, TURN),
    "edit with issues": (None, None, WORST),
    "select all": (None, None, WORST),
    "select nothing": (None, None, WORST),
    "select one": (None, None, TURN),
    "delete everything": (None, None, WORST),
    "undo the delete": (None, None, WORST),
    "go to its tab": (None, None, WORST),
    "go to another tab": (None, None, WORST),
    "pull a link, first step": (TURN, None, TURN),
    "pull a link, next step": (TURN, None, TURN),
}
"""Milliseconds: of the window's thread in all, from beginning to end, of its longest turn."""


def report(found: dict[str, Slices], *, slices: bool) -> list[str]:
    """Print everything; return what is too slow."""
    slow = []
    print(f"{'':26}{'thread':>9}{'wall':>9}{'longest':>9}{'gap':>9}   limits")
    for name, item in found.items():
        taken, limits = (item.total, item.wall, item.worst), LIMITS[name]
        said = " ".join("-" if limit is None else f"{limit:g}" for limit in limits)
        print(f"{name:26}{taken[0]:9.1f}{taken[1]:9.0f}{taken[2]:9.1f}{item.gap:9.0f}   {said}")
        for busy, cause in item.longest(4) if slices else ():
            print(f"{'':30}{busy:8.1f}  {cause}")
        if any(limit and value > GATE * limit for value, limit in zip(taken, limits, strict=True)):
            slow.append(name)
    return slow


def main(arguments: list[str]) -> int:
    """Measure, print, and say whether everything is within three times its limit."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    go_first(application)
    count = next((int(text) for text in arguments if text.isdigit()), COUNT)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(application, Path(folder), count)
        for part in (bench.files, bench.runs, bench.edits, bench.choices, bench.tabs,
                     bench.links, bench.issues):  # fmt: skip
            part()
        bench.close()
    slow = report(bench.found, slices="--slices" in arguments)
    for name in slow:
        print(f"too slow: {name}")
    return int("--check" in arguments and bool(slow))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
