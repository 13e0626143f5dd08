"""What can be said of a graph without running it: keys, what is held, issues. No Qt.

Everything here is a function of immutable graphs, for a thread in the background.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.check import Memory, issues
from studio.core.errors import GraphError, Issue
from studio.core.expand import expand
from studio.core.graph import Graph
from studio.core.modes import Effective, effective
from studio.core.sub_graphs import specs
from studio.core.types import SpecOf
from studio.core.widgets import FileRef
from studio.engine.keys import Job, Keyed, World, insists, key_of, keys
from studio.engine.sources import made_in
from studio.engine.store import Brief
from studio.facts.files import FileFacts
from studio.roots import Roots
from studio.ui.session.hashing import HashingError
from studio.ui.session.saying import Words, said, silent

if TYPE_CHECKING:
    from studio.core.errors import StudioError
    from studio.core.registry import Registry
    from studio.engine.fingerprint import Fingerprints
    from studio.engine.records import Receipts

Briefs = Callable[[Iterable[str]], Mapping[str, Brief]]
"""Says what is shown of those of some keys that have results."""


@dataclass(frozen=True)
class KnownFacts:
    """What was found out about files, said again without touching a disk.

    Attributes:
        registry: The node types.
        problems: Why a file cannot be opened, or ``None``.
        misfits: Why a file is none of a kind of folder, or ``None``.
        known: Families of files.
    """

    registry: Registry
    problems: Mapping[FileRef, StudioError | None] = field(default_factory=dict)
    misfits: Mapping[tuple[FileRef, str], StudioError | None] = field(default_factory=dict)
    known: Mapping[FileRef, str] = field(default_factory=dict)

    def problem(self, ref: FileRef, /) -> StudioError | None:
        """Say why a file cannot be opened, as far as that is known."""
        return self.problems.get(ref)

    def misfit(self, ref: FileRef, folder: str, /) -> StudioError | None:
        """Say why a file is none of a kind of folder, as far as that is known."""
        return self.misfits.get((ref, folder))

    def families(self, graph: Graph, /) -> Mapping[tuple[str, str], str]:
        """Return the family of each output that has a known one, by node and output."""
        from studio.facts.flow import families

        return families(graph, self.registry, lambda ref: self.known.get(ref, ""))


@dataclass(frozen=True)
class Surroundings:
    """What a judgement depends on beside the graph.

    Attributes:
        registry: Node types.
        roots: The folders that the graph may name files in.
        fingerprints: Content of files.
        briefs: Results that are held.
        receipts: What effects wrote.
        folder: Where effects write.
        policy: Numeric policy of the device; empty while it is not known.
        words: What results say that are numbers or texts.
    """

    registry: Registry
    roots: Roots
    fingerprints: Fingerprints
    briefs: Briefs
    receipts: Receipts | None
    folder: Path
    policy: str = ""
    words: Words = lambda keys: {}


@dataclass
class Past:
    """What the last judgement of a graph leaves for the next, which then is about what changed.

    Attributes:
        checked: What the checks found.
        keyed: The keys.
        verdicts: The last two, so that what the window lets go of is torn down at a desk.
    """

    checked: Memory = field(default_factory=Memory)
    keyed: Keyed | None = None
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What is known of a graph. Ids are those of the expanded graph.

    Attributes:
        graph: As the user drew it.
        whole: With its sub-graphs inlined.
        spec_of: Finds the spec of a node type.
        jobs: Nodes that may run, with their keys.
        folded: Nodes that are worked out without running.
        dropped: Nodes that do not run because of a mute, with the muted node.
        held: What is shown of the results that are held, by key.
        met: Nodes that a run of everything would leave alone.
        changed: Frozen nodes whose inputs are not those of their result.
        issues: What is wrong or odd, worst first.
        facts: What was found out about files.
        policy: Numeric policy that the keys are for; empty: not known.
        words: What nodes say whose results are numbers or texts.
        silent: Nodes that say nothing of theirs.
    """

    graph: Graph
    whole: Graph
    spec_of: SpecOf
    jobs: Mapping[str, Job]
    folded: frozenset[str]
    dropped: Mapping[str, str]
    held: Mapping[str, Brief]
    met: frozenset[str]
    changed: frozenset[str]
    issues: tuple[Issue, ...]
    facts: KnownFacts
    policy: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    silent: AbstractSet[str] = frozenset()

    @cached_property
    def issues_of(self) -> Mapping[str, tuple[Issue, ...]]:
        """Issues by the node that they are about."""
        found: dict[str, list[Issue]] = defaultdict(list)
        for issue in self.issues:
            found[issue.place.node].append(issue)
        return {node: tuple(items) for node, items in found.items()}

    @cached_property
    def users(self) -> Mapping[str, tuple[str, ...]]:
        """The nodes inside of each node that uses a sub-graph."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in self.whole.nodes:
            parts = name.split("/") if "/" in name else ()
            for end in range(1, len(parts)):
                found["/".join(parts[:end])].append(name)
        return {user: tuple(inner) for user, inner in found.items()}

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """The nodes whose files are still being read."""
        jobs = self.jobs.values()
        return tuple(job.id for job in jobs if isinstance(job.error, HashingError))

    def key(self, node: str) -> str:
        """Return the key of a node's result, or nothing."""
        job = self.jobs.get(node)
        return job.key if job else ""

    def needed(self, targets: Iterable[str]) -> set[str]:
        """Return the nodes that a run of some targets has to do; of none: of everything."""
        wanted = [inner for name in targets for inner in self._inside(name)]
        waiting = wanted or [node for node in self.jobs if node not in self.met]
        found = {node for node in waiting if node in self.jobs and not self._has(node)}
        waiting = list(found)
        while waiting:
            for name in self.jobs[waiting.pop()].needs:
                if name not in found and name in self.jobs and not self._has(name):
                    found.add(name)
                    waiting.append(name)
        return found

    def title(self, node: str) -> str:
        """Return what people call a node."""
        item = self.whole.nodes.get(node)
        spec = self.spec_of(item.type) if item else None
        return (item.title if item else "") or (spec.title if spec else node)

    def _has(self, node: str) -> bool:
        job = self.jobs[node]
        if job.spec and job.spec.effect:
            return node in self.met
        return job.key in self.held

    def _inside(self, name: str) -> list[str]:
        if name in self.jobs:
            return [name]
        return [node for node in self.jobs if node.startswith(f"{name}/")]


def judge(graph: Graph, around: Surroundings, past: Past | None = None) -> Verdict:
    """Find out what can be known of a graph without running it.

    Args:
        graph: As the user drew it.
        around: What it depends on besides.
        past: Of an earlier version; it becomes that of this one.
    """
    past = past or Past()
    registry = around.registry
    facts = FileFacts(registry, around.roots)
    found = tuple(issues(graph, registry, facts, past.checked))
    known = KnownFacts(registry, facts.problems, facts.misfits, facts.known)
    spec_of = specs(graph, registry)
    try:
        whole = expand(graph, registry)
    except GraphError:  # the issues say so
        return _unjudged(graph, spec_of, found, known)
    runs = effective(whole, spec_of)
    keyed = past.keyed = _keyed(runs, around, past.keyed)
    held = around.briefs(job.key for job in keyed.jobs.values() if job.key)
    met, hushed = _met(keyed.jobs, held, around), silent(keyed)
    return Verdict(
        graph=graph,
        whole=whole,
        spec_of=spec_of,
        jobs=keyed.jobs,
        folded=frozenset(node for node, _ in keyed.folded),
        dropped=runs.dropped,
        held=held,
        met=met,
        changed=_changed(keyed.jobs, around.policy),
        issues=found,
        facts=known,
        policy=around.policy,
        words=said(keyed, spec_of, met, around.words, hushed),
        silent=hushed,
    )


def _unjudged(
    graph: Graph, spec_of: SpecOf, found: tuple[Issue, ...], known: KnownFacts
) -> Verdict:
    none: frozenset[str] = frozenset()
    return Verdict(graph, graph, spec_of, {}, none, {}, {}, none, none, found, known)


def _keyed(runs: Effective, around: Surroundings, before: Keyed | None) -> Keyed:
    def held(wanted: Iterable[str]) -> set[str]:
        return set(around.briefs(wanted))

    resolve, policy = around.roots.resolve, around.policy
    world = World(around.registry, around.fingerprints, resolve, policy, held)
    return keys(runs.graph, world, before=before)


def _met(
    jobs: Mapping[str, Job], held: Mapping[str, Brief], around: Surroundings
) -> frozenset[str]:
    """Return the nodes that need not run: held, written already, or needed by nothing that runs."""
    used: set[str] = set()
    wanted: set[str] = set()
    met: set[str] = set()
    for job in reversed([*jobs.values()]):
        if job.spec and job.spec.effect:
            settled = _written(job, held, around)
        else:
            settled = job.key in held or (job.id in used and job.id not in wanted)
        used.update(job.needs)
        if settled:
            met.add(job.id)
        else:
            wanted.update(job.needs)
    return frozenset(met)


def _written(job: Job, held: Mapping[str, Brief], around: Surroundings) -> bool:
    """Say whether an effect did already what it would do; one that leaves no trace needs inputs."""
    receipt = around.receipts.get(job.key, around.folder) if around.receipts and job.key else None
    if receipt is None or insists(job) or not receipt.intact:
        return False
    return bool(receipt.files) or all(made.key in held for made in made_in(job.inputs.values()))


def _changed(jobs: Mapping[str, Job], policy: str) -> frozenset[str]:
    """Return the frozen nodes that would get another key by now."""
    return frozenset(
        job.id
        for job in jobs.values()
        if job.frozen and job.spec and key_of(job.spec, job.tokens, policy) != job.key
    )
