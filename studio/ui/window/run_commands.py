"""The commands of runs: start, stop, pause, live mode, memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from studio.core.graph import Graph
from studio.core.widgets import Seed
from studio.ui.actions.action import Action

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

MOST_TIMES = 1000

ACTIONS = (
    Action("run.all", "Run", "ph.play-fill", "Run", help="Make everything that is not made yet."),
    Action(
        "run.selected",
        "Run to here",
        "ph.play",
        "Run",
        "canvas",
        help="Make what the selected nodes need, and no more.",
    ),
    Action("run.front", "Run next", "ph.fast-forward", "Run", help="Run before all that wait."),
    Action(
        "run.times",
        "Run several times",
        "ph.repeat",
        "Run",
        help="Run several times, each with another seed.",
    ),
    Action(
        "run.live",
        "Live",
        "ph.lightning",
        "Run",
        help="Run by itself after each edit.",
        checkable=True,
    ),
    Action("run.cancel", "Stop", "ph.stop-fill", "Run", help="Stop the run at work."),
    Action("run.cancel_all", "Stop all", "ph.x-circle", "Run", help="Stop and empty the queue."),
    Action(
        "run.pause",
        "Pause queue",
        "ph.pause",
        "Run",
        help="Begin no further run; the one at work goes on.",
        checkable=True,
    ),
    Action(
        "run.clear", "Clear finished runs", "ph.trash", "Run", help="Forget runs that are over."
    ),
    Action(
        "run.reuse_seed",
        "Reuse last seed",
        "ph.arrow-u-up-left",
        "Run",
        help="Give the selected nodes the seed of their last run, and keep it.",
    ),
    Action("run.open_folder", "Open result folder", "ph.folder-open", "Run"),
    Action(
        "run.free_memory", "Free memory", "ph.eraser", "Run", help="Unload networks not in use."
    ),
    Action(
        "run.restart_worker",
        "Restart worker",
        "ph.arrow-clockwise",
        "Run",
        help="End the computing process and start another one.",
    ),
)


def bind(studio: Studio) -> None:
    """Say what the declared commands of runs do."""
    session, actions = studio.session, studio.actions

    def document() -> Document | None:
        return studio.documents.current

    def opened() -> bool:
        return document() is not None

    def busy() -> bool:
        return session.active is not None

    def waiting() -> bool:
        return any(run.status in ("waiting", "running") for run in session.runs)

    def over() -> bool:
        return any(run.status not in ("waiting", "running") for run in session.runs)

    def with_document(does: Callable[[Document], object]) -> Callable[[], object]:
        def done() -> object:
            here = document()
            return does(here) if here else None

        return done

    actions.bind("run.all", with_document(session.run), opened)
    actions.bind(
        "run.selected",
        with_document(lambda here: session.run(here, selected(here))),
        lambda: bool((here := document()) and selected(here)),
    )
    actions.bind("run.front", with_document(lambda here: session.run(here, front=True)), opened)
    actions.bind("run.times", with_document(partial(_ask_times, studio)), opened)
    actions.bind(
        "run.live",
        with_document(lambda here: session.set_live(here, not session.live(here))),
        opened,
        lambda: bool((here := document()) and session.live(here)),
    )
    actions.bind("run.cancel", lambda: _cancel(studio), busy)
    actions.bind("run.cancel_all", session.cancel_all, waiting)
    actions.bind(
        "run.pause",
        lambda: session.resume() if session.paused else session.pause(),
        checked=lambda: session.paused,
    )
    actions.bind("run.clear", session.clear_finished, over)
    actions.bind(
        "run.reuse_seed",
        with_document(partial(_reuse, studio)),
        lambda: bool((here := document()) and selected(here)),
    )
    actions.bind("run.open_folder", lambda: open_folder(studio))
    actions.bind("run.free_memory", session.free_memory)
    actions.bind("run.restart_worker", session.restart_worker)
    # What can be done with runs changes when they begin and end, not only after a command.
    session.runs_changed.connect(actions.refresh)


def selected(document: Document) -> tuple[str, ...]:
    """Return the expanded ids of the selected nodes, in the order of the graph."""
    chosen = document.state.selection.nodes
    return tuple(document.prefix + node for node in document.scene.nodes if node in chosen)


def open_folder(studio: Studio) -> None:
    """Show the folder that pictures are saved under."""
    folder = studio.session.output_folder
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _cancel(studio: Studio) -> None:
    active = studio.session.active
    if active:
        studio.session.cancel(active.id)


def _ask_times(studio: Studio, document: Document) -> None:
    """Ask how many runs are wanted, and put them into the queue."""

    def asked(text: str) -> None:
        if text.strip().isdecimal() and 1 <= int(text) <= MOST_TIMES:
            studio.session.run(document, times=int(text))
        else:
            said = f"{text[:20]!r} is not a number from 1 to {MOST_TIMES}"
            studio.messages.say(f"{said}; nothing was run", "warning")

    studio.questions.text("Run several times", "Number of runs", "4", asked)


def _reuse(studio: Studio, document: Document) -> None:
    """Give the selected nodes the seeds of their last run, and keep these."""
    graph = with_last_seeds(studio, document)
    document.edit_scene("Reuse last seed", graph)


def with_last_seeds(studio: Studio, document: Document) -> Graph:
    """Return what is shown with the seeds that the selected nodes had in their last run."""
    graph, spec_of = document.scene, studio.session.spec_of(document)
    for node in document.state.selection.nodes & graph.nodes.keys():
        spec = spec_of(graph.nodes[node].type)
        for item in spec.inputs if spec else ():
            last = studio.session.last_seed(document, document.prefix + node, item.name)
            if isinstance(item.widget, Seed) and last is not None:
                graph = graph.with_param(node, item.name, last)
                graph = graph.with_node(node, replace(graph.nodes[node], seed_mode=""))
    return graph
