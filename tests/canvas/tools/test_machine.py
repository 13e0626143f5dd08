"""Random gestures, one after the other, keep the graph valid."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from studio.canvas.edits import dissolve, links, look, nodes, sub_graphs
from studio.core import check
from studio.core.document import read, write
from studio.core.errors import GraphError
from studio.core.expand import expand
from studio.core.graph import Graph
from tests.canvas.stage import REGISTRY, FakeStage
from tests.canvas.test_fits import TYPES
from tests.counts import count

BUTTONS = st.sampled_from(["left", "left", "left", "right", "middle"])
KEYS = st.sampled_from(["", "", "", "Ctrl", "Shift", "Alt", "Space", "X"])
points = st.tuples(st.floats(-200, 1800), st.floats(-200, 900))
# What may be wrong after edits alone: things missing, unused, muted, never what does not fit.
BROKEN = {"G002", "G003", "G004", "G005", "G009", "G010", "G014", "G015", "G016", "G017"}


class Gesturing(RuleBasedStateMachine):
    """A hand that does anything anywhere."""

    @initialize(kinds=st.lists(st.sampled_from(TYPES), min_size=2, max_size=6))
    def fill(self, kinds: list[str]) -> None:
        graph = Graph()
        for place, kind in enumerate(kinds):
            spec = REGISTRY.specs[kind]
            graph, _ = nodes.added(graph, spec, (260.0 * place, 40.0 * (place % 3)))
        graph, _ = look.noted(graph, (0.0, 500.0), "note")
        self.stage = FakeStage(graph)

    def spots(self) -> list[tuple[float, float]]:
        """Return where something is: sockets, headers, fields, edges, reroutes, frames, notes."""
        stage, found = self.stage, [(0.0, 2000.0)]
        for key in stage.scene.ids:
            layout, rect = stage.scene.layout(key), stage.scene.rect(key)
            found += [(rect[0] + one.at[0], rect[1] + one.at[1]) for one in layout.sockets]
            found += [stage.header(key), (rect[2], (rect[1] + rect[3]) / 2)]
            found += [stage.field(key, row.name) for row in layout.rows]
        found += [at for points in stage.graph.view.reroutes.values() for at in points]
        for index in range(len(stage.graph.view.frames)):
            left, top, _, _ = stage.scene.frame_rect(index)
            found.append((left + 10, top + 8))
        for index in range(len(stage.graph.view.notes)):
            found.append(stage.scene.note_rect(index)[2:])
        return found

    def spot(self, data: st.DataObject) -> tuple[float, float]:
        spots = self.spots()
        return data.draw(points) if data.draw(st.integers(0, 5)) == 0 else data.draw(
            st.sampled_from(spots)
        )  # fmt: skip

    @rule(data=st.data(), button=BUTTONS, keys=KEYS, later=KEYS, cancel=st.booleans())
    def drag(self, data: st.DataObject, button: Any, keys: str, later: str, cancel: bool) -> None:
        way = [self.spot(data) for _ in range(data.draw(st.integers(2, 4)))]
        graph, steps = self.stage.graph, list(self.stage.steps)
        self.stage.drag(*way, button=button, keys=keys, later=later, cancel=cancel)
        if cancel:
            assert (self.stage.graph, self.stage.steps) == (graph, steps)
        assert len(self.stage.steps) - len(steps) in (0, 1)
        assert (len(self.stage.steps) > len(steps)) == (self.stage.graph != graph)

    @rule(data=st.data(), keys=st.sampled_from(["", "Ctrl"]))
    def link(self, data: st.DataObject, keys: str) -> None:
        stage = self.stage
        ends = [
            (key, socket.side, socket.name)
            for key in stage.scene.ids
            for socket in stage.scene.layout(key).sockets
        ]
        if ends:
            first, second = data.draw(st.sampled_from(ends)), data.draw(st.sampled_from(ends))
            before = len(stage.steps)
            stage.drag(stage.scene.socket_at(*first), stage.scene.socket_at(*second), keys=keys)
            assert len(stage.steps) - before in (0, 1)

    @rule(data=st.data(), keys=KEYS, clicks=st.sampled_from([1, 1, 2]))
    def click(self, data: st.DataObject, keys: str, clicks: int) -> None:
        before = len(self.stage.steps)
        self.stage.click(self.spot(data), keys=keys, clicks=clicks)
        assert len(self.stage.steps) - before in (0, 1)

    @rule(data=st.data(), what=st.sampled_from(["delete", "heal", "join", "frame", "group", "split",
                                               "copy", "replace", "mute"]))  # fmt: skip
    def command(self, data: st.DataObject, what: str) -> None:
        graph = self.stage.graph
        keys = data.draw(st.lists(st.sampled_from(sorted(graph.nodes)), unique=True, max_size=3)
                         if graph.nodes else st.just([]))  # fmt: skip
        try:
            found = self.commanded(graph, keys, what, data) if keys else graph
        except GraphError:
            return
        if found != graph and len(found.nodes) <= 12:
            assert set(found.graphs) >= set(graph.graphs)
            self.stage.edit(what, found)

    def commanded(self, graph: Graph, keys: list[str], what: str, data: st.DataObject) -> Graph:
        spec_of = self.stage.spec_of
        match what:
            case "delete":
                return nodes.deleted(graph, keys[:1])
            case "heal":
                return nodes.deleted_and_healed(graph, set(keys[:1]), spec_of)
            case "join":
                return links.linked_in_order(graph, keys, spec_of, None)
            case "frame":
                return look.framed(graph, set(keys), "frame")
            case "group":
                return sub_graphs.made(graph, set(keys), "Group", spec_of)[0]
            case "split":
                return dissolve.dissolved(graph, keys[0], spec_of)[0]
            case "copy":
                return nodes.duplicated(
                    graph, keys, (30.0, 30.0), incoming=data.draw(st.booleans())
                )[0]
            case "replace":
                spec = REGISTRY.specs[data.draw(st.sampled_from(TYPES))]
                return nodes.replaced(graph, keys[0], spec, spec_of)[0]
        return nodes.toggled(graph, keys, "muted")

    @invariant()
    def is_valid(self) -> None:
        stage = getattr(self, "stage", None)
        if stage is None:
            return
        graph = stage.graph
        found = [issue for issue in check.issues(graph, REGISTRY) if issue.code in BROKEN]
        assert not [issue for issue in found if not _unset_file(issue.code, issue.place.input)]
        assert read(write(graph)) == graph
        assert not expand(graph, REGISTRY).cycle()
        assert stage.scene.graph is graph
        texts = set(map(str, graph.links))
        assert set(graph.view.reroutes) <= texts
        assert set(graph.view.layout) <= set(graph.nodes)
        for frame in graph.view.frames:
            assert set(frame.nodes) <= set(graph.nodes)


def _unset_file(code: str, name: str) -> bool:
    return code == "G004" and name == "file"


TestGesturing = pytest.mark.timeout(1800)(Gesturing.TestCase)
TestGesturing.settings = settings(
    max_examples=count(25, 2000),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
