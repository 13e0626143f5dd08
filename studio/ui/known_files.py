"""Graphs that name their models by content as well as by path, so that renamed ones are found.

No Qt; reads what the disk says of files, so it is for a thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from studio.core.errors import StudioError
from studio.core.graph import Graph, Node
from studio.core.registry import Registry
from studio.core.spec import Input
from studio.core.sub_graphs import specs
from studio.core.types import SpecOf
from studio.core.widgets import FileRef, ModelFile, plain
from studio.engine.fingerprint import Fingerprints
from studio.roots import Roots


def with_digests(
    graph: Graph, registry: Registry, roots: Roots, fingerprints: Fingerprints
) -> Graph:
    """Return a graph in which models have their digests, as far as somebody read the files.

    A digest that a graph has stays: it says which content the graph was made with. Nothing is read
    here but what the file system says of a file.

    Args:
        graph: The graph.
        registry: Tells which parameters are models.
        roots: The folders that the graph names files in.
        fingerprints: What is known of the content of files.
    """
    fill = _Fill(specs(graph, registry), roots, fingerprints)
    graphs = {
        key: replace(item, graph=fill.nodes(item.graph)) for key, item in graph.graphs.items()
    }
    whole = fill.nodes(graph)
    return replace(whole, graphs=graphs) if fill.changed else graph


class _Fill:
    """Puts digests into nodes, and notes whether it changed any."""

    def __init__(self, spec_of: SpecOf, roots: Roots, fingerprints: Fingerprints) -> None:
        self.changed = False
        self._spec_of = spec_of
        self._roots = roots
        self._fingerprints = fingerprints
        self._models: dict[str, tuple[Input, ...]] = {}
        self._found: dict[FileRef, FileRef] = {}

    def nodes(self, graph: Graph) -> Graph:
        """Return a graph whose nodes have the digests of their models."""
        found = {key: made for key, node in graph.nodes.items() if (made := self._node(node))}
        self.changed |= bool(found)
        return replace(graph, nodes={**graph.nodes, **found}) if found else graph

    def _node(self, node: Node) -> Node | None:
        params = dict[str, object]()
        for item in self._inputs(node.type):
            with suppress(TypeError):  # another rule says that it is no file
                ref = replace(item, type="file").coerce(node.params.get(item.name) or "")
                full = self._full(ref)
                if full != ref:
                    params[item.name] = plain(full)
        return replace(node, params={**node.params, **params}) if params else None

    def _inputs(self, kind: str) -> Iterable[Input]:
        if kind not in self._models:
            spec = self._spec_of(kind)
            inputs = spec.inputs if spec else ()
            self._models[kind] = tuple(one for one in inputs if isinstance(one.widget, ModelFile))
        return self._models[kind]

    def _full(self, ref: FileRef) -> FileRef:
        if not ref.path or ref.blake3:
            return ref
        if ref not in self._found:
            self._found[ref] = replace(ref, blake3=self._digest(ref))
        return self._found[ref]

    def _digest(self, ref: FileRef) -> str:
        with suppress(StudioError, OSError):
            path = self._roots.resolve(ref)
            if path.is_file() and self._fingerprints.knows(path):
                return self._fingerprints.of(path)
        return ""
