"""Commands on the graph: clipboard, links, arranging, frames and notes, sub-graphs, export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtGui import QGuiApplication

from studio.canvas import arrange
from studio.canvas.arrange import Side
from studio.canvas.edits import dissolve, links, look, nodes, ports, reroutes, sub_graphs
from studio.canvas.fits import End
from studio.canvas.state import Point, Selection
from studio.canvas.tools.links import place_of
from studio.core import assets, ends
from studio.core.clipboard import copied, pasted
from studio.core.graph import Graph, Link
from studio.files import atomic_write
from studio.ui.canvas.chosen import Command, Commands
from studio.ui.canvas.exporting import Export
from studio.ui.documents import trails

_BESIDE = (40.0, 40.0)
_EDGES: tuple[Side, ...] = ("left", "right", "top", "bottom")
_AXES: tuple[Literal["across", "down"], ...] = ("across", "down")


class GraphCommands(Commands):
    """What the ``edit.``, ``link.``, ``graph.``, ``frame.`` and ``subgraph.`` actions do."""

    def table(self) -> Iterator[Command]:
        """Name what each command does."""
        yield from self._clipboard()
        yield from self._links()
        yield from self._arranging()
        yield from self._scenery()
        yield from self._sub_graphs()

    # --- Clipboard ---

    def _clipboard(self) -> Iterator[Command]:
        yield Command("edit.copy", self._copy, self._has_copies)
        yield Command("edit.cut", self._cut, self._has_copies)
        yield Command("edit.paste", partial(self._paste, False), self._has_text)
        yield Command("edit.paste_linked", partial(self._paste, True), self._has_text)
        yield Command("edit.duplicate", partial(self._duplicate, False), self._has_copies)
        yield Command("edit.duplicate_linked", partial(self._duplicate, True), self._has_copies)

    def _has_copies(self) -> bool:
        return bool(self._carried or self._notes)

    @property
    def _carried(self) -> frozenset[str]:
        return look.carried(self.graph, self.stage.state.selection)

    @property
    def _notes(self) -> frozenset[int]:
        return self.stage.state.selection.notes

    def _copy(self) -> None:
        content = partial(assets.content, self._file)
        text = copied(self.graph, self._carried, content, self._notes)
        QGuiApplication.clipboard().setText(text)

    def _cut(self) -> None:
        self._copy()
        found = nodes.deleted(self.graph, self._carried)
        self.stage.edit("Cut", look.without_notes(found, self._notes))

    def _has_text(self) -> bool:
        held = QGuiApplication.clipboard().mimeData()
        # Without anything in the clipboard some systems give nothing to ask.
        return self.has_document() and bool(held and held.hasText())

    def _paste(self, linked: bool) -> None:
        text, file = QGuiApplication.clipboard().text(), self._file
        graph, new = pasted(
            self.graph, text, at=self.pointer, registry=self.stage.registry, keep_links=linked,
            keep_assets=lambda part: assets.unpacked(part, file, atomic_write),
        )  # fmt: skip
        self._put("Paste", graph, new)

    @property
    def _file(self) -> Path:
        """The file beside which the assets of the graph are kept."""
        document = self.stage.document
        assert document is not None
        return document.file

    def _duplicate(self, incoming: bool) -> None:
        graph, new = nodes.duplicated(
            self.graph, self._carried, _BESIDE, incoming=incoming, notes=self._notes
        )
        self._put("Duplicate", graph, new)

    def _put(self, name: str, graph: Graph, new: Iterable[str]) -> None:
        """Take a graph with copies in it, the last of its notes among them, and choose them."""
        written = range(len(self.graph.view.notes), len(graph.view.notes))
        self.stage.edit(name, graph)
        self.stage.select(Selection(frozenset(new), notes=frozenset(written)))

    # --- Links ---

    def _links(self) -> Iterator[Command]:
        yield Command("link.in_order", self._link_in_order, self.has_several)
        yield Command("link.cut", self._arm_cut, self.has_document)
        yield Command("link.disconnect", self._disconnect, lambda: bool(self._ends()))
        yield Command("link.reroute", self._reroute, self.has_links)
        yield Command("link.straighten", self._straighten_links, self.has_links)
        yield Command("link.insert", self._insert, self.has_links)

    def _link_in_order(self) -> None:
        scene, stage = self.stage.scene, self.stage
        ordered = sorted(self.nodes, key=lambda node: scene.rect(node)[:2])
        found = links.linked_in_order(stage.graph, ordered, stage.spec_of, stage.facts)
        stage.edit("Link in order", found)

    def _arm_cut(self) -> None:
        self.canvas.held.armed.add("X")
        self.stage.say("Drag across the links to cut, Esc: not")

    def _ends(self) -> list[End]:
        """Return the socket that is meant, or all sockets of the chosen nodes."""
        if self.end:
            return [self.end]
        graph = self.graph
        return [
            end
            for node in self.nodes
            for end in links.ends_of(node, self.stage.spec_of(graph.nodes[node].type))
        ]

    def _disconnect(self) -> None:
        graph = self.graph
        for end in self._ends():
            graph = links.disconnected(graph, end)
        self.stage.edit("Break links", graph)

    def _reroute(self) -> None:
        link = self.links[0]
        start, end = self._ends_of(link)
        at = self.pointer
        if not self.canvas.target.link:
            at = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        graph, _ = reroutes.added(self.graph, link, at, (start, end))
        self.stage.edit("Add reroute", graph)

    def _ends_of(self, link: Link) -> tuple[Point, Point]:
        source = End(link.source, link.output, "output")
        target = End(link.target, link.input, "input")
        return place_of(self.stage, source), place_of(self.stage, target)

    def _straighten_links(self) -> None:
        graph = self.graph
        for link in self.links:
            graph = reroutes.with_points(graph, link, ())
        self.stage.edit("Remove reroutes", graph)

    def _insert(self) -> None:
        self.canvas.adding.ask_insertion(self.links[0])

    # --- Arranging ---

    def _arranging(self) -> Iterator[Command]:
        scene = self.stage
        for edge in _EDGES:
            places = partial(self._aligned, edge)
            does = partial(self._move, "Align", places)
            yield Command(f"graph.align_{edge}", does, self.has_several)
        for axis in _AXES:
            does = partial(self._move, "Distribute", partial(self._distributed, axis))
            yield Command(f"graph.distribute_{axis}", does, self.has_several)
        yield Command(
            "graph.straighten",
            partial(self._move, "Straighten", lambda: arrange.straighten(scene.scene, self.nodes)),
            self.has_nodes,
        )
        yield Command(
            "graph.arrange", lambda: self._arrange("Arrange", self.nodes), self.has_several
        )
        yield Command(
            "graph.arrange_all",
            lambda: self._arrange("Arrange all", scene.scene.ids),
            self.has_document,
        )

    def _arrange(self, name: str, nodes: Iterable[str]) -> None:
        """Put nodes in columns, and lead the links among them anew."""
        places = arrange.auto_layout(self.stage.scene, nodes)
        self.stage.edit(name, look.moved(reroutes.straight(self.graph, places), places))

    def _aligned(self, edge: Side) -> dict[str, Point]:
        return arrange.align(self.stage.scene, self.nodes, edge)

    def _distributed(self, axis: Literal["across", "down"]) -> dict[str, Point]:
        return arrange.distribute(self.stage.scene, self.nodes, axis)

    def _move(self, name: str, places: Callable[[], Mapping[str, Point]]) -> None:
        self.stage.edit(name, look.moved(self.graph, places()))

    # --- Frames, notes, export ---

    def _scenery(self) -> Iterator[Command]:
        yield Command("graph.note", self._note, self.has_document)
        yield Command("frame.add", self._frame, self.has_nodes)
        yield Command("frame.dissolve", self._unframe, self._has_frames)
        yield Command("graph.export_png", partial(self._export, "png"), self.has_document)
        yield Command("graph.export_svg", partial(self._export, "svg"), self.has_document)

    def _note(self) -> None:
        graph, index = look.noted(self.graph, self.pointer)
        self.stage.edit("Add note", graph)
        self.canvas.editors.open_note(index)

    def _frame(self) -> None:
        graph = look.framed(self.graph, self.nodes, "Frame")
        self.stage.edit("Add frame", graph)
        self.canvas.editors.rename_frame(len(graph.view.frames) - 1)

    def _has_frames(self) -> bool:
        return bool(self.stage.state.selection.frames)

    def _unframe(self) -> None:
        self.stage.edit(
            "Remove frame", look.unframed(self.graph, self.stage.state.selection.frames)
        )

    def _export(self, kind: str) -> None:
        """Ask where to, and write the whole graph as a picture."""
        document = self.canvas.document
        assert document is not None
        studio = self.canvas.studio
        start = (document.path or Path.home() / document.title).with_suffix(f".{kind}")
        filters = [(f"{kind.upper()} picture", [f"*.{kind}"])]
        studio.questions.save_file("Export graph", str(start), filters, self._write)

    def _write(self, path: Path) -> None:
        Export(self.canvas, path)

    # --- Sub-graphs ---

    def _sub_graphs(self) -> Iterator[Command]:
        yield Command("subgraph.make", self._make, self.has_nodes)
        yield Command("subgraph.dissolve", self._dissolve, self._has_sub_graph)
        yield Command("subgraph.enter", self._enter, self._has_sub_graph)
        yield Command("subgraph.leave", self._leave, self._is_inside)
        yield Command("subgraph.promote", self._promote, self._can_promote)
        yield Command("subgraph.demote", self._demote, lambda: self._port() is not None)

    def _users(self) -> list[str]:
        return [node for node in self.nodes if self.graph.nodes[node].sub_graph]

    def _has_sub_graph(self) -> bool:
        return bool(self._users())

    def _is_inside(self) -> bool:
        return self.canvas.document is not None and bool(self.canvas.document.trail)

    def _inside(self) -> str:
        """Return the id of the sub-graph that is shown; empty: it is the document's own graph."""
        document = self.canvas.document
        return trails.definition(document.graph, document.trail) if document else ""

    def _make(self) -> None:
        graph, node = sub_graphs.made(
            self.graph, self.nodes, "Sub-graph", self.stage.spec_of, self._inside()
        )
        self.stage.edit("Make sub-graph", graph)
        self.stage.select(Selection(frozenset({node})))

    def _dissolve(self) -> None:
        graph = self.graph
        new: list[str] = []
        for user in self._users():
            graph, inner = dissolve.dissolved(graph, user, self.stage.spec_of, self._inside())
            new += inner
        self.stage.edit("Dissolve sub-graph", graph)
        self.stage.select(Selection(frozenset(new)))

    def _enter(self) -> None:
        if self.canvas.document:
            self.canvas.document.enter(self._users()[0])

    def _leave(self) -> None:
        if self.canvas.document:
            self.canvas.document.leave()

    def _can_promote(self) -> bool:
        return self._is_inside() and self.end is not None and self._port() is None

    def _promote(self) -> None:
        document, end = self.canvas.document, self.end
        if document and end:
            root, _ = ports.promoted(document.graph, document.trail, end, self.stage.spec_of)
            document.edit(f"Show {end.name} on the sub-graph", root)

    def _demote(self) -> None:
        document, end, port = self.canvas.document, self.end, self._port()
        if document and end and port is not None:
            root = ports.demoted(document.graph, document.trail, end.side, port)
            document.edit(f"Take {end.name} off the sub-graph", root)

    def _port(self) -> str | None:
        """Return the port of the sub-graph that shows the socket or field that is meant."""
        document, end = self.canvas.document, self.end
        if document is None or end is None or not document.trail:
            return None
        name = ports.definition_of(document.graph, document.trail)
        held = ports.ports_of(document.graph.graphs[name], end.side)
        text = ends.join(end.node, end.name)
        return next((key for key, port in held.items() if text in port.ends), None)
