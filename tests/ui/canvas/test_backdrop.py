"""The picture under thousands of nodes: the same pixels, painted once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QImage

from studio.canvas.scene import Scene
from studio.canvas.state import Camera, Selection
from studio.canvas.states import NodeState
from studio.core.graph import Graph, Link, Node
from studio.core.view import Frame as Group
from studio.core.view import Layout, Note, View
from studio.ui.canvas import backdrop
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.painter import Painter
from studio.ui.canvas.scenery import Scenery
from studio.ui.looks.looks import Looks
from tests.ui.canvas.pages import no_pictures, painted, registry, scene_of

STALE = NodeState("stale")


def row(count: int = 6) -> Graph:
    nodes = {f"n{k}": Node("test.enlarge") for k in range(count)}
    links = tuple(Link(f"n{k}", "image", f"n{k + 1}", "image") for k in range(count - 1))
    places = {name: Layout((k * 260.0, k % 2 * 400.0)) for k, name in enumerate(nodes)}
    frames = (Group("Two", "teal", ("n0", "n1")),)
    return Graph(nodes, links, view=View(places, frames=frames, notes=(Note("here", (0, 900)),)))


@pytest.fixture
def scene(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(backdrop, "MANY", 3)
    return scene_of(looks, row())


@pytest.fixture
def grounds(monkeypatch: pytest.MonkeyPatch) -> list[Frame]:
    """How often the ground is painted."""
    found: list[Frame] = []
    ground = Scenery.ground

    def noted(scenery: Scenery, painter: object, frame: Frame, sight: object) -> None:
        found.append(frame)
        ground(scenery, painter, frame, sight)  # type: ignore[arg-type]

    monkeypatch.setattr(Scenery, "ground", noted)
    return found


def far(x: float = -40.0) -> Frame:
    return Frame(Camera(x, -60.0, 0.2), (480.0, 320.0))


def fresh(looks: Looks, scene: Scene, frame: Frame) -> QImage:
    """Return what is painted by a painter that keeps nothing."""
    painter = Painter(looks, no_pictures)
    page = painted(painter, scene, frame)
    painter.close()
    return page


def test_it_is_painted_twice_and_then_kept(
    looks: Looks, scene: Scene, grounds: list[Frame]
) -> None:
    painter = Painter(looks, no_pictures)
    pages = [painted(painter, scene, far()) for _ in range(4)]
    assert len(grounds) == 2
    assert all(page == pages[0] for page in pages)
    scene.set_states({"n2": STALE})
    painter.forget(["n2"])
    assert painted(painter, scene, far()) == fresh(looks, scene, far()) != pages[0]
    painter.close()


def test_whatever_lies_below_is_painted_anew(looks: Looks, scene: Scene) -> None:
    painter = Painter(looks, no_pictures)
    graph = scene.graph
    frames = [far(), far(), far()]

    def mute() -> None:
        scene.set_graph(graph.with_mode("n2", "muted"), registry().spec)
        painter.forget(["n2"])

    def fail() -> None:
        failed = NodeState("failed", text="a long story of what went wrong " * 4)
        scene.set_states({"n1": failed})
        painter.forget(["n1"])

    changes: list[Callable[[], object]] = [
        lambda: scene.move({"n1": (300.0, 700.0)}),
        lambda: scene.set_graph(replace(graph, links=graph.links[:4]), registry().spec),
        lambda: scene.set_graph(
            graph.with_view(replace(graph.view, notes=())), registry().spec
        ),
        mute,
        fail,
        lambda: frames.append(far(30.0)),
        lambda: frames.append(
            replace(far(), state=replace(far().state, selection=Selection(frozenset({"n3"}))))
        ),
        lambda: frames.append(replace(far(), show_links="none")),
    ]  # fmt: skip
    for change in changes:
        for _ in range(3):
            before = painted(painter, scene, frames[-1])
        change()
        for _ in range(3):
            after = painted(painter, scene, frames[-1])
            assert after == fresh(looks, scene, frames[-1])
        assert after != before
    painter.close()


def test_a_part_of_the_widget_is_taken_from_it(looks: Looks, scene: Scene) -> None:
    painter = Painter(looks, no_pictures)
    whole = [painted(painter, scene, far()) for _ in range(3)][-1]
    page = QImage(whole)
    page.fill(0)
    part = replace(far(), dirty=[(100.0, 40.0, 260.0, 200.0)])
    painted(painter, scene, part, page)
    assert page.copy(100, 40, 160, 160) == whole.copy(100, 40, 160, 160)
    assert page.pixelColor(20, 20).rgb() & 0xFFFFFF == 0
    painter.close()
