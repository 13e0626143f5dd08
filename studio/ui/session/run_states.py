"""How each node of one graph is drawn: from what is known of it, and from what a run says. No Qt.

`judged` brings exact states for the whole graph; edits and events change those of a few nodes in
between. Ids are those of the expanded graph; a node that uses a sub-graph shows what is inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.canvas.states import NodeState
from studio.core.graph import Graph
from studio.ui.documents.marking import touched
from studio.ui.session.checks import Verdict
from studio.ui.session.judged import HOLLOW, Judged, Picture, hollowed, shown


@dataclass(frozen=True, slots=True)
class Failure:
    """What kept a node from doing its work.

    Attributes:
        text: What happened.
        fix: What to do next.
        action: What the strip offers, in two or three words; empty: nothing.
    """

    text: str
    fix: str = ""
    action: str = ""


@dataclass
class RunStates:
    """The states of one graph.

    Attributes:
        states: By expanded id.
        verdict: What was found out last; ``None``: nothing yet.
        pictures: What each node shows.
        running: Nodes at work, with how they are drawn.
        waiting: Nodes that a run will come to.
        failed: Nodes that failed, until they are changed or run again.
        ran: Nodes that the last run did.
        hashing: How far the files are that are being read.
    """

    states: dict[str, NodeState] = field(default_factory=dict)
    verdict: Verdict | None = None
    pictures: dict[str, Picture] = field(default_factory=dict)
    running: dict[str, NodeState] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    failed: dict[str, Failure] = field(default_factory=dict)
    ran: set[str] = field(default_factory=set)
    hashing: Mapping[Path, float] = field(default_factory=dict)
    _users: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _reach: tuple[int, frozenset[str], frozenset[str], Graph] | None = None
    _found: Judged = field(default_factory=Judged)
    _solid: frozenset[str] = frozenset()
    """Nodes that were found so that an edit before them makes them hollow; some are set apart."""
    _apart: set[str] = field(default_factory=set)
    """Nodes whose states were set one by one since."""
    _waits: dict[str, NodeState] = field(default_factory=dict)
    """What waiting nodes share, by what they wait for."""
    _since: set[str] = field(default_factory=set)
    """Those of them that were set since the states were taken."""

    # --- The graph ---

    def edited(self, before: Graph, after: Graph) -> frozenset[str]:
        """Mark what an edit may have made stale, by structure alone; return what is new."""
        starts = touched(before, after)
        if not starts:
            return frozenset()
        found = self._downstream(after, starts)
        if self._users:
            found |= self._inside(found)
        for node in found & self.failed.keys() if self.failed else ():
            del self.failed[node]
        return self._hollow(found, after)

    def taken(self) -> Mapping[str, NodeState]:
        """Return the states as they are now, for what will be `judged` from them."""
        self._since = set()
        return dict(self.states)

    def judged(self, verdict: Verdict, found: Judged) -> frozenset[str]:
        """Take in exact states; return the nodes that look another way now.

        Args:
            verdict: What was found out, of a graph that was not edited since.
            found: The states, and what they changed of those that were `taken` last.
        """
        self.verdict = verdict
        self._users, self._found = verdict.users, found
        before, self.states = self.states, dict(found.states)
        set_since, self._since, self._apart = self._since, set(), set()
        self._solid = found.solid
        self.pictures.update(found.pictures)
        for node in [*self.running, *self.waiting, *self.failed]:
            if node in self.states:
                self._put(node, self._state(node))
        self._gather(self._users)
        doubted = set_since | self._since
        if not doubted:
            return found.changed
        differ = {node for node in doubted if before.get(node) != self.states.get(node)}
        return found.changed - doubted | differ

    # --- Runs ---

    def begun(self, needed: Iterable[str]) -> frozenset[str]:
        """A run begins that has to do some nodes."""
        self.running.clear()
        self.ran.clear()
        self._waits.clear()
        self.waiting = set(needed)
        for node in self.waiting:
            self.failed.pop(node, None)
        return self.refresh(self.waiting)

    def at_work(self, node: str, state: NodeState) -> frozenset[str]:
        """A node runs, and is drawn so."""
        waited = node in self.waiting
        self.waiting.discard(node)
        self.running[node] = state
        return self.refresh([node, *(self._after(node) if waited else ())])

    def finished(self, node: str, state: NodeState) -> frozenset[str]:
        """A node has its result."""
        self.running.pop(node, None)
        self.waiting.discard(node)
        self.failed.pop(node, None)
        self.ran.add(node)
        return self._set({node: state}, [node, *self._after(node)])

    def failing(self, node: str, failure: Failure) -> frozenset[str]:
        """A node could not do its work."""
        self.running.pop(node, None)
        self.waiting.discard(node)
        self.failed[node] = failure
        return self.refresh([node])

    def ended(self) -> frozenset[str]:
        """The run is over: nothing runs and nothing waits."""
        nodes = {*self.running, *self.waiting}
        self.running.clear()
        self.waiting.clear()
        return self.refresh(nodes)

    def show(self, node: str, picture: Picture) -> None:
        """Give a node another picture."""
        self.pictures[node] = picture

    def hide_preview(self, node: str) -> None:
        """Take back a picture in the making."""
        picture = self.pictures.get(node)
        if picture and not picture.key:
            del self.pictures[node]

    def silences(self, node: str) -> bool:
        """Say whether a node says nothing of its result, as far as was judged."""
        return self.verdict is not None and node in self.verdict.silent

    def hide_words(self, node: str, key: str) -> None:
        """Take back what a result said, since there is another one."""
        picture = self.pictures.get(node)
        if picture and picture.words and picture.key != key:
            del self.pictures[node]

    def picture_of(self, node: str) -> Picture | None:
        """Return the picture that a node shows; with a sub-graph, the last one inside."""
        inner = reversed(self._users.get(node, ()))
        found = (self.pictures.get(name) for name in inner)
        return self.pictures.get(node) or next((one for one in found if one and one.number), None)

    def showing(self, key: str) -> set[str]:
        """Return the nodes that show the picture of a result."""
        found = {node for node, picture in self.pictures.items() if picture.key == key}
        return found | (_outer(found) & self._users.keys())

    def with_picture(self, node: str, state: NodeState) -> NodeState:
        """Return a state with the picture that a node shows."""
        picture = self.pictures.get(node)
        return picture.on(state) if picture else state

    def refresh(self, nodes: Iterable[str]) -> frozenset[str]:
        """Work out the states of some nodes again; return those that look another way now."""
        return self._set({}, nodes)

    # --- Inside ---

    def _set(self, known: Mapping[str, NodeState], nodes: Iterable[str]) -> frozenset[str]:
        changed: set[str] = set()
        for node in nodes:
            if self._put(node, known.get(node) or self._state(node)):
                changed.add(node)
        if self._users:
            changed |= self._gather(_outer(changed) & self._users.keys())
        return frozenset(changed)

    def _put(self, node: str, state: NodeState) -> bool:
        before = self.states.get(node)
        self.states[node] = state
        self._apart.add(node)
        self._since.add(node)
        return before is not state and before != state

    def _state(self, node: str) -> NodeState:
        """Return how a node is drawn while a run goes on, or as it was found."""
        if node in self.running:
            return self.with_picture(node, self.running[node])
        if node in self.failed:
            failure = self.failed[node]
            state = NodeState("failed", text=failure.text, fix=failure.action, hint=failure.fix)
            return self.with_picture(node, state)
        if node in self.waiting:
            footer = self._waits_for(node)
            if footer not in self._waits:
                self._waits[footer] = NodeState("waiting", footer=footer)
            return self.with_picture(node, self._waits[footer])
        if self.verdict is None:
            return self.with_picture(node, NodeState())
        return shown(self.verdict, node, self.pictures, self.ran, None, self.hashing).state

    def _waits_for(self, node: str) -> str:
        """Say which of the nodes that it needs a node waits for."""
        verdict = self.verdict
        if verdict is None:
            return "waits"
        near = [link.source for link in verdict.whole.links_to(node)]
        for ahead in (self.running, self.waiting) if self.running else (self.waiting,):
            for name in near:
                if name in ahead:
                    return f"waits for {verdict.title(name)}"
        return "waits its turn"

    def _after(self, node: str) -> list[str]:
        """Return the nodes that waited for another one directly."""
        if self.verdict is None:
            return []
        links = self.verdict.whole.links_from(node)
        return [link.target for link in links if link.target in self.waiting]

    def _downstream(self, graph: Graph, starts: frozenset[str]) -> AbstractSet[str]:
        """Return what follows some nodes; remembered, since a slider asks the same many times."""
        if self._reach is None or self._reach[:2] != (id(graph.links), starts):
            self._reach = (id(graph.links), starts, frozenset(graph.downstream(starts)), graph)
        return self._reach[2]

    def _inside(self, nodes: AbstractSet[str]) -> set[str]:
        return {inner for user in nodes & self._users.keys() for inner in self._users[user]}

    def _hollow(self, nodes: AbstractSet[str], graph: Graph) -> frozenset[str]:
        """Mark nodes as stale; for thousands of them, so what was worked out before is taken."""
        solid = self._solid - self._apart if self._apart else self._solid
        if not solid <= nodes:  # most edits reach either a few nodes or all
            solid &= nodes
        self._solid = self._solid - solid if len(solid) < len(self._solid) else frozenset()
        if len(solid) == len(self.states):
            self.states = dict.fromkeys(self.states, HOLLOW)
        else:
            self.states.update(dict.fromkeys(solid, HOLLOW))
        special = self._found.hollow
        self.states.update((node, special[node]) for node in special if node in solid)
        if len(solid) == len(nodes):
            return solid
        rest = nodes - solid
        new = (rest - self.states.keys()) & graph.nodes.keys()  # a link may lead to nothing
        self.states.update(dict.fromkeys(new, HOLLOW))
        others = (rest & self._apart) | ((rest - self._found.states.keys()) & self.states.keys())
        self._apart |= new
        return (
            solid
            | new
            | {node for node in others - new if self._put(node, hollowed(self.states[node]))}
        )

    def _gather(self, users: Iterable[str]) -> set[str]:
        """Let nodes that use sub-graphs show what is inside, the innermost first."""
        changed = set()
        for user in sorted(users, key=lambda name: -name.count("/")):
            inner = [self.states[node] for node in self._users[user] if node in self.states]
            own = self.states.get(user)
            state = own if own and own.kind in ("muted", "bypassed") else summed(inner, own)
            if self._put(user, state):
                changed.add(user)
        return changed


_WORST: tuple[str, ...] = (
    "failed", "running", "missing_type", "missing_model", "waiting", "stale", "unknown",
)  # fmt: skip


def summed(inner: list[NodeState], own: NodeState | None) -> NodeState:
    """Return how a node that uses a sub-graph is drawn: as the worst of what is inside.

    It shows the last picture inside, and no words: those are of steps on the way.

    Args:
        inner: States of what is inside, in order.
        own: Its own state, for what it is called at.
    """
    if not inner:
        return own or NodeState()
    if all(item.kind == "muted" for item in inner):
        return NodeState(footer="all inside is muted")
    worst = next((kind for kind in _WORST if any(item.kind == kind for item in inner)), "fresh")
    lead = next((item for item in inner if item.kind == worst), inner[-1])
    last = next((item for item in reversed(inner) if item.picture), lead)
    badge = next((item for item in inner if item.badge == "error"), None)
    badge = badge or next((item for item in inner if item.badge), lead)
    kind = lead.kind if worst != "fresh" else "fresh"
    return replace(
        lead,
        kind=kind,
        badge=badge.badge,
        hint=badge.hint,
        picture=last.picture,
        picture_size=last.picture_size,
        words="",
    )


def _outer(nodes: Iterable[str]) -> set[str]:
    """Return the nodes that use the sub-graphs that some nodes are in, at any depth."""
    found: set[str] = set()
    for node in nodes:
        parts = node.split("/")
        found.update("/".join(parts[:end]) for end in range(1, len(parts)))
    return found
