"""What is known of the open graphs: states of nodes, pictures, issues; kept up to date."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from studio.canvas.states import NodeState
from studio.core.errors import Issue, Place
from studio.core.graph import Graph
from studio.engine import events
from studio.engine.store import Brief
from studio.ui.session.checks import Past, Surroundings, Verdict, judge
from studio.ui.session.fixes import label
from studio.ui.session.judged import HOLLOW, Judged, Numbers, Picture, all_shown, in_seconds, shown
from studio.ui.session.run_states import Failure, RunStates
from studio.ui.session.runs import Job, Timing, share_of, step_of
from studio.ui.session.store_room import StoreRoom
from studio.ui.session.thumbnails import Thumbnails, as_image
from studio.ui.threads.desk import Desks

if TYPE_CHECKING:
    from studio.ui.documents.document import Document

LONGEST_PAUSE_MS = 250
"""How long judgements of large graphs are put off while edits go on."""
_ORDER = ("error", "warning", "info")
SHOW_ISSUE = "Show issue"

Judgement = tuple[int, Verdict, Judged, float]


@dataclass
class Entry:
    """One open graph.

    Attributes:
        document: The document.
        slot: What its changes are connected to.
        timer: Puts a judgement off.
        states: How its nodes are drawn.
        run_issues: What runs said, by node.
        previews: Pictures in the making, by node.
        made: Keys of results that a run made since the last edit before their nodes.
        revision: Counts the edits that matter.
        pause_ms: How long the last judgement took.
        past: What it leaves for the next; belongs to the thread that judges.
        late: What finished since the present judgement began, which knows nothing of it.
    """

    document: Document
    slot: Callable[[Graph, Graph], None]
    timer: QTimer
    states: RunStates = field(default_factory=RunStates)
    run_issues: dict[str, list[Issue]] = field(default_factory=dict)
    previews: dict[str, QImage] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    revision: int = 0
    pause_ms: float = 0.0
    past: Past = field(default_factory=Past)
    late: list[events.NodeFinished] | None = None
    issues: tuple[Issue, ...] = ()


class Known(QObject):
    """What is known of the open graphs.

    Args:
        room: The store.
        desks: Threads for judgements and for questions to the store.
        around: What a judgement of a document depends on; called in the window's thread, what it
            returns in the other one.
    """

    states_changed = Signal(object, object)
    pictures_changed = Signal(object, object)
    issues_changed = Signal(object)
    edited = Signal(object, object, object)
    """Document, graph before, graph after."""

    def __init__(
        self,
        room: StoreRoom,
        desks: Desks,
        around: Callable[[Document], Callable[[], Surroundings]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._room = room
        self._judges, self._calls = desks.judges, desks.calls
        self._around = around
        self._entries: dict[str, Entry] = {}
        self._changed: dict[str, set[str]] = {}
        self._numbers = Numbers()
        self._thumbnails = Thumbnails()
        self._asked: set[str] = set()
        self._hashing: dict[Path, float] = {}

    # --- Documents ---

    def open(self, document: Document) -> None:
        """Watch a document."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(partial(self._judge, document.id))
        entry = Entry(document, partial(self._edit, document.id), timer)
        document.changed.connect(entry.slot)
        self._entries[document.id] = entry
        timer.start(0)

    def close(self, document: Document) -> None:
        """Forget a document."""
        entry = self._entries.pop(document.id, None)
        if entry:
            entry.timer.stop()
            entry.timer.deleteLater()
            document.changed.disconnect(entry.slot)

    def close_all(self) -> None:
        """Forget all documents."""
        for entry in list(self._entries.values()):
            self.close(entry.document)

    def entry(self, document: Document) -> Entry | None:
        """Return what is known of a document."""
        return self._entries.get(document.id)

    def document(self, name: str) -> Document | None:
        """Return an open document by its id."""
        entry = self._entries.get(name)
        return entry.document if entry else None

    def verdict(self, document: Document) -> Verdict | None:
        """Return what was found out about a document last; ``None``: nothing yet."""
        entry = self._entries.get(document.id)
        return entry.states.verdict if entry else None

    def ask_again(self) -> None:
        """Judge all documents once more, since what they depend on changed."""
        for entry in self._entries.values():
            self._ask(entry)

    def hashed(self, path: Path, share: float) -> None:
        """Take in how far a file was read."""
        self._hashing[path] = share
        for entry in self._entries.values():
            verdict = entry.states.verdict
            if verdict and verdict.unread:
                if share >= 1.0:
                    self._ask(entry)
                entry.states.hashing = self._hashing
                self._note(entry, entry.states.refresh(verdict.unread))

    # --- Answers ---

    def picture(self, document: Document, node: str) -> QImage | None:
        """Return the picture of a node; one that lies in the store comes a moment later."""
        entry = self._entries.get(document.id)
        picture = entry.states.picture_of(node) if entry else None
        if entry is None or picture is None or not picture.number:
            return None
        if not picture.key:
            return entry.previews.get(node)
        image = self._thumbnails.get(picture.key)
        if image is None and picture.key not in self._asked:
            self._asked.add(picture.key)
            load = partial(self._room.thumbnail, picture.key)
            self._calls.do(load, partial(self._loaded, picture.key))
        return image

    def words(self, document: Document, node: str) -> str:
        """Return what the last result of a node says; empty: it is no number and no text."""
        entry = self._entries.get(document.id)
        picture = entry.states.picture_of(node) if entry else None
        return picture.words if picture else ""

    def key(self, document: Document, node: str) -> str:
        """Return the key of a node's result; empty while it is not known."""
        entry, verdict = self._entries.get(document.id), self.verdict(document)
        known = verdict.key(node) if verdict else ""
        return known or (entry.made.get(node, "") if entry else "")

    def timing(self, document: Document, node: str) -> Timing | None:
        """Return what the present result of a node cost."""
        entry, verdict = self._entries.get(document.id), self.verdict(document)
        if entry is None or verdict is None:
            return None
        key, held = verdict.key(node), node not in entry.states.ran
        brief = self._room.memory.get(key) or verdict.held.get(key)
        return Timing(brief.seconds, brief.bytes, brief.peak, held) if brief else None

    # --- Edits and judgements ---

    def _edit(self, name: str, before: Graph, after: Graph) -> None:
        entry = self._entries[name]
        new = entry.states.edited(before, after)
        if new:
            for node in entry.run_issues.keys() & new:
                del entry.run_issues[node]
            for node in entry.made.keys() & new:
                del entry.made[node]
            self.states_changed.emit(entry.document, new)
        if any(getattr(before, part) is not getattr(after, part) for part in _RELEVANT):
            self._ask(entry)
        self.edited.emit(entry.document, before, after)

    def _ask(self, entry: Entry) -> None:
        entry.revision += 1
        if not entry.timer.isActive():
            entry.timer.start(int(min(entry.pause_ms, LONGEST_PAUSE_MS)))

    def _judge(self, name: str) -> None:
        entry = self._entries[name]
        states, graph, revision = entry.states, entry.document.graph, entry.revision
        around, before = self._around(entry.document), states.taken()
        pictures, ran, hashing = dict(states.pictures), set(states.ran), dict(self._hashing)
        entry.late = []

        def work() -> Judgement:
            started = time.monotonic()
            verdict = judge(graph, around(), entry.past)
            found = all_shown(verdict, pictures, ran, before, self._numbers, hashing)
            verdict.users  # noqa: B018  # worked out here rather than in the window's thread
            entry.past.verdicts = (*entry.past.verdicts[-1:], verdict)
            return revision, verdict, found, time.monotonic() - started

        self._judges.do(work, partial(self._judged, name), about=name)

    def _judged(self, name: str, judgement: Judgement) -> None:
        revision, verdict, found, seconds = judgement
        entry = self._entries.get(name)
        if entry is None:
            return
        entry.pause_ms = seconds * 1000
        if revision != entry.revision:
            return  # another one is on its way
        self._note(entry, entry.states.judged(verdict, found))
        late, entry.late = entry.late, None
        for event in late or ():
            self._finished(entry, event)
        self._gather_issues(entry)

    def _loaded(self, key: str, thumbnail: events.Thumbnail | None) -> None:
        """Hold a picture from the store, and tell who shows it."""
        self._asked.discard(key)
        if thumbnail is None:
            return
        self._thumbnails.put(key, as_image(thumbnail))
        for entry in self._entries.values():
            nodes = entry.states.showing(key)
            if nodes:
                self.pictures_changed.emit(entry.document, frozenset(nodes))

    # --- What a run says ---

    def take(self, event: events.Event, job: Job, left: float | None) -> None:
        """Take in what the run of a document says.

        Args:
            event: What it says.
            job: The run.
            left: Seconds that the node at work has left; ``None``: not known.
        """
        entry = self._entries.get(job.info.document)
        if entry is None:
            return
        match event:
            case events.RunStarted():
                entry.run_issues.clear()
                verdict = entry.states.verdict
                needed = verdict.needed(job.targets) if verdict and event.nodes else ()
                self._note(entry, entry.states.begun(needed))
                self._gather_issues(entry)
            case events.NodeStarted():
                state = NodeState("running", share=0.0 if not event.items else -1.0)
                self._note(entry, entry.states.at_work(event.node, state))
            case events.NodeProgress():
                self._progress(entry, event, left)
            case events.ModelLoading():
                share = event.done / event.total if event.total else -1.0
                state = NodeState("running", share=share, footer=f"loads {event.name}")
                self._note(entry, entry.states.at_work(event.node, state))
            case events.NodeFinished():
                self._finished(entry, event)
            case events.NodeFailed():
                self._failed(entry, event)
            case events.NodeWarned():
                issue = Issue(event.code, event.text, "", Place(event.node), "warning")
                entry.run_issues.setdefault(event.node, []).append(issue)
                self._gather_issues(entry)
            case events.RunFinished():
                self._ended(entry, event)

    def _progress(self, entry: Entry, event: events.NodeProgress, left: float | None) -> None:
        if event.preview:
            entry.previews[event.node] = as_image(event.preview)
            number = self._numbers.new()
            preview = Picture(number, "", event.preview.width, event.preview.height)
            entry.states.show(event.node, preview)
            self.pictures_changed.emit(entry.document, frozenset([event.node]))
        note = f"{in_seconds(left)} left" if left is not None else ""
        state = NodeState("running", share=share_of(event), footer=step_of(event), note=note)
        self._note(entry, entry.states.at_work(event.node, state))

    def _finished(self, entry: Entry, event: events.NodeFinished) -> None:
        if entry.late is not None:
            entry.late.append(event)
        thumbnail = event.thumbnail
        size = (thumbnail.width, thumbnail.height) if thumbnail else (0, 0)
        self._room.memory[event.key] = Brief(event.seconds, event.bytes, event.peak, *size)
        entry.made[event.node] = event.key
        entry.previews.pop(event.node, None)
        if thumbnail:
            self._thumbnails.put(event.key, as_image(thumbnail))
            entry.states.show(event.node, Picture(self._numbers.of(event.key), event.key, *size))
            self.pictures_changed.emit(entry.document, frozenset([event.node]))
        elif event.words and not entry.states.silences(event.node):
            entry.states.show(event.node, Picture(0, event.key, words=event.words))
        else:
            entry.states.hide_preview(event.node)
            entry.states.hide_words(event.node, event.key)
        self._note(entry, entry.states.finished(event.node, self._result_state(entry, event)))

    def _result_state(self, entry: Entry, event: events.NodeFinished) -> NodeState:
        """Return how a node is drawn that has its result: solid if that is still the right one."""
        states, verdict = entry.states, entry.states.verdict
        footer = in_seconds(event.seconds)
        if verdict is None:
            return states.with_picture(event.node, NodeState("fresh", footer=footer))
        state = shown(verdict, event.node, states.pictures, states.ran).state
        if verdict.key(event.node) not in (event.key, ""):
            return states.with_picture(event.node, HOLLOW)
        kind = state.kind if state.kind == "frozen" else "fresh"
        return replace(state, kind=kind, stale=False, share=-1.0, footer=footer, note="")

    def _failed(self, entry: Entry, event: events.NodeFailed) -> None:
        place = Place(event.node, event.input)
        issue = Issue(event.code, event.text, event.fix, place, event.severity)
        entry.run_issues.setdefault(event.node, []).append(issue)
        entry.states.hide_preview(event.node)
        failure = Failure(event.text, event.fix, label(issue) or SHOW_ISSUE)
        self._note(entry, entry.states.failing(event.node, failure))
        self._gather_issues(entry)

    def _ended(self, entry: Entry, event: events.RunFinished) -> None:
        for item in event.issues:
            place = Place(str(item["node"]), str(item["input"]))
            issue = Issue(item["code"], item["text"], item["fix"], place, item["severity"])
            entry.run_issues.setdefault(place.node, []).append(issue)
        for node in list(entry.previews):
            entry.states.hide_preview(node)
        entry.previews.clear()
        self._note(entry, entry.states.ended())
        self._gather_issues(entry)
        self._ask(entry)

    # --- Telling ---

    def tell(self) -> None:
        """Tell what changed since the last time, once for each document."""
        changed, self._changed = self._changed, {}
        for name, nodes in changed.items():
            if entry := self._entries.get(name):
                self.states_changed.emit(entry.document, frozenset(nodes))

    def _note(self, entry: Entry, nodes: Iterable[str]) -> None:
        found = set(nodes)
        if found:
            self._changed.setdefault(entry.document.id, set()).update(found)

    def _gather_issues(self, entry: Entry) -> None:
        """Join what the checks and the runs say, worst first."""
        checked = entry.states.verdict.issues if entry.states.verdict else ()
        known = {issue.place for issue in checked if issue.severity == "error"}
        said = [
            issue
            for issues in entry.run_issues.values()
            for issue in issues
            if issue.place not in known
        ]
        both = sorted([*checked, *said], key=lambda issue: _ORDER.index(issue.severity))
        found = tuple(dict.fromkeys(both))
        if found != entry.issues:
            entry.issues = found
            self.issues_changed.emit(entry.document)


_RELEVANT = ("nodes", "links", "graphs", "form")
