"""Whatever is edited, and whatever changes around: keys made after others are those made alone."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from studio.core.errors import CycleError, LinkError
from studio.core.expand import expand
from studio.core.graph import SUB_GRAPH, Graph, Link, Mode, Node, Port, SubGraph
from studio.core.modes import effective
from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.engine.fingerprint import Fingerprints
from studio.engine.keys import Keyed, World, keys
from tests.counts import count
from tests.engine.cheap import graph_of
from tests.engine.test_keys import REGISTRY

OUTPUTS = {
    "grey": "image", "add": "image", "mean": "image", "slow": "image", "seeded": "image",
    "stand_in": "image", "switch": "value", "value": "value", "scale": "value", "text": "value",
    "file": "value", "folder": "images", "numbers": "values", "inner": "out",
}  # fmt: skip
INPUTS = {
    "add": ("image", "image", "other", "amount", "count", "label"),
    "mean": ("images[0]", "images[1]"),
    "slow": ("image", "steps"),
    "seeded": ("image", "seed"),
    "stand_in": ("image",),
    "switch": ("inputs[0]", "inputs[1]", "choice"),
    "value": ("value",),
    "scale": ("value",),
    "folder": ("pattern",),
    "inner": ("in",),
}
VALUES: dict[str, tuple[Any, ...]] = {
    "level": (0, 0.0, 0.5),
    "amount": (0, 0.1, 1.0),
    "count": (0, 1, 2.0),
    "label": ("", '"image":{"made":"', "\ud83d\ude00é"),
    "soft": (True, False),
    "value": (0, 1.0, "*.txt", "*.md"),
    "choice": (0,),
    "seed": (0, 2**40),
    "file": ("a", "b"),
    "folder": ("in", "out"),
    "pattern": ("*.txt", "*"),
    "steps": (1, 2),
    "size": (2, 3),
    "up": (0.2, 0.3),
}
WRONG = (("amount", 99), ("count", "two"), ("choice", 99), ("file", "not there"))
INNER = SubGraph(
    "Inner",
    {"in": Port("in", "Image", ("a.image",)), "up": Port("up", "float", ("a.amount",))},
    {"out": Port("out", "Image", ("b.image",))},
    graph_of({"a": Node("test.add"), "b": Node("test.slow")}, "a.image -> b.image"),
)


@dataclass
class Around:
    """What keys depend on beside the graph, and what changes it."""

    folder: Path
    random: Random
    root: str = "one"
    policy: str = "p"
    registry: Registry = REGISTRY
    prints: Fingerprints = field(default_factory=Fingerprints)
    held: set[str] = field(default_factory=set)

    def change(self) -> None:
        self.random.choice(
            (self._write, self._write, self._move, self._decide, self._reload, self._keep)
        )()

    def world(self) -> World:
        root, held = self.folder / self.root, frozenset(self.held)

        def resolve(ref: FileRef) -> Path:
            return root / ref.path

        def holds(wanted: Iterable[str]) -> set[str]:
            return set(wanted) & held

        return World(self.registry, self.prints, resolve, self.policy, holds)

    def _write(self) -> None:
        name = self.random.choice(("a", "b", "face.onnx", "in/1.txt", "in/2.md", "in/deep/3.txt"))
        path = self.folder / self.random.choice(("one", "two")) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and self.random.random() < 0.3:
            path.unlink()
        else:
            path.write_text(str(self.random.randrange(4)))

    def _move(self) -> None:
        self.root = self.random.choice(("one", "two"))

    def _decide(self) -> None:
        self.policy = self.random.choice(("", "p", "q"))

    def _reload(self) -> None:
        """Load the node types anew: some as they were, one in another version, one not at all."""
        self.registry = Registry()
        odd, gone = (self.random.choice([*OUTPUTS, ""]) for _ in range(2))
        for spec in REGISTRY.specs.values():
            if spec.id != f"test.{gone}":
                self.registry.add(replace(spec, version=2 if spec.id == f"test.{odd}" else 1))

    def _keep(self) -> None:
        self.held = set(self.random.choices(("k1", "k2"), k=2))
        self.prints = Fingerprints()


class Edits:
    """Random edits of a graph, of which each may be taken back."""

    def __init__(self, random: Random) -> None:
        self.random = random
        kinds = [*OUTPUTS, *INPUTS]
        nodes = {f"n{i}": self._node(kinds[i % len(kinds)]) for i in range(30)}
        self.graph = Graph(nodes, graphs={"inner": INNER})
        for node in nodes:
            self._feed(node)
        self.past = [self.graph]

    def step(self) -> Graph:
        """Edit the graph once and return it."""
        rare = (self._unlink, self._mode, self._swap, self._drop, self._turn, self._undo)
        self.random.choice(
            (*[self._value] * 6, *[self._link] * 3, self._inside, self._spoil, *rare)
        )()
        self.past = [self.past[0], *self.past[-20:], self.graph]
        return self.graph

    def _node(self, kind: str) -> Node:
        params = {"file": {"file": "a"}, "folder": {"folder": "in"}}.get(kind, {})
        return Node(f"{SUB_GRAPH}inner" if kind == "inner" else f"test.{kind}", params=params)

    def _feed(self, node: str) -> None:
        """Link what a node cannot do without."""
        for end in INPUTS.get(self._kind(node), ()):
            before = f"n{max(0, self._place(node) - 1 - self.random.randrange(3))}"
            makes = before in self.graph.nodes and OUTPUTS[self._kind(before)] == "image"
            if end in ("image", "images[0]", "inputs[0]", "in") and before != node:
                self._join(f"{before if makes else 'n0'}.image -> {node}.{end}")

    def _any(self) -> str:
        return self.random.choice([*self.graph.nodes])

    def _place(self, node: str) -> int:
        return int(node[1:])

    def _kind(self, node: str) -> str:
        return self.graph.nodes[node].type.rpartition(".")[2].removeprefix(SUB_GRAPH)

    def _link(self) -> None:
        near = self.random.random() < 0.9  # mostly forwards, so that few nodes are in circles
        source, target = sorted((self._any(), self._any()), key=self._place if near else str)
        if source != target and (ends := INPUTS.get(self._kind(target))):
            self._join(
                f"{source}.{OUTPUTS[self._kind(source)]} -> {target}.{self.random.choice(ends)}"
            )

    def _join(self, text: str) -> None:
        link = Link.parse(text)
        if self.random.random() < 0.1:  # as somebody may have written it: perhaps a second one
            self._relink((*self.graph.links, link))
            return
        with suppress(CycleError, LinkError):
            self.graph = self.graph.with_link(link)

    def _relink(self, links: tuple[Link, ...]) -> None:
        self.graph = replace(self.graph, links=links, _cache={})

    def _unlink(self) -> None:
        if self.graph.links:
            self.graph = self.graph.without_links(self.random.choice(self.graph.links))

    def _turn(self) -> None:
        links = list(self.graph.links)
        self.random.shuffle(links)
        self._relink(tuple(replace(link) if self.random.random() < 0.5 else link for link in links))

    def _value(self) -> None:
        node = self._any()
        spec = REGISTRY.spec(self.graph.nodes[node].type)
        known = [item.name for item in spec.inputs if item.name in VALUES] if spec else ["up"]
        if known:
            name = self.random.choice(known)
            self.graph = self.graph.with_param(node, name, self.random.choice(VALUES[name]))

    def _spoil(self) -> None:
        self.graph = self.graph.with_param(self._any(), *self.random.choice(WRONG))

    def _mode(self) -> None:
        mode: Mode = self.random.choice(("on", "on", "muted", "bypassed", "frozen"))
        kept = self.random.choice(("k1", "k2")) if mode == "frozen" else ""
        self.graph = self.graph.with_mode(self._any(), mode, kept)

    def _swap(self) -> None:
        node = self._any()
        self.graph = self.graph.with_node(node, self._node(self.random.choice([*OUTPUTS])))
        self._feed(node)

    def _drop(self) -> None:
        gone = self._any()
        nodes = {key: node for key, node in self.graph.nodes.items() if key != gone}
        self.graph = replace(self.graph, nodes=nodes, _cache={})

    def _inside(self) -> None:
        item = self.graph.graphs["inner"]
        amount = self.random.choice(VALUES["amount"])
        inner = replace(item, graph=item.graph.with_param("a", "amount", amount))
        self.graph = self.graph.with_graph("inner", inner)

    def _undo(self) -> None:
        self.graph = self.random.choice((self.past[0], *self.past))


def said(found: Keyed) -> list[str]:
    """Return all that keys say, so that it can be compared."""
    jobs = [f"{job} {job.error and job.error.place}" for job in found.jobs.values()]
    return [*jobs, f"{found.folded} {found.policy}"]


@pytest.mark.parametrize("seed", range(count(3, 60)))
def test_keys_made_after_others_are_those_made_alone_whatever_is_edited(
    tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    around, edits = Around(tmp_path, random), Edits(random)
    before: Keyed | None = None
    for _ in range(100):
        graph = edits.step()
        if random.random() < 0.2:
            around.change()
        world = around.world()
        whole = effective(expand(graph, world.registry), world.registry.spec).graph
        before = keys(whole, world, before=before)
        assert said(before) == said(keys(whole, world))
