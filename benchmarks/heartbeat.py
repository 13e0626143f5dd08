"""How long the window's heart stands still while the real worker starts, loads, samples and dies.

The whole desktop is made offscreen with a worker of its own, at a lower priority. A timer beats
every 8 ms; what counts is the wall time between beats. Usage: ``python -m benchmarks.heartbeat``.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from benchmarks.slices import Probe
from studio.cli.setup import builtin_registry
from studio.paths import Paths, resources
from studio.ui.app import Desktop, go_first

DEATHS = 3
LONGEST, TYPICAL = 100.0, 16.0
_NICE = 10


class Heart:
    """A window on the example graph, and what is measured in it."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.probe = Probe(app)
        paths = Paths(folder / "data", folder / "cache", resources())
        self.desktop = Desktop(app, paths, builtin_registry())
        self.session = self.desktop.studio.session
        self._dead, begun = 0, list[bool]()
        self.desktop.ready.connect(lambda: begun.append(True))
        self.probe.measure(self.desktop.show, lambda: bool(begun))

    def take(self, name: str, does: Callable[[], object], over: Callable[[], bool]) -> None:
        """Measure something, and print it."""
        found = self.probe.measure(does, over)
        print(f"{name:28}{found.gap:9.0f}{found.typical:9.0f}{found.worst:9.1f}"
              f"{found.wall / 1000:9.1f}")  # fmt: skip

    def start(self) -> None:
        """Wait for the worker, and let it come last."""
        self.take("the worker starts", lambda: None, self._ready)
        os.setpriority(os.PRIO_PROCESS, self.session.worker.pid, _NICE)

    def runs(self) -> None:
        """Run the example: networks are loaded the first time."""
        self.take("it loads and samples", self._run, self._over)
        self.take("it samples", self._run, self._over)

    def deaths(self) -> None:
        """Kill the worker while it samples, until the next one is there."""
        for number in range(DEATHS):
            self._run()
            self.probe.measure(lambda: None, lambda: self.session.worker.status == "busy")
            self.take(f"it is killed ({number + 1})", self._kill, self._ready)

    def close(self) -> None:
        """Close the window without a question."""
        for document in self.desktop.studio.documents.items:
            document.mark_saved(document.graph)
        self.desktop.window.close()
        self.probe.measure(lambda: None, lambda: not self.desktop.window.isVisible())

    def _run(self) -> None:
        document = self.desktop.studio.documents.current
        assert document is not None
        sampler = next(key for key, node in document.graph.nodes.items() if "seed" in node.params)
        seed = document.graph.nodes[sampler].params["seed"] + 1
        document.edit("Set seed", document.graph.with_param(sampler, "seed", seed))
        self.session.run(document)

    def _kill(self) -> None:
        self._dead = self.session.worker.pid
        os.kill(self._dead, signal.SIGKILL)

    def _ready(self) -> bool:
        worker = self.session.worker
        return worker.status == "idle" and worker.pid not in (0, self._dead)

    def _over(self) -> bool:
        return self.session.active is None and self.session.runs[0].status == "done"


def main() -> None:
    """Measure and print."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    go_first(application)
    print(f"{'milliseconds':28}{'gap':>9}{'19 of 20':>9}{'turn':>9}{'seconds':>9}")
    with tempfile.TemporaryDirectory() as folder:
        heart = Heart(application, Path(folder))
        for part in (heart.start, heart.runs, heart.deaths, heart.close):
            part()
    print(f"bars: gap {LONGEST:g}, typical {TYPICAL:g}, longest turn on the processor 50")


if __name__ == "__main__":
    main()
