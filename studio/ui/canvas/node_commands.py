"""Commands on nodes: delete, replace, name, colour, modes, and how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from PySide6.QtCore import QPoint

from studio.canvas.edits import links, look, nodes
from studio.canvas.layout import hides_unused
from studio.core.graph import Graph, Mode
from studio.core.view import Layout
from studio.ui.canvas.chosen import Command, Commands
from studio.ui.canvas.help_card import show_help
from studio.ui.looks.hues import HUES

_MODES: dict[str, tuple[Mode, str]] = {
    "mute": ("muted", "Mute"), "bypass": ("bypassed", "Bypass"), "freeze": ("frozen", "Freeze"),
}  # fmt: skip


class NodeCommands(Commands):
    """What the ``node.`` actions do."""

    def table(self) -> Iterator[Command]:
        """Name what each command does."""
        adding = self.canvas.adding
        yield Command("canvas.add", adding.ask_at_pointer, self.has_document)
        yield Command("node.replace", lambda: adding.ask_replacement(self.nodes), self.has_nodes)
        yield Command("node.delete", partial(self._delete, heal=True), self.has_choice)
        yield Command("node.delete_only", partial(self._delete, heal=False), self.has_choice)
        yield Command("node.extract", self._extract, self.has_nodes)
        yield Command("node.rename", self._rename, self.has_choice)
        yield Command("node.comment", self._comment, self.has_nodes)
        yield Command("node.help", self._help, self.has_nodes)
        yield Command("node.reset", self._reset, self.has_nodes)
        yield Command("node.reset_field", self._reset_field, self.has_end)
        for name, (mode, text) in _MODES.items():
            does = partial(self._turn, mode, text)
            yield Command(f"node.{name}", does, self.has_nodes, partial(self._are, mode))
        yield from self._drawn()
        for color in ("none", *HUES):
            does = partial(self._color, None if color == "none" else color)
            yield Command(f"node.color.{color}", does, self.has_choice)

    def _drawn(self) -> Iterator[Command]:
        shown: dict[str, tuple[str, str, Callable[[Layout], bool]]] = {
            "collapse": ("collapsed", "Collapse", lambda held: held.collapsed),
            "hide_preview": ("preview", "Hide preview", lambda held: not held.preview),
            "pin": ("pinned", "Pin", lambda held: held.pinned),
        }
        for name, (field, text, is_on) in shown.items():
            does = partial(self._change, text, partial(_toggled, field))
            yield Command(f"node.{name}", does, self.has_nodes, partial(self._look_all, is_on))
        hide = partial(self._change, "Hide unused sockets", look.unused_hidden)
        yield Command(
            "node.hide_unused", hide, self.has_nodes, partial(self._look_all, hides_unused)
        )

    def _delete(self, *, heal: bool) -> None:
        """Delete what is chosen, as one step."""
        stage, chosen = self.stage, self.stage.state.selection
        gone, graph = self.nodes, stage.graph
        if chosen.links:
            graph = graph.without_links(*chosen.links)
        if gone and heal:
            graph = nodes.deleted_and_healed(graph, gone, stage.spec_of)
        elif gone:
            graph = nodes.deleted(graph, gone)
        # Deleted nodes may take frames along, so frames go by what they are, not by their numbers.
        frames = [stage.graph.view.frames[index] for index in chosen.frames]
        left = {k for k, frame in enumerate(graph.view.frames) if any(frame is f for f in frames)}
        graph = look.unframed(graph, left) if left else graph
        graph = look.without_notes(graph, chosen.notes) if chosen.notes else graph
        stage.edit("Delete", graph)

    def _extract(self) -> None:
        stage = self.stage
        stage.edit("Pull out", links.healed(stage.graph, self.nodes, stage.spec_of))

    def _rename(self) -> None:
        chosen, editors = self.stage.state.selection, self.canvas.editors
        if chosen.frames and not chosen.nodes:
            editors.rename_frame(min(chosen.frames))
        elif chosen.notes and not chosen.nodes:
            editors.open_note(min(chosen.notes))
        elif self.nodes:
            editors.rename_node(self.nodes[0])

    def _comment(self) -> None:
        self.canvas.editors.comment(self.nodes[0])

    def _help(self) -> None:
        node = self.nodes[0]
        spec = self.stage.spec_of(self.graph.nodes[node].type)
        if spec:
            left, top = self.canvas.camera.to_widget(self.stage.scene.rect(node)[:2])
            at = self.canvas.mapToGlobal(QPoint(round(left), round(top)))
            show_help(spec, at, self.canvas)

    def _reset(self) -> None:
        graph = self.graph
        for node in self.nodes:
            for name in graph.nodes[node].params:
                graph = nodes.without_param(graph, [node], name, self.stage.spec_of)
        self.stage.edit("Reset to defaults", graph)

    def _reset_field(self) -> None:
        end = self.end
        if end:
            found = nodes.without_param(self.graph, [end.node], end.name, self.stage.spec_of)
            self.stage.edit(f"Reset {end.name}", found)

    def _turn(self, mode: Mode, text: str) -> None:
        chosen, keys = self.nodes, {}
        if mode == "frozen":
            document, session = self.canvas.document, self.canvas.studio.session
            assert document is not None
            keys = {node: session.key(document, document.prefix + node) for node in chosen}
            made = self._are(mode)
            chosen = tuple(node for node in chosen if made or keys[node])
            if not chosen:
                self.stage.say("Nothing to freeze yet; run the node once")
                return
        self.stage.edit(text, nodes.toggled(self.graph, chosen, mode, keys))

    def _are(self, mode: Mode) -> bool:
        return self.has_nodes() and all(self.graph.nodes[node].mode == mode for node in self.chosen)

    def _change(self, text: str, change: Callable[[Graph, Collection[str]], Graph]) -> None:
        self.stage.edit(text, change(self.graph, self.nodes))

    def _look_all(self, is_on: Callable[[Layout], bool]) -> bool:
        return self.has_nodes() and all(is_on(self.stage.scene.look(node)) for node in self.chosen)

    def _color(self, color: str | None) -> None:
        graph, chosen = self.graph, self.stage.state.selection
        if chosen.nodes:
            graph = look.with_layout(graph, chosen.nodes, color=color)
        for index in chosen.frames:
            graph = look.with_frame(graph, index, color=color)
        self.stage.edit("Colour", graph)


def _toggled(field: str, graph: Graph, chosen: Collection[str]) -> Graph:
    return look.toggled(graph, chosen, field)
