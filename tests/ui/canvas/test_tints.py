"""Colours of nodes from far away, patched and from scratch."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from studio.canvas.metrics import Metrics
from studio.canvas.scene import Scene
from studio.canvas.states import NodeState, StateKind
from studio.core.graph import Graph, Mode, Node
from studio.core.view import Layout, View
from studio.ui.canvas.shades import Shades
from studio.ui.canvas.tints import Tints
from studio.ui.looks.looks import Looks
from tests.counts import count
from tests.ui.canvas.pages import registry

KINDS: tuple[StateKind, ...] = ("fresh", "stale", "running", "failed", "muted", "unknown")
MODES: tuple[Mode, ...] = ("on", "muted", "bypassed", "frozen")
COLORS = (None, "red", "teal")


def scene_with(looks: Looks, nodes: int) -> Scene:
    types = ("test.enlarge", "no.such")
    held = {f"n{k}": Node(types[k % 7 == 3]) for k in range(nodes)}
    layout = {f"n{k}": Layout(at=(k * 200.0, 0.0)) for k in range(nodes)}
    known = registry()
    scene = Scene(known.spec, Metrics.of(looks.tokens, "comfortable"))
    scene.set_graph(Graph(held, view=View(layout=layout)), known.spec)
    return scene


def shown(tints: Tints, scene: Scene) -> list[tuple[str, bool]]:
    tints.follow(scene)
    colors = [tints.colors[code].name() for code in tints.codes.tolist()]
    return list(zip(colors, tints.off.tolist(), strict=True))


def changed(chance: random.Random, scene: Scene) -> Graph:
    """Return the graph with a node of another mode, in another colour, gone or new."""
    graph, name = scene.graph, chance.choice(scene.ids)
    match chance.randrange(4):
        case 0:
            return graph.with_mode(name, chance.choice(MODES))
        case 1:
            look = replace(graph.view.layout[name], color=chance.choice(COLORS))
            return graph.with_view(View(layout={**graph.view.layout, name: look}))
        case 2:
            return graph.without_nodes(name) if len(scene.ids) > 2 else graph
        case _:
            new = graph.with_node(graph.fresh_id("new"), Node("test.enlarge"))
            layout = {
                node: new.view.layout.get(node, Layout(at=(0.0, 900.0))) for node in new.nodes
            }
            return new.with_view(View(layout=layout))


@pytest.mark.parametrize("seed", range(count(4, 40)))
def test_patched_colors_are_those_of_a_fresh_look(looks: Looks, seed: int) -> None:
    chance, scene, known = random.Random(seed), scene_with(looks, 9), registry()
    shades = Shades(looks.theme)
    tints = Tints(shades)
    for _ in range(30):
        if chance.random() < 0.5:
            some = chance.sample(scene.ids, chance.randint(1, len(scene.ids)))
            found = scene.set_states({node: NodeState(chance.choice(KINDS)) for node in some})
        else:
            found = scene.set_graph(changed(chance, scene), known.spec)
        tints.doubt(found.nodes)
        assert shown(tints, scene) == shown(Tints(shades), scene)


@pytest.mark.parametrize("some", [1, 9])
def test_other_colors_are_told(looks: Looks, some: int) -> None:
    scene, tints = scene_with(looks, 9), Tints(Shades(looks.theme))
    tints.follow(scene)
    steps: tuple[tuple[StateKind, bool], ...] = (
        ("failed", True),
        ("failed", False),
        ("fresh", True),
    )
    for kind, told in steps:
        before, nodes = tints.reads, scene.ids[:some]
        scene.set_states({node: NodeState(kind) for node in nodes})
        tints.doubt(nodes)
        tints.follow(scene)
        assert (tints.reads != before) == told


def test_a_type_that_becomes_known_gets_its_color(looks: Looks) -> None:
    known, shades = registry(), Shades(looks.theme)
    graph = Graph({"a": Node("test.enlarge")}, view=View(layout={"a": Layout(at=(0.0, 0.0))}))
    scene, tints = Scene(lambda _: None, Metrics.of(looks.tokens, "comfortable")), Tints(shades)
    scene.set_graph(graph, lambda _: None)
    missing = shown(tints, scene)
    tints.doubt(scene.set_graph(graph, known.spec).nodes)
    assert missing != shown(tints, scene) == shown(Tints(shades), scene)


def test_an_empty_canvas_has_no_colors(looks: Looks) -> None:
    tints = Tints(Shades(looks.theme))
    assert shown(tints, Scene(registry().spec, Metrics.of(looks.tokens, "comfortable"))) == []
