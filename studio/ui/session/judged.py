"""From a verdict to how each node is drawn, for a thread in the background. No Qt."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from studio.canvas.states import NodeState, distinct
from studio.core.diff import replaced
from studio.core.errors import Issue
from studio.core.graph import Node
from studio.engine.keys import Job
from studio.engine.store import Brief
from studio.ui.session.checks import Verdict
from studio.ui.session.hashing import HashingError
from studio.ui.session.repairs import label_of

HOLLOW = NodeState("stale", footer="needs a run")
"""A node whose result is not there, without a picture."""
_MISSING_FILE = "G007"
_MOST_WORDS = 300
"""More than has room in a node."""
_CHOSEN = "chosen"
"""In place of a key: of what a switch passes on, which is no result of its own."""
_STAYS = frozenset(
    {"stale", "muted", "bypassed", "missing_type", "missing_model", "waiting", "running"}
)
"""Kinds of nodes that an edit before them does not make hollow."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a node shows of its result: a picture, or words.

    Attributes:
        number: Another one for each other picture; 0: it is words.
        key: Of the result that it belongs to; empty: a picture in the making.
        width: In pixels.
        height: In pixels.
        words: What the result says.
    """

    number: int
    key: str
    width: int = 0
    height: int = 0
    words: str = ""

    def on(self, state: NodeState) -> NodeState:
        """Return a state with it; a node shows the beginning of long words."""
        size, words = (self.width, self.height), self.words[:_MOST_WORDS]
        return replace(state, picture=self.number, picture_size=size, words=words)


@dataclass(frozen=True, slots=True)
class Shown:
    """How a node is drawn.

    Attributes:
        state: State.
        picture: The picture of its present result; ``None``: it has none, or none is known.
    """

    state: NodeState
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """How all nodes of a graph are drawn, by expanded id; nodes that look alike share a state.

    Attributes:
        states: States.
        solid: Nodes that look another way once something before them is edited.
        hollow: How they look then, of those that are not plainly hollow.
        pictures: The pictures of present results that nodes did not show yet.
        changed: Nodes that looked another way before, and those that are gone.
    """

    states: Mapping[str, NodeState] = field(default_factory=dict)
    solid: frozenset[str] = frozenset()
    hollow: Mapping[str, NodeState] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()


class Numbers:
    """Numbers for pictures: one for each key, and a new one for each picture in the making."""

    def __init__(self) -> None:
        self._next = count(1)
        self._known: dict[str, int] = {}

    def of(self, key: str) -> int:
        """Return the number of a result's picture."""
        return self._known.setdefault(key, next(self._next))

    def new(self) -> int:
        """Return a number that no picture has."""
        return next(self._next)


def all_shown(
    verdict: Verdict,
    pictures: Mapping[str, Picture],
    ran: AbstractSet[str],
    before: Mapping[str, NodeState],
    numbers: Numbers,
    hashing: Mapping[Path, float],
) -> Judged:
    """Return how every node is drawn; states that stay are the same objects as before.

    Args:
        verdict: What is known.
        pictures: What nodes show so far.
        ran: Nodes that the last run did.
        before: How the nodes were drawn; not to be changed meanwhile.
        numbers: Gives numbers to pictures of results that are held.
        hashing: How far the files are that are being read.
    """
    states: dict[str, NodeState] = {}
    found: dict[str, Picture] = {}
    alike = {state: state for state in [*distinct(before.values()), HOLLOW]}
    known: dict[Hashable, NodeState] = {}
    for node in verdict.whole.nodes:
        special = node in pictures or node in verdict.words
        plain = None if special else _plain(verdict, node, ran)
        state = known.get(plain) if plain else None
        if state is None:
            item = shown(verdict, node, pictures, ran, numbers, hashing)
            state = alike.setdefault(item.state, item.state)
            if item.picture and item.picture is not pictures.get(node):
                found[node] = item.picture
            elif plain:
                known[plain] = state
        states[node] = state
    after = {id(state): hollowed(state) for state in distinct(states.values())}
    solid = frozenset(node for node, state in states.items() if after[id(state)] is not state)
    hollow = {node: then for node in solid if (then := after[id(states[node])]) is not HOLLOW}
    return Judged(states, solid, hollow, found, _changed(before, states))


def _changed(before: Mapping[str, NodeState], after: Mapping[str, NodeState]) -> frozenset[str]:
    """Return the nodes whose states differ; thousands of them share few pairs of states."""
    differ: dict[tuple[int, int], bool] = {}
    found = before.keys() - after.keys()
    for node in replaced(before, after):
        old, new = before.get(node), after[node]
        pair = id(old), id(new)
        if pair not in differ:
            differ[pair] = old != new
        if differ[pair]:
            found.add(node)
    return frozenset(found)


def _plain(verdict: Verdict, node: str, ran: AbstractSet[str]) -> Hashable | None:
    """Return all that decides how a node is drawn; ``None``: too much for one that has its own."""
    item, job = verdict.whole.nodes[node], verdict.jobs.get(node)
    if job is None or job.error or item.mode != "on" or node in verdict.issues_of:
        return None
    brief = verdict.held.get(job.key)
    if brief is None:
        return bool(job.key), node in verdict.met
    if brief.width:
        return None
    return in_seconds(brief.seconds), node in verdict.met, node in ran


def hollowed(state: NodeState | None) -> NodeState:
    """Return how a node is drawn after an edit before it: as before, if it cannot tell."""
    if state is None:
        return HOLLOW
    if state.kind in _STAYS:
        return state
    if state.kind == "frozen":
        return state if state.stale else replace(state, stale=True)
    if not (state.picture or state.words or state.badge):
        return HOLLOW
    return NodeState(
        "stale",
        footer=HOLLOW.footer,
        badge=state.badge,
        hint=state.hint,
        picture=state.picture,
        picture_size=state.picture_size,
        words=state.words,
    )


def shown(
    verdict: Verdict,
    node: str,
    pictures: Mapping[str, Picture],
    ran: AbstractSet[str],
    numbers: Numbers | None = None,
    hashing: Mapping[Path, float] | None = None,
) -> Shown:
    """Return how one node is drawn.

    Args:
        verdict: What is known.
        node: Its expanded id.
        pictures: What nodes show so far.
        ran: Nodes that the last run did.
        numbers: Gives numbers to pictures of results that are held.
        hashing: How far the files are that are being read.
    """
    item = verdict.whole.nodes.get(node)
    if item is None:
        return Shown(NodeState())
    found = verdict.issues_of.get(node, ())
    key = verdict.key(node)
    brief = verdict.held.get(key)
    picture = _pictured(verdict, node, brief, pictures.get(node), numbers)
    state = _badged(_state(verdict, node, item, brief, ran, hashing or {}, found), found)
    return Shown(picture.on(state) if picture else state, picture)


def _pictured(
    verdict: Verdict,
    node: str,
    brief: Brief | None,
    before: Picture | None,
    numbers: Numbers | None,
) -> Picture | None:
    """Return what a node shows of its result: that of the present one, as soon as it is known."""
    key, words = verdict.key(node), verdict.words.get(node, "")
    if numbers and brief and brief.width:
        old = before is None or before.key != key
        return Picture(numbers.of(key), key, brief.width, brief.height) if old else before
    if before and before.words == words:
        return before
    if numbers and words:
        return Picture(0, key or _CHOSEN, words=words)
    said_before = before is not None and before.words and before.key != key
    return None if said_before and (node in verdict.met or node in verdict.folded) else before


def _state(
    verdict: Verdict,
    node: str,
    item: Node,
    brief: Brief | None,
    ran: AbstractSet[str],
    hashing: Mapping[Path, float],
    found: tuple[Issue, ...],
) -> NodeState:
    """Return a state without badge and picture."""
    if item.mode in ("muted", "bypassed"):
        return NodeState("muted" if item.mode == "muted" else "bypassed")
    job = verdict.jobs.get(node)
    if verdict.spec_of(item.type) is None:
        return NodeState("missing_type", text=_texts(found, "G005"))
    missing = next((issue for issue in found if issue.code == _MISSING_FILE), None)
    if missing:
        return NodeState(
            "missing_model",
            text=missing.text,
            fix=label_of(missing, verdict.graph, verdict.facts.registry),
        )
    if item.mode == "frozen" and job:
        stale = not job.frozen or node in verdict.changed
        return NodeState("frozen", stale, footer=_spent(brief) if job.frozen else HOLLOW.footer)
    if node in verdict.dropped:
        return NodeState(footer=f"{verdict.title(verdict.dropped[node])} is muted")
    if node in verdict.met and job:
        return NodeState("fresh", footer=_spent(brief), note=_held(brief, node, ran))
    return _unmet(node, job, verdict, hashing)


def _unmet(
    node: str, job: Job | None, verdict: Verdict, hashing: Mapping[Path, float]
) -> NodeState:
    if job is None:
        return NodeState("fresh") if node in verdict.folded else NodeState(footer="cannot run")
    if isinstance(job.error, HashingError):
        share = hashing.get(job.error.path, 0.0)
        return NodeState(footer=f"hashing file {share * 100:.0f} %", share=share)
    if job.error:
        return NodeState("stale", footer="cannot run")
    if not job.key:
        return NodeState(footer=_not_known(verdict))
    return HOLLOW


def _not_known(verdict: Verdict) -> str:
    """Say why the key of a node is not known."""
    if verdict.unread:
        return "a file is being read"
    return "cannot run" if verdict.policy else "the worker starts"


def _spent(brief: Brief | None) -> str:
    return in_seconds(brief.seconds) if brief else ""


def _held(brief: Brief | None, node: str, ran: AbstractSet[str]) -> str:
    return "held" if brief and node not in ran else ""


def _texts(found: tuple[Issue, ...], code: str) -> str:
    return next((issue.text for issue in found if issue.code == code), "")


def _badged(state: NodeState, found: tuple[Issue, ...]) -> NodeState:
    """Mark a node with the worst that is wrong with it."""
    worst = next((issue for issue in found if issue.severity == "error"), None)
    worst = worst or next((issue for issue in found if issue.severity == "warning"), None)
    if worst is None or state.kind in ("missing_type", "missing_model", "muted", "bypassed"):
        return state
    return replace(
        state, badge=worst.severity, hint=" ".join(filter(None, (worst.text, worst.fix)))
    )


def in_seconds(seconds: float) -> str:
    """Write a time for people: ``0.1 s``, ``12 s``, ``3 min 5 s``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
