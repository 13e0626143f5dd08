"""An engine with cheap nodes in a thread, and a session over it, for tests."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Node
from studio.core.widgets import FileRef
from studio.engine.client import Listen, died_error
from studio.engine.events import (
    Event,
    RunFinished,
    RunRequest,
    WorkerDied,
    WorkerReady,
    issue_data,
)
from studio.engine.host import Host, open_host
from studio.engine.protocol import Fetched
from studio.engine.run import run
from studio.engine.runtime import Token
from studio.paths import Paths, resources
from studio.roots import roots
from studio.settings import Settings
from studio.ui.actions.actions import Actions
from studio.ui.documents.documents import Documents
from studio.ui.looks.looks import Looks
from studio.ui.messages import Message, Messages
from studio.ui.models.library import Library
from studio.ui.preferences import Preferences
from studio.ui.questions import Questions
from studio.ui.session.session import Session
from studio.ui.studio import Studio
from studio.ui.window import run_commands
from tests.engine.cheap import FakeRuntime, graph_of, registry

POLICY = "cpu float32+float32 2 threads channels_last sdpa"


class CheapEngine:
    """Does runs of cheap nodes in a thread; `hold` stops it at events until `go` is set."""

    def __init__(self, paths: Paths, listen: Listen) -> None:
        self.paths = paths
        self.listen = listen
        self.hold: Callable[[Event], bool] = lambda event: False
        self.go = threading.Event()
        self.freed = 0
        self.submitted: list[RunRequest] = []
        self.dead = False
        self._token = Token()
        self._requests: queue.SimpleQueue[RunRequest | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="cheap engine", daemon=True)
        self._thread.start()

    def submit(self, request: RunRequest) -> None:
        """Put a run at the end of the line."""
        self.submitted.append(request)
        self._token = Token()
        self._requests.put(request)

    def cancel(self, run: str) -> None:
        """Stop the run."""
        self._token.cancel()
        self.go.set()

    def fetch(self, key: str, output: str) -> None:
        """Store a value that is in memory alone."""
        store = self.host.cache.store
        assert store is not None
        outputs = self.host.cache.get(key)
        if outputs is not None:
            store.put(key, outputs, kind="")
            store.flush()
        self.listen(Fetched(key, output, held=outputs is not None))

    def free(self) -> None:
        """Count."""
        self.freed += 1

    def specs(self) -> None:
        """Say what this is."""
        self.dead = False
        self.listen(WorkerReady(4711, "cpu", POLICY, budget=8 * 2**30))

    def close(self) -> None:
        """End."""
        self._token.cancel()
        self.go.set()
        self._requests.put(None)
        self._thread.join()

    def die(self) -> None:
        """Die as a process does that is killed."""
        self.dead = True
        active = self.submitted[-1].run if self.submitted else ""
        died = WorkerDied(-9, active, ("the last words",))
        self.listen(died)
        issue = issue_data(died_error(died).as_issue())
        self.listen(RunFinished(active, "failed", failed=1, issues=(issue,)))
        self._token.cancel()
        self.go.set()

    def _serve(self) -> None:
        self.host = self._opened()
        while (request := self._requests.get()) is not None:
            run(self.host, request, self._emit, self._token)
        self.host.close()

    def _emit(self, event: Event) -> None:
        if self.dead:
            return
        self.listen(event)
        if self.hold(event):
            self.go.wait(20)

    def _opened(self) -> Host:
        def resolve(ref: FileRef, request: RunRequest) -> Path:
            return roots(self.paths, Settings(), request.base, request.granted).resolve(ref)

        runtime = FakeRuntime(policy=POLICY)
        return open_host(self.paths.store, registry(), resolve, runtime=runtime)


@dataclass
class Desktop:
    """A session with what it needs."""

    folder: Path
    bot: QtBot
    graph: Graph
    engines: list[CheapEngine] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)
    held_at: Callable[[Event], bool] = lambda event: False

    def __post_init__(self) -> None:
        self.paths = Paths(self.folder / "data", self.folder / "cache", resources())
        self.preferences = Preferences(self.paths.settings)
        self.preferences.set("output", str(self.folder / "out"))
        self.registry = registry()
        self.documents = Documents(self.paths, self.registry)
        self.messages = Messages()
        self.messages.shown.connect(self.said.append)
        self.session = self.made()
        self.library = Library(self.paths, self.preferences)
        self.document = self.documents.add(self.graph, "Test")
        self.session.start()

    def made(self) -> Session:
        """Make a session as the program does."""

        def engine(listen: Listen) -> CheapEngine:
            made = CheapEngine(self.paths, listen)
            made.hold = lambda event: self.held_at(event)
            self.engines.append(made)
            return made

        documents: Any = self.documents
        return Session(self.paths, registry(), self.preferences, documents, self.messages, engine)

    @property
    def engine(self) -> CheapEngine:
        """The engine at work."""
        return self.engines[-1]

    def studio(self) -> Studio:
        """Return what panels are given."""
        actions = Actions()
        actions.declare(*run_commands.ACTIONS)
        studio = Studio(
            self.paths,
            self.registry,
            self.preferences,
            Looks(resources()),
            actions,
            self.documents,
            self.session,
            self.messages,
            Questions(),
            self.library,
        )
        run_commands.bind(studio)
        return studio

    def kinds(self, *nodes: str) -> list[str]:
        """Return the states of nodes."""
        return [self.session.state(self.document, node).kind for node in nodes]

    def wait(self, holds: Callable[[], bool]) -> None:
        """Let the window go on until something holds."""
        self.bot.waitUntil(holds, timeout=20_000)

    def until(self, node: str, kind: str) -> None:
        """Wait until a node has a state."""
        self.wait(lambda: self.session.state(self.document, node).kind == kind)

    def run(self, *targets: str, **how: Any) -> None:
        """Run the document and wait for the end."""
        before = len(self.over)
        times = how.get("times", 1)
        self.session.run(self.document, targets, **how)
        self.wait(lambda: len(self.over) >= before + times)

    @property
    def over(self) -> list[str]:
        """How the runs ended, newest first."""
        ended = ("done", "failed", "cancelled")
        return [run.status for run in self.session.runs if run.status in ended]

    def close(self) -> None:
        """End everything."""
        self.library.close()
        self.session.close()
        self.documents.finish()
        self.preferences.close()


def pictures(**more: Node) -> Graph:
    """Return a grey picture that becomes brighter, depends on a seed, and is saved."""
    nodes = {
        "grey": Node("test.grey"),
        "seeded": Node("test.seeded", params={"seed": 7}),
        "slow": Node("test.slow", params={"steps": 4}),
        "save": Node("test.save"),
        **more,
    }
    links = ("grey.image -> seeded.image", "seeded.image -> slow.image", "slow.image -> save.image")
    return graph_of(nodes, *links)
