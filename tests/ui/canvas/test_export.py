from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from studio.canvas.states import NodeState
from studio.core.graph import Graph
from studio.core.view import Frame, Note
from studio.ui.canvas import export
from studio.ui.canvas.export import MARGIN, SCALE, Page, PngPage, SvgPage
from studio.ui.canvas.painter import Painter
from studio.ui.looks.looks import Looks
from tests.ui.canvas.pages import count, pair, scene_of

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def painter(looks: Looks) -> Iterator[Painter]:
    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    found = Painter(looks, lambda _node: picture)
    yield found
    found.close()


def content(page: Page) -> bytes:
    shares = [*page.paint()]
    assert shares == sorted(shares)
    return page.content()


def test_a_png_shows_the_whole_graph_with_its_pictures(looks: Looks, painter: Painter) -> None:
    state = NodeState("fresh", picture=1, picture_size=(64, 48))
    scene = scene_of(looks, states={"a": state, "b": NodeState("running", share=0.5)})
    page = QImage.fromData(content(PngPage(scene, painter)))
    bounds = scene.bounds()
    assert bounds is not None
    assert page.width() == round((bounds[2] - bounds[0] + 2 * MARGIN) * SCALE)
    assert page.height() == round((bounds[3] - bounds[1] + 2 * MARGIN) * SCALE)
    assert count(page, QColor(Qt.GlobalColor.red)) > 20_000
    assert count(page, looks.theme.color("state.running")) > 400


def test_a_graph_too_large_for_a_picture_is_drawn_smaller(
    looks: Looks, painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_MOST_PIXELS", 1_000_000)
    scene = scene_of(looks)
    scene.move({"b": (90_000.0, 9_000.0)})
    page = QImage.fromData(content(PngPage(scene, painter)))
    assert 900_000 < page.width() * page.height() < 1_010_000
    assert page.width() / page.height() == pytest.approx(10, rel=0.1)


def test_an_svg_says_its_size_and_the_titles(looks: Looks, painter: Painter) -> None:
    graph = pair()
    view = replace(
        graph.view, frames=(Frame("Enlarging", "teal", ("a",)),), notes=(Note("by four", (0, 300)),)
    )
    scene = scene_of(looks, replace(graph, view=view))
    root = ElementTree.fromstring(content(SvgPage(scene, painter)))
    bounds = scene.bounds()
    assert bounds is not None
    wide = bounds[2] - bounds[0] + 2 * MARGIN
    assert float(root.attrib["viewBox"].split()[2]) == pytest.approx(wide)
    said = {text.text for text in root.iter(f"{_SVG}title")}
    assert {"Enlarging", "by four", "Enlarge", "scale"} <= said


def test_an_svg_needs_none_of_our_fonts(looks: Looks, painter: Painter) -> None:
    graph = pair().titled("a", 'Größe <b> & "模糊"')
    root = ElementTree.fromstring(content(SvgPage(scene_of(looks, graph), painter)))
    assert list(root.iter(f"{_SVG}text")) == []
    shapes = {
        item.attrib["id"]: item.attrib["d"]
        for item in root.iter(f"{_SVG}path")
        if "id" in item.attrib
    }
    uses = list(root.iter(f"{_SVG}use"))
    assert {use.attrib["{http://www.w3.org/1999/xlink}href"][1:] for use in uses} == set(shapes)
    assert all(shape.startswith("M") for shape in shapes.values())
    named = {"".join(use.itertext()) for use in uses}
    assert any(name.startswith("Größe <b") for name in named)


def test_an_empty_graph_is_an_empty_page(looks: Looks, painter: Painter) -> None:
    page = QImage.fromData(content(PngPage(scene_of(looks, Graph()), painter)))
    ground = looks.theme.color("bg.canvas")
    assert count(page, ground) == page.width() * page.height() > 0
