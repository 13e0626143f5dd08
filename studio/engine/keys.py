"""Keys: what names a result, known before anything runs.

A key is made of the node type and version, the parameters coerced to their hints, the keys of the
inputs, the content of files, and the numeric policy for nodes that compute. Ids, titles and places
have no part in it. Literal nodes and switches are folded here: the chosen branch's key is the
switch's key, and a linked 7 is a typed 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from studio.core.diff import relinked
from studio.core.errors import (
    HashMismatchError,
    MissingFileError,
    MissingInputError,
    Place,
    StudioError,
    UnknownNodeError,
)
from studio.core.folding import Filled, Given, Made, Source, coerced, fold
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.spec import NodeSpec
from studio.core.widgets import FileRef, Seed, Text
from studio.engine.fingerprint import Fingerprints
from studio.engine.recipe import Recipe, key_text, recipe_of
from studio.engine.sources import digest_of, digest_of_text, made_in, token_of
from studio.engine.unlinked import Unlinked, names_file, pattern_of, reads

ALWAYS = "always"
"""Name of the switch on effects that makes them act again."""


@dataclass(slots=True)  # frozen ones cost three times as much, and an edit makes thousands
class Job:
    """A node that may run, with everything that names its result; it is never changed.

    Attributes:
        id: Id of the node in the expanded graph.
        title: What people call it.
        spec: Its node type.
        key: Names the result; empty when the policy is not known or something is wrong.
        inputs: Where each input comes from.
        tokens: What each input contributes to the key.
        frozen: Whether its result stays although its inputs change.
        error: Why it cannot run.
        other: Files that are not those the graph was made with, by the name of the input.
        recipe: What its key is made of, if nothing but keys of inputs can change it.
        needs: Ids of the nodes whose results it takes.
    """

    id: str
    title: str
    spec: NodeSpec | None
    key: str
    inputs: Mapping[str, Filled] = field(default_factory=dict)
    tokens: Mapping[str, Any] = field(default_factory=dict)
    frozen: bool = False
    error: StudioError | None = None
    other: tuple[tuple[str, Path], ...] = ()
    recipe: Recipe | None = field(default=None, repr=False)
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Keyed:
    """A graph with its keys.

    Attributes:
        jobs: Nodes that may run, by id, each after what it needs.
        folded: What the outputs of literal nodes and switches stand for, by node and name.
        graph: The graph.
        policy: Numeric policy that they are for.
    """

    jobs: Mapping[str, Job]
    folded: Mapping[tuple[str, str], Source]
    graph: Graph = field(default_factory=Graph)
    policy: str = ""


@dataclass(frozen=True)
class World:
    """What keys depend on beside the graph.

    Attributes:
        registry: Finds node types.
        fingerprints: Content of files.
        resolve: Finds the file that a graph names.
        policy: Numeric policy of the device; empty while it is not known.
        held: Says which keys have results, for frozen nodes.
    """

    registry: Registry
    fingerprints: Fingerprints
    resolve: Callable[[FileRef], Path]
    policy: str = ""
    held: Callable[[Iterable[str]], set[str]] = lambda keys: set()


def key_of(spec: NodeSpec, tokens: Mapping[str, Any], policy: str) -> str:
    """Return the key of a node, or of one item of a mapped node.

    Args:
        spec: Node type.
        tokens: What each input contributes.
        policy: Numeric policy; counts for nodes that compute.
    """
    return digest_of_text(key_text(spec, tokens, policy if computes(spec) else ""))


def insists(job: Job) -> bool:
    """Say whether an effect acts although it did before."""
    return job.inputs.get(ALWAYS) == Given(True)


def computes(spec: NodeSpec) -> bool:
    """Say whether a node's bits depend on the device."""
    return spec.context and not spec.effect


def keys(
    graph: Graph, world: World, wanted: Iterable[str] = (), before: Keyed | None = None
) -> Keyed:
    """Return what names the result of each node of a graph.

    Args:
        graph: Expanded, with modes resolved. Nodes of cycles are left out.
        world: What keys depend on beside it.
        wanted: Targets; empty: all nodes.
        before: Those of an earlier version; values that were typed then are not looked at again.
    """
    needed = graph.upstream(wanted) if wanted else graph.nodes.keys()
    maker = _Maker(graph, world, before)
    for node in graph.order():
        if node in needed:
            maker.add(node)
    return Keyed(maker.jobs, maker.folded, graph, world.policy)


def refuse_changed(job: Job, fingerprints: Fingerprints) -> None:
    """Refuse what was made of files that are no longer those that the key of a job names.

    Raises:
        HashMismatchError: One of them changed after the run began.
    """
    for item in job.spec.inputs if job.spec else ():
        source, token = job.inputs[item.name], job.tokens[item.name]
        if not names_file(item) or not isinstance(source, Given) or not token.get("file"):
            continue
        with suppress(MissingFileError):  # whoever removes a file did not change it
            if fingerprints.of(source.value, pattern_of(item, job.inputs)) != token["file"]:
                text = f"{source.value} changed while the run was going"
                raise HashMismatchError(text, fix="run again", place=Place(job.id, item.name))


def shape_of(job: Job) -> str:
    """Return a digest of the parameters that decide what a node costs: no seeds, no texts."""
    if job.spec is None:
        return ""
    sized = {
        item.name: job.tokens.get(item.name)
        for item in job.spec.inputs
        if item.widget and not isinstance(item.widget, Seed | Text)
    }
    return digest_of(sized)


class _Maker:
    """Goes through a graph in order and makes its jobs."""

    def __init__(self, graph: Graph, world: World, before: Keyed | None = None) -> None:
        self.graph = graph
        self.world = world
        self._before = before or Keyed({}, {})
        ends = relinked(self._before.graph.links, graph.links)
        self._relinked = {link.target for links in ends for link in links}
        self.jobs: dict[str, Job] = {}
        self.folded: dict[tuple[str, str], Source] = {}
        self._unlinked = Unlinked(world.resolve, world.fingerprints)
        self._reading: dict[str, bool] = {}

    def add(self, node_id: str) -> None:
        """Make the job of one node, or fold it."""
        node = self.graph.nodes[node_id]
        spec = self.world.registry.spec(node.type)
        held = self._held(node_id, node, spec)
        recipe = held.recipe if held and self._before.policy == self.world.policy else None
        if held and recipe and (again := self._again(held, recipe)):
            self.jobs[node_id] = again
            return
        title = node.title or (spec.title if spec else node.type)
        if spec is None:
            self.jobs[node_id] = Job(node_id, title, None, "", error=_unknown(node, node_id))
            return
        inputs: dict[str, Filled] = {}
        tokens: dict[str, Any] = {}
        self._unlinked.other.clear()
        try:
            self._fill(node_id, node, spec, held, inputs, tokens)
            if spec.folds and self._fold(node_id, spec, inputs):
                return
        except StudioError as error:
            error.place = replace(error.place, node=node_id)
            needs = tuple(source.node for source in made_in(inputs.values()))
            job = Job(node_id, title, spec, "", inputs, tokens, error=error, needs=needs)
            self.jobs[node_id] = self._frozen(node, job)
            return
        self.jobs[node_id] = self._frozen(node, self._job(node_id, title, spec, inputs, tokens))

    def _again(self, held: Job, recipe: Recipe) -> Job | None:
        """Return the job of a node that stays as it is, with the keys that its inputs have now."""
        try:
            taken = [self.jobs[node].key for _, node, _ in recipe.ends]
        except KeyError:  # a node that folds now, or is part of a cycle
            return None
        if not all(taken):
            return None
        if taken == [self._before.jobs[node].key for _, node, _ in recipe.ends]:
            return held
        inputs, tokens = dict(held.inputs), dict(held.tokens)
        for (name, node, output), key in zip(recipe.ends, taken, strict=True):
            source = inputs[name] = Made(node, output, key)
            tokens[name] = token_of(source)
        key, needs = recipe.key(taken), held.needs
        return Job(held.id, held.title, held.spec, key, inputs, tokens, recipe=recipe, needs=needs)

    def _job(
        self,
        node_id: str,
        title: str,
        spec: NodeSpec,
        inputs: dict[str, Filled],
        tokens: dict[str, Any],
    ) -> Job:
        made, policy = made_in(inputs.values()), self.world.policy
        known = (bool(policy) or not computes(spec)) and all(source.key for source in made)
        lasts = known and self._lasts(node_id, spec, len(made))
        text = key_text(spec, tokens, policy if computes(spec) else "") if known else ""
        return Job(
            node_id,
            title,
            spec,
            digest_of_text(text) if known else "",
            inputs,
            tokens,
            other=tuple(self._unlinked.other),
            recipe=recipe_of(text, inputs) if lasts else None,
            needs=tuple(source.node for source in made),
        )

    def _lasts(self, node_id: str, spec: NodeSpec, made: int) -> bool:
        """Say whether all that is typed stays while the node does: no files, nothing folded."""
        if spec.id not in self._reading:
            self._reading[spec.id] = any(map(reads, spec.inputs))
        links = self.graph.links_to(node_id)  # of two to one input, their order says which counts
        if self._reading[spec.id] or len(links) != made:
            return False
        return not any((link.source, link.output) in self.folded for link in links)

    def _frozen(self, node: Node, job: Job) -> Job:
        if node.mode != "frozen":
            return job
        if node.frozen and self.world.held([node.frozen]):
            job = replace(job, key=node.frozen, frozen=True)
        return replace(job, recipe=None)  # whether its result is held is asked each time

    def _fill(
        self,
        node_id: str,
        node: Node,
        spec: NodeSpec,
        held: Job | None,
        inputs: dict[str, Filled],
        tokens: dict[str, Any],
    ) -> None:
        linked = self.graph.inputs_of(node_id)
        # Files come last: which of a folder count is said by another parameter, perhaps by a link.
        for item in sorted(spec.inputs, key=reads):
            links = linked.get(item.name)
            if links and item.many:
                sources = tuple(coerced(item, self._source(link)) for link in links)
                inputs[item.name], tokens[item.name] = sources, list(map(token_of, sources))
            elif links:
                source = coerced(item, self._source(links[0]))
                inputs[item.name], tokens[item.name] = source, token_of(source)
            elif held and item.name in held.tokens and not reads(item):
                name = item.name
                inputs[name], tokens[name] = held.inputs[name], held.tokens[name]
            else:
                inputs[item.name], tokens[item.name] = self._unlinked.of(item, node, inputs)

    def _held(self, node_id: str, node: Node, spec: NodeSpec | None) -> Job | None:
        """Return the job that the very same node had before, with the same inputs linked."""
        if self._before.graph.nodes.get(node_id) is not node or node_id in self._relinked:
            return None
        job = self._before.jobs.get(node_id)
        return job if job and job.spec is spec else None

    def _source(self, link: Link) -> Source:
        folded = self.folded.get((link.source, link.output))
        if folded is not None:
            return folded
        job = self.jobs.get(link.source)
        if job is None:
            raise MissingInputError(
                f"{link.source} is not there or is part of a cycle",
                fix=f"link something else to {link.input}",
                place=Place(link.target, link.input),
            )
        return Made(link.source, link.output, job.key)

    def _fold(self, node_id: str, spec: NodeSpec, inputs: Mapping[str, Filled]) -> bool:
        """Fold a literal node or a switch; say whether that settled it."""
        made = fold(spec, inputs)
        for name, source in (made or {}).items():
            self.folded[node_id, name] = source
        return made is not None


def _unknown(node: Node, node_id: str) -> StudioError:
    return UnknownNodeError(
        f"no installed pack has the node type {node.type!r}",
        fix="install its pack, or remove the node",
        place=Place(node_id),
    )
