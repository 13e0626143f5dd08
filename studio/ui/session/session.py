"""The engine as the window sees it: runs, states of nodes, results and issues, in one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.canvas.states import NodeState
from studio.core.sub_graphs import specs
from studio.engine import events
from studio.engine.client import Engine, Listen
from studio.engine.protocol import Fetched
from studio.ui.session import repairs
from studio.ui.session.checks import KnownFacts, Surroundings
from studio.ui.session.circumstances import Circumstances
from studio.ui.session.fetching import Fetching
from studio.ui.session.fixes import placed
from studio.ui.session.hashing import LaterFingerprints
from studio.ui.session.known import Known
from studio.ui.session.live import Live
from studio.ui.session.log_lines import Log, LogLine
from studio.ui.session.orphans import Orphans
from studio.ui.session.results import Result
from studio.ui.session.running import Running
from studio.ui.session.runs import Job, RunInfo, Timing, failure_of
from studio.ui.session.store_room import StoreRoom
from studio.ui.session.wanted import in_words, settled_seeds
from studio.ui.session.worker_info import WorkerInfo
from studio.ui.session.worker_link import COMPUTING, WorkerLink
from studio.ui.threads.bridge import Bridge
from studio.ui.threads.desk import Desks

if TYPE_CHECKING:
    from studio.core.check import Facts
    from studio.core.errors import Issue
    from studio.core.registry import Registry
    from studio.core.types import SpecOf
    from studio.paths import Paths
    from studio.ui.documents.document import Document
    from studio.ui.documents.documents import Documents
    from studio.ui.messages import Messages
    from studio.ui.preferences import Preferences

MakeEngine = Callable[[Listen], Engine]


class Session(QObject):
    """The front end of the store, the queue and the computing process.

    Args:
        paths: The installation.
        registry: Node types; those of packs join when the worker tells them.
        preferences: The user's settings.
        documents: The open graphs.
        messages: What is said in passing.
        make_engine: Makes an engine that reports to a listener; ``None``: a process of its own.
    """

    states_changed = Signal(object, object)
    """Document, and the expanded ids of the nodes."""
    pictures_changed = Signal(object, object)
    """Document, and the expanded ids of the nodes."""
    issues_changed = Signal(object)
    """Document."""
    runs_changed = Signal()
    progress = Signal(object)
    """`RunInfo` of the active run."""
    worker_changed = Signal()
    logged = Signal(str)
    """One line of the log."""
    result = Signal(object, str)
    """Document, and the expanded id of a node that has a new result."""
    locate_asked = Signal(object)
    """Document whose missing files the user wants to find."""
    hashed = Signal(object, float)
    """A file, and how much of it was read to know its digest, 0 to 1."""

    def __init__(
        self,
        paths: Paths,
        registry: Registry,
        preferences: Preferences,
        documents: Documents,
        messages: Messages,
        make_engine: MakeEngine | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._registry, self._preferences, self._messages = registry, preferences, messages
        self._bridge = Bridge(self._take, self._told, self)
        self._desks = Desks(self._bridge)
        self._desk, self._calls = self._desks.line, self._desks.calls
        self._room = StoreRoom(
            paths.store, self._desks.hashes.do, lambda *read: self._bridge.put(read)
        )
        self._its = Circumstances(paths, registry, preferences, self._room)
        self._known = Known(self._room, self._desks, self._around, self)
        self._link = WorkerLink(
            make_engine or self._its.engine, self._bridge.put, registry, messages, self
        )
        engine, request = self._link.engine, self._its.request
        self._running = Running(
            self._room, self._desks, engine, request, self._known.document, self
        )
        self._orphans = Orphans(self._room, self._desk, messages, documents, self._running)
        self._live = Live(partial(self.run, live=True), self)
        self._fetching = Fetching(self._room, self._calls, engine)
        self._log = Log(self._bridge.put)
        self._closed = False
        self._connect(documents)

    def _connect(self, documents: Documents) -> None:
        known = self._known
        known.states_changed.connect(self.states_changed)
        known.pictures_changed.connect(self.pictures_changed)
        known.issues_changed.connect(self.issues_changed)
        known.edited.connect(self._live.edited)
        self._running.changed.connect(self._runs_changed)
        self._running.ended.connect(self._run_ended)
        self._link.changed.connect(self.worker_changed)
        self._link.ready.connect(self._worker_ready)
        self._preferences.changed.connect(self._preference_changed)
        documents.complete = self._its.complete
        documents.opened.connect(known.open)
        documents.closed.connect(self._close_document)
        for document in documents.items:
            known.open(document)

    # --- What is known of nodes ---

    def state(self, document: Document, node: str) -> NodeState:
        """Return how a node is drawn, by its expanded id."""
        return self.states(document).get(node) or NodeState()

    def states(self, document: Document) -> Mapping[str, NodeState]:
        """Return how the nodes are drawn, by their expanded ids."""
        entry = self._known.entry(document)
        return entry.states.states if entry else {}

    def picture(self, document: Document, node: str) -> QImage | None:
        """Return the thumbnail of a node; one that lies in the store comes a moment later."""
        return self._known.picture(document, node)

    def key(self, document: Document, node: str) -> str:
        """Return the key of a node's result; empty while it is not known."""
        return self._known.key(document, node)

    def words(self, document: Document, node: str) -> str:
        """Return what the last result of a node says; empty: it is no number and no text."""
        return self._known.words(document, node)

    def timing(self, document: Document, node: str) -> Timing | None:
        """Return what the present result of a node cost."""
        return self._known.timing(document, node)

    def last_seed(self, document: Document, node: str, name: str) -> int | None:
        """Return the seed that a parameter had in the last run, by the node's expanded id."""
        return self._running.last_seed(document, (*placed(document.graph, node), name))

    # --- What is known of graphs ---

    def issues(self, document: Document) -> tuple[Issue, ...]:
        """Return what is wrong or odd with a graph, worst first."""
        entry = self._known.entry(document)
        return entry.issues if entry else ()

    def fix_of(self, issue: Issue, document: Document) -> str:
        """Return what one click would do about an issue; empty: nothing."""
        return repairs.label_of(issue, document.graph, self._registry)

    def fix(self, issue: Issue, document: Document) -> None:
        """Do what one click does about an issue."""
        locate = partial(self.locate_asked.emit, document)
        repairs.repair(issue, document, self._registry, self.grant, self._make_folder, locate)

    def facts(self, document: Document) -> Facts:
        """Return what is known of the files of a graph, without touching a disk."""
        verdict = self._known.verdict(document)
        return verdict.facts if verdict else KnownFacts(self._registry)

    def spec_of(self, document: Document) -> SpecOf:
        """Return what finds the spec of any node type in a graph."""
        return specs(document.graph, self._registry)

    def fingerprints(self) -> LaterFingerprints:
        """Return digests of files. Opens the store: not for the window's thread."""
        return self._room.fingerprints()

    def grant(self, path: str) -> None:
        """Let graphs read a file by its absolute path, since the user chose it himself."""
        if self._its.grants.add(path):
            self._calls.do(self._its.grants.save)
            self._known.ask_again()

    # --- Results ---

    def fetch(self, key: str, output: str, done: Callable[[Result | None], None]) -> None:
        """Bring an output of a result, a little later; ``None`` when nobody has it any more."""
        self._fetching.fetch(key, output, done)

    # --- Runs ---

    @property
    def runs(self) -> tuple[RunInfo, ...]:
        """The run at work, those that wait in order, and those that are over, newest first."""
        return self._running.line.infos

    @property
    def active(self) -> RunInfo | None:
        """The run at work."""
        job = self._running.line.active
        return job.info if job else None

    @property
    def paused(self) -> bool:
        """Whether no further run begins."""
        return self._running.line.paused

    @property
    def output_folder(self) -> Path:
        """The folder that pictures are saved under."""
        return self._its.output_folder

    def run(
        self,
        document: Document,
        targets: Iterable[str] = (),
        *,
        front: bool = False,
        times: int = 1,
        live: bool = False,
    ) -> None:
        """Put runs of a graph into the queue.

        Args:
            document: Whose graph.
            targets: Expanded ids of the nodes that are wanted; none: all effects.
            front: Whether it comes before all that wait.
            times: How many, each with its seeds advanced.
            live: Whether it replaces older live runs of the graph.
        """
        wanted, spec_of = tuple(targets), self.spec_of(document)
        if live:
            self._running.run_live(document, spec_of, wanted)
            return
        verdict = self._known.verdict(document)
        settled = settled_seeds(verdict, document.graph, spec_of)
        what = in_words(verdict, wanted)
        self._running.run(document, spec_of, wanted, what, settled, front=front, times=times)

    def cancel(self, run: str) -> None:
        """Stop a run, or take it out of the queue."""
        self._running.cancel(run)

    def cancel_all(self) -> None:
        """Stop the run at work, and take all others out of the queue."""
        self._running.cancel_all()

    def pause(self) -> None:
        """Begin no further run; the one at work goes on."""
        self._running.pause(True)

    def resume(self) -> None:
        """Go on with the queue."""
        self._running.pause(False)

    def move(self, run: str, position: int) -> None:
        """Give a waiting run another place among those that wait."""
        self._running.move(run, position)

    def clear_finished(self) -> None:
        """Forget the runs that are over."""
        self._running.clear_finished()

    def set_live(self, document: Document, on: bool) -> None:
        """Run a graph by itself after each edit, or no longer."""
        self._live.set(document, on)
        self.runs_changed.emit()

    def live(self, document: Document) -> bool:
        """Say whether a graph runs by itself."""
        return self._live.on(document)

    # --- The worker and the log ---

    @property
    def worker(self) -> WorkerInfo:
        """What is known of the computing process."""
        return self._link.info

    @property
    def log(self) -> Sequence[LogLine]:
        """What was logged lately."""
        return self._log.lines

    def free_memory(self) -> None:
        """Let go of the networks that are not in use."""
        self._calls.do(lambda: self._link.engine().free())

    def restart_worker(self) -> None:
        """End the computing process and start another one; a run at work is cancelled."""
        self._room.memory.clear()
        self._link.restarting()
        self._desk.do(self._link.renew, about="renew")

    def start(self) -> None:
        """Start the worker, and offer to finish runs that were interrupted."""
        self._log.start()
        self._desk.do(partial(self._room.policy, self._its.policy_name), self._link.expect)
        self._calls.do(self._link.wake)
        self._orphans.look()

    def close(self) -> None:
        """End everything; what waits stays in the queue for the next start."""
        if self._closed:
            return
        self._closed = True
        self._log.close()
        self._preferences.changed.disconnect(self._preference_changed)
        self._running.close()
        self._live.close()
        self._known.close_all()
        self._bridge.close()
        self._room.stop()
        self._desks.close()
        self._link.close()
        self._room.close()

    # --- Inside: events ---

    def _take(self, item: Any) -> None:
        if isinstance(item, events.Event):
            self._event(item)
        elif isinstance(item, LogLine):
            self._log.lines.append(item)
            self.logged.emit(str(item))
        elif isinstance(item, tuple):
            self._known.hashed(*item)
            self.hashed.emit(*item)
        else:
            item()

    def _event(self, event: events.Event) -> None:
        if isinstance(event, Fetched):
            self._fetching.fetched(event)
            return
        self._link.take(event)
        if isinstance(event, events.WorkerDied):
            self._room.memory.clear()
            self._fetching.died()
            self._calls.do(self._link.revive)
        job, left = self._running.take(event)
        if job is None:
            return
        self._known.take(event, job, left)
        document = self._known.document(job.info.document)
        if isinstance(event, events.NodeFinished) and document:
            self.result.emit(document, event.node)

    def _told(self) -> None:
        self._known.tell()
        if self.active:
            self.progress.emit(self.active)

    def _runs_changed(self) -> None:
        self._link.busy(self.active is not None)
        self.runs_changed.emit()

    def _run_ended(self, job: Job) -> None:
        info = job.info
        self._messages.withdraw(info.document)
        if info.status == "failed" and not info.live and self._link.info.status != "dead":
            self._messages.say(failure_of(info), "error", about=info.document)

    def _worker_ready(self, event: events.WorkerReady) -> None:
        self._desk.do(partial(self._room.note_policy, self._its.policy_name, event.policy))
        self._known.ask_again()

    def _close_document(self, document: Document) -> None:
        self._live.set(document, False)
        self._known.close(document)

    def _around(self, document: Document) -> Callable[[], Surroundings]:
        return self._its.around(document, self._link.policy)

    def _preference_changed(self, name: str) -> None:
        if name in COMPUTING:
            self.restart_worker()
        if name in (*COMPUTING, "output", "models", "programs"):
            self._known.ask_again()

    def _make_folder(self, path: Path) -> None:
        self._calls.do(
            partial(path.mkdir, parents=True, exist_ok=True), lambda _: self._known.ask_again()
        )
