"""The engine as the window sees it: runs, states of nodes, results and issues, in one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.canvas.states import NodeState
from studio.core.sub_graphs import specs
from studio.engine.client import Engine, Listen
from studio.ui.checks import KnownFacts
from studio.ui.results import Result
from studio.ui.runs import RunInfo, Timing, WorkerInfo

if TYPE_CHECKING:
    from studio.core.check import Facts
    from studio.core.errors import Issue
    from studio.core.registry import Registry
    from studio.core.types import SpecOf
    from studio.paths import Paths
    from studio.ui.document import Document
    from studio.ui.documents import Documents
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
        self._registry = registry

    # --- What is known of nodes ---

    def state(self, document: Document, node: str) -> NodeState:
        """Return how a node is drawn, by its expanded id."""
        return NodeState()

    def picture(self, document: Document, node: str) -> QImage | None:
        """Return the thumbnail of a node; one that lies in the store comes a moment later."""
        return None

    def key(self, document: Document, node: str) -> str:
        """Return the key of a node's result; empty while it is not known."""
        return ""

    def outputs(self, document: Document, node: str) -> Mapping[str, str]:
        """Return what each output of a node holds, in words."""
        return {}

    def timing(self, document: Document, node: str) -> Timing | None:
        """Return what the present result of a node cost."""
        return None

    def last_seed(self, document: Document, node: str, name: str) -> int | None:
        """Return the seed that a parameter had in the last run."""
        return None

    # --- What is known of graphs ---

    def issues(self, document: Document) -> tuple[Issue, ...]:
        """Return what is wrong or odd with a graph, worst first."""
        return ()

    def facts(self, document: Document) -> Facts:
        """Return what is known of the files of a graph, without touching a disk."""
        return KnownFacts(self._registry)

    def spec_of(self, document: Document) -> SpecOf:
        """Return what finds the spec of any node type in a graph."""
        return specs(document.graph, self._registry)

    # --- Results ---

    def fetch(self, key: str, output: str, done: Callable[[Result | None], None]) -> None:
        """Bring an output of a result; ``None`` when nobody has it any more."""
        done(None)

    # --- Runs ---

    @property
    def runs(self) -> tuple[RunInfo, ...]:
        """The run at work, those that wait in order, and those that are over, newest first."""
        return ()

    @property
    def active(self) -> RunInfo | None:
        """The run at work."""
        return None

    @property
    def paused(self) -> bool:
        """Whether no further run begins."""
        return False

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

    def cancel(self, run: str) -> None:
        """Stop a run, or take it out of the queue."""

    def cancel_all(self) -> None:
        """Stop the run at work, and take all others out of the queue."""

    def pause(self) -> None:
        """Begin no further run; the one at work goes on."""

    def resume(self) -> None:
        """Go on with the queue."""

    def move(self, run: str, position: int) -> None:
        """Give a waiting run another place among those that wait."""

    def clear_finished(self) -> None:
        """Forget the runs that are over."""

    def set_live(self, document: Document, on: bool) -> None:
        """Run a graph by itself after each edit, or no longer."""

    def live(self, document: Document) -> bool:
        """Say whether a graph runs by itself."""
        return False

    # --- The worker ---

    @property
    def worker(self) -> WorkerInfo:
        """What is known of the computing process."""
        return WorkerInfo()

    def free_memory(self) -> None:
        """Let go of the networks that are not in use."""

    def restart_worker(self) -> None:
        """End the computing process and start another one; a run at work is cancelled."""

    def start(self) -> None:
        """Start the worker, and offer to finish runs that were interrupted."""

    def close(self) -> None:
        """End everything; what waits stays in the queue for the next start."""
