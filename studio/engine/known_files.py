"""Graphs that name files and folders by content as well as by path, so that moved ones are found.

Reads what the disk says of files, so a window does it in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.folding import Filled, Given
from studio.core.graph import Graph, Node
from studio.core.registry import Registry
from studio.core.spec import Input
from studio.core.sub_graphs import specs
from studio.core.types import SpecOf
from studio.core.widgets import FileRef, ModelFile, Widget, plain
from studio.engine.fingerprint import Fingerprints
from studio.engine.unlinked import PATTERN, pattern_of

Find = Callable[[FileRef], Path]
"""Returns where a file is that a graph names, or raises a `StudioError`."""


def with_digests(
    graph: Graph,
    registry: Registry,
    find: Find,
    fingerprints: Fingerprints,
    kinds: tuple[type[Widget], ...] = (ModelFile,),
) -> Graph:
    """Return a graph in which files and folders have their digests, as far as somebody read them.

    A digest that a graph has stays: it says which content the graph was made with. Nothing is read
    here but what the file system says of a file. Where a link or a sub-graph says which files of a
    folder count, it is known by those that a run took.

    Args:
        graph: The graph.
        registry: Tells which parameters are files.
        find: Finds the file that the graph names.
        fingerprints: What is known of the content of files.
        kinds: Which files. A picture that a graph reads may be edited as people like, so only what
            says how something was made names its content.
    """
    fill = _Fill(specs(graph, registry), find, fingerprints, kinds)
    graphs = {
        key: replace(item, graph=fill.nodes(item.graph)) for key, item in graph.graphs.items()
    }
    whole = fill.nodes(graph)
    return replace(whole, graphs=graphs) if fill.changed else graph


class _Fill:
    """Puts digests into nodes, and notes whether it changed any."""

    def __init__(
        self,
        spec_of: SpecOf,
        find: Find,
        fingerprints: Fingerprints,
        kinds: tuple[type[Widget], ...],
    ) -> None:
        self.changed = False
        self._spec_of = spec_of
        self._find = find
        self._fingerprints = fingerprints
        self._kinds = kinds
        self._files: dict[str, tuple[Input, ...]] = {}
        self._found: dict[tuple[FileRef, str], FileRef] = {}

    def nodes(self, graph: Graph) -> Graph:
        """Return a graph whose nodes have the digests of their files."""
        made = {key: self._node(node, graph.inputs_of(key)) for key, node in graph.nodes.items()}
        found = {key: node for key, node in made.items() if node}
        self.changed |= bool(found)
        return replace(graph, nodes={**graph.nodes, **found}) if found else graph

    def _node(self, node: Node, linked: Container[str]) -> Node | None:
        params = dict[str, object]()
        for item in self._inputs(node.type):
            with suppress(TypeError):  # another rule says that it is no file
                ref = replace(item, type="file").coerce(node.params.get(item.name) or "")
                full = self._full(ref, pattern_of(item, self._beside(node, linked)))
                if full != ref:
                    params[item.name] = plain(full)
        return replace(node, params={**node.params, **params}) if params else None

    def _inputs(self, kind: str) -> Iterable[Input]:
        if kind not in self._files:
            spec = self._spec_of(kind)
            inputs = spec.inputs if spec else ()
            self._files[kind] = tuple(one for one in inputs if isinstance(one.widget, self._kinds))
        return self._files[kind]

    def _beside(self, node: Node, linked: Container[str]) -> dict[str, Filled]:
        """Return what a node says of the files of a folder, as far as that is typed."""
        spec = self._spec_of(node.type)
        item = spec.input(PATTERN) if spec else None
        if item is None or PATTERN in linked:
            return {}
        return {PATTERN: Given(node.params.get(PATTERN, item.default))}

    def _full(self, ref: FileRef, pattern: str) -> FileRef:
        if not ref.path or ref.blake3:
            return ref
        if (ref, pattern) not in self._found:
            self._found[ref, pattern] = replace(ref, blake3=self._digest(ref, pattern))
        return self._found[ref, pattern]

    def _digest(self, ref: FileRef, pattern: str) -> str:
        with suppress(StudioError, OSError):
            path = self._find(ref)
            for one in (pattern, *self._fingerprints.patterns(path)):
                if self._fingerprints.knows(path, one):
                    return self._fingerprints.of(path, one)
        return ""
