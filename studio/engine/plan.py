"""Plans: which nodes must run for some targets, given what is held.

Walks back from the targets and stops at whatever has a result. `Plan.describe` says the same to
people before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import CycleError, GraphError
from studio.core.expand import expand
from studio.core.folding import Given
from studio.core.graph import Graph
from studio.core.modes import effective
from studio.core.sub_graphs import specs
from studio.core.values import Handle, value_types
from studio.core.widgets import ModelFile
from studio.engine.cache import Cache
from studio.engine.events import Written
from studio.engine.keys import Job, Keyed, World, computes, insists, keys, shape_of
from studio.engine.records import Cost, Costs, Receipt, Receipts
from studio.engine.sources import made_in


@dataclass(frozen=True, slots=True)
class Planned:
    """One node that will run, as told before.

    Attributes:
        node: Its id.
        title: What people call it.
        type: Its node type.
        cost: What it took in earlier runs; ``None`` when it has never run.
    """

    node: str
    title: str
    type: str
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class Description:
    """A plan, for people and for ``--json``.

    Attributes:
        nodes: What runs, in order.
        held: How many nodes need not run.
        models: Weights files that will be needed.
        seconds: Estimated time of those nodes that have run before.
        peak: Most memory that one of them took, in bytes.
        unknown: How many have never run, so that the estimate leaves them out.
        files: What effects wrote earlier and is still there.
        skipped: Targets that do not run because something is muted.
    """

    nodes: tuple[Planned, ...]
    held: int
    models: tuple[str, ...]
    seconds: float
    peak: float
    unknown: int
    files: tuple[Written, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What to do for a set of targets.

    Attributes:
        jobs: All nodes that the targets need, by id, each after what it needs.
        todo: Ids of those that run, in that order.
        held: How many need not run.
        bounds: Keys of the results that the plan counts on.
        keep: Ids of the nodes whose results are stored whatever they cost.
        files: What effects wrote earlier and is still there, unchanged.
        skipped: Targets that do not run because something is muted.
        thawed: Ids of frozen nodes whose result is gone, so that they take another.
    """

    jobs: Mapping[str, Job]
    todo: tuple[str, ...]
    held: int
    bounds: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    files: tuple[Written, ...] = ()
    skipped: tuple[str, ...] = ()
    thawed: tuple[str, ...] = ()

    @property
    def only_effects(self) -> bool:
        """Whether everything that runs only saves or shows."""
        specs = [self.jobs[node].spec for node in self.todo]
        return all(spec is not None and spec.effect for spec in specs)

    def light(self, cache: Cache) -> bool:
        """Say whether this process can run it without a device: effects of readable results."""
        if not self.only_effects:
            return False
        needed = {
            made.key for node in self.todo for made in made_in(self.jobs[node].inputs.values())
        }
        return all(key in cache or (cache.store and cache.store.reads(key)) for key in needed)

    def models(self) -> tuple[str, ...]:
        """Return the weights files that the nodes that compute are handed."""
        found: dict[str, None] = {}
        waiting = [
            made.node
            for node in self.todo
            if (spec := self.jobs[node].spec) and computes(spec)
            for item in spec.inputs
            if item.type in _handles()
            for made in made_in([self.jobs[node].inputs.get(item.name, Given(None))])
        ]
        seen: set[str] = set()
        while waiting:
            node = waiting.pop()
            if node in seen or (spec := self.jobs[node].spec) is None:
                continue
            seen.add(node)
            for item in spec.inputs:
                source = self.jobs[node].inputs.get(item.name, Given(None))
                if isinstance(item.widget, ModelFile) and isinstance(source, Given):
                    found[str(source.value)] = None
                elif item.type in _handles():
                    waiting.extend(made.node for made in made_in([source]))
        return tuple(found)

    def describe(self, costs: Costs | None) -> Description:
        """Say what would run, with estimates from earlier runs."""
        table = costs.table() if costs and self.todo else {}
        planned = [_planned(self.jobs[node], table) for node in self.todo]
        known = [item.cost for item in planned if item.cost]
        return Description(
            nodes=tuple(planned),
            held=self.held,
            models=self.models(),
            seconds=sum(cost.seconds for cost in known),
            peak=max((cost.peak for cost in known), default=0.0),
            unknown=len(planned) - len(known),
            files=self.files,
            skipped=self.skipped,
        )


def _planned(job: Job, table: Mapping[tuple[str, str], Cost]) -> Planned:
    kind = job.spec.id if job.spec else ""
    cost = table.get((kind, shape_of(job)), table.get((kind, "")))
    return Planned(job.id, job.title, kind, cost)


def _handles() -> frozenset[str]:
    return frozenset(name for name, kind in value_types().items() if issubclass(kind, Handle))


@dataclass
class _Walk:
    """The way back from the targets."""

    jobs: Mapping[str, Job]
    cache: Cache
    receipts: Receipts | None
    folder: Path
    run_id: str
    todo: set[str] = field(default_factory=set)
    bounds: set[str] = field(default_factory=set)
    files: list[Written] = field(default_factory=list)
    quiet: list[Job] = field(default_factory=list)

    def run(self, targets: Iterable[str]) -> None:
        """Find what must run, one generation after the other."""
        wave = list(dict.fromkeys(targets))
        seen = set(wave)
        while wave:
            held = self.cache.usable(key for node in wave if (key := self.jobs[node].key))
            needed: dict[str, None] = {}
            for job in (self.jobs[node] for node in wave):
                if not self._has(job, held):
                    self.todo.add(job.id)
                    needed.update(dict.fromkeys([] if job.error else _needs(job)))
            wave = [node for node in needed if node not in seen]
            seen.update(wave)
        for job in self.quiet:
            if self.todo.isdisjoint(_needs(job)):
                self.todo.discard(job.id)

    def _has(self, job: Job, held: set[str]) -> bool:
        if job.spec is None or not job.spec.effect:
            if job.key in held:
                self.bounds.add(job.key)
            return job.key in held
        receipt = self.receipts.get(job.key, self.folder) if self.receipts and job.key else None
        if receipt is None or not receipt.intact or self._again(job, receipt):
            return False
        if not receipt.files:
            self.quiet.append(job)  # nothing to see but its inputs, so these must be held
            return False
        self.files.extend(Written(job.id, path) for path in receipt.paths)
        return True

    def _again(self, job: Job, receipt: Receipt) -> bool:
        return insists(job) and receipt.run != self.run_id


def _needs(job: Job) -> list[str]:
    return [made.node for made in made_in(job.inputs.values())]


def plan(
    graph: Graph,
    world: World,
    cache: Cache,
    *,
    targets: Iterable[str] = (),
    receipts: Receipts | None = None,
    folder: Path = Path(),
    run: str = "",
) -> Plan:
    """Make the plan for some targets of a graph.

    Args:
        graph: As the user drew it, with sub-graphs and modes.
        world: What keys depend on beside it.
        cache: Knows what is held.
        targets: Ids; empty: all effects, or all last nodes without any.
        receipts: What effects wrote earlier; ``None``: they write again.
        folder: Where effects write.
        run: Id of the run; an effect that shall always act does so once a run.

    Raises:
        GraphError: A target does not exist, or a sub-graph contains itself.
        CycleError: A target would wait for itself.
    """
    whole = expand(graph, world.registry)
    runs = effective(whole, specs(whole, world.registry))
    wanted, skipped = _targets(whole, runs.graph, runs.dropped, tuple(targets), world)
    keyed = keys(runs.graph, world, wanted) if wanted else Keyed({}, {})
    jobs = keyed.jobs
    _refuse_cycles(runs.graph, wanted, keyed)
    wanted = tuple(made for node in wanted for made in _behind(node, keyed))
    walk = _Walk(jobs, cache, receipts, folder, run)
    walk.run(wanted)
    todo = _without_copies(jobs, walk.todo)
    return Plan(
        jobs=jobs,
        todo=todo,
        held=_count(jobs, wanted) - len(todo),
        bounds=frozenset(walk.bounds),
        keep=_kept(jobs, wanted),
        files=tuple(walk.files),
        skipped=skipped,
        thawed=tuple(_thawed(runs.graph, jobs)),
    )


def _thawed(graph: Graph, jobs: Mapping[str, Job]) -> Iterable[str]:
    """Find the frozen nodes that do not have the result that they were frozen with."""
    for name, job in jobs.items():
        node = graph.nodes.get(name)
        if node and node.mode == "frozen" and node.frozen and job.key != node.frozen:
            yield name


def _targets(
    whole: Graph,
    runs: Graph,
    dropped: Mapping[str, str],
    named: tuple[str, ...],
    world: World,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the targets that run, and those that something mutes."""
    wanted = named or _default_targets(whole, world)
    inner = tuple(found for name in wanted for found in _inside(whole, name))
    skipped = tuple(node for node in inner if node in dropped)
    return tuple(node for node in inner if node in runs.nodes), skipped


def _inside(whole: Graph, name: str) -> list[str]:
    """Return a target, or the last nodes of the sub-graph that it is."""
    if name in whole.nodes:
        return [name]
    inner = [node for node in whole.nodes if node.startswith(f"{name}/")]
    if not inner:
        raise GraphError(f"there is no node {name!r} to run", fix="choose another target")
    mine = set(inner)
    return [
        node for node in inner if not any(link.target in mine for link in whole.links_from(node))
    ]


def _default_targets(graph: Graph, world: World) -> tuple[str, ...]:
    specs = {node: world.registry.spec(item.type) for node, item in graph.nodes.items()}
    effects = tuple(node for node, spec in specs.items() if spec and spec.effect)
    return effects or tuple(node for node in graph.nodes if not graph.links_from(node))


def _refuse_cycles(graph: Graph, wanted: tuple[str, ...], keyed: Keyed) -> None:
    known = keyed.jobs.keys() | {node for node, _ in keyed.folded}
    stuck = () if known.issuperset(wanted) else graph.cycle()
    if stuck:
        raise CycleError(
            f"{', '.join(stuck[:8])} wait for each other", fix="remove one of their links"
        )


def _behind(node: str, keyed: Keyed) -> list[str]:
    """Return a target, or what a folded one passes on."""
    if node in keyed.jobs:
        return [node]
    passed = [source for (folded, _), source in keyed.folded.items() if folded == node]
    return [made.node for made in made_in(passed)]


def _count(jobs: Mapping[str, Job], wanted: Iterable[str]) -> int:
    """Return how many nodes the targets need, themselves included."""
    waiting = list(wanted)
    seen = set(waiting)
    while waiting:
        for node in _needs(jobs[waiting.pop()]):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return len(seen)


def _without_copies(jobs: Mapping[str, Job], todo: set[str]) -> tuple[str, ...]:
    """Return what runs in order; of nodes with one key the first makes the result for all."""
    seen: set[str] = set()
    found = []
    for node, job in jobs.items():
        if node in todo and not (job.key and job.key in seen):
            seen.add(job.key)
            found.append(node)
    return tuple(found)


def _kept(jobs: Mapping[str, Job], wanted: Iterable[str]) -> frozenset[str]:
    """Return the targets and the inputs of effects."""
    found = set(wanted)
    for job in jobs.values():
        if job.spec and job.spec.effect:
            found.update(made.node for made in made_in(job.inputs.values()))
    return frozenset(found)
