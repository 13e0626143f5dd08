"""Takes the pictures of the guide: ``python -m tests.tools.screenshots [NAME ...]``.

A window of 1600 x 1000 with a home of its own is brought into each state by the commands that users
have, with the real computing process, and written to ``docs/screenshots``. It needs a screen; Xvfb
will do.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.canvas.state import Selection
from studio.cli.setup import builtin_registry
from studio.core.graph import Graph, Link, Node
from studio.core.view import Layout, View
from studio.paths import Paths, resources
from studio.ui.app import Desktop
from studio.ui.documents.document import Document
from studio.ui.gallery.picture_view import PictureView
from studio.ui.gallery.viewer import ViewerPanel
from studio.ui.inspector.panel import InspectorPanel
from studio.ui.kit.sections import SectionHead
from tests.ui.inspector import kinds

OUTPUT = Path("docs") / "screenshots"
SIZE, NARROW, COLUMN = (1600, 1000), (1024, 768), (400, 880)
PATIENCE = 60.0
_SHIFT = Qt.KeyboardModifier.ShiftModifier
OVER = ("done", "failed", "cancelled")


class Photographer:
    """Brings a window into states and takes their pictures."""

    def __init__(self, home: Path) -> None:
        self.app = QApplication.instance() or QApplication(sys.argv[:1])
        paths = Paths(home / "data", home / "cache", resources())
        self.home = home
        self.desktop = Desktop(self.app, paths, builtin_registry())  # type: ignore[arg-type]
        self.window = self.desktop.window
        self.studio = self.desktop.studio
        self.studio.preferences.set("output", str(home / "pictures"))
        self.desktop.show()
        self.window.resize(*SIZE)
        self.rest(1.0)

    @property
    def document(self) -> Document:
        """The document in front."""
        document = self.studio.documents.current
        assert document is not None
        return document

    @property
    def viewer(self) -> ViewerPanel:
        """The viewer."""
        panel = self.window.docks.items["viewer"].fill()
        assert isinstance(panel, ViewerPanel)
        return panel

    def do(self, *actions: str) -> None:
        """Give commands."""
        for action in actions:
            if not self.studio.actions.trigger(action):
                raise RuntimeError(f"{action} cannot be done now")
            self.rest(0.2)

    def rest(self, seconds: float) -> None:
        """Let the window live."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QTest.qWait(20)  # a long one would keep the interpreter from the window's threads

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the window live until something is so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the window never came into this state")
            QTest.qWait(20)

    def select(self, *nodes: str) -> None:
        """Choose nodes."""
        self.document.select(Selection(frozenset(nodes)), nodes[0] if nodes else "")
        self.rest(0.3)

    def run(self) -> None:
        """Run everything and wait for the end."""
        session = self.studio.session
        before = {run.id for run in session.runs}
        self.do("run.all")
        self.until(lambda: any(run.id not in before and run.status in OVER for run in session.runs))
        self.rest(1.0)

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """Take the picture of a state."""
        self.rest(0.6)
        OUTPUT.mkdir(parents=True, exist_ok=True)
        (widget or self.window).grab().save(str(OUTPUT / f"{name}.png"))
        sys.stdout.write(f"{name}\n")

    def press(self, key: Qt.Key) -> None:
        """Press a key where the keyboard is."""
        QTest.keyClick(self._focus(), key)

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        QTest.keyClicks(self._focus(), text)

    def _focus(self) -> QWidget:
        focus = QApplication.focusWidget()
        return focus or self.window

    def close(self) -> None:
        """Close the window; nothing is saved."""
        for document in self.studio.documents.items:
            document.mark_saved(document.graph)
        self.window.close()
        self.rest(0.5)


def example(at: Photographer) -> None:
    """Take the first start, a run on its way, and the picture that it made."""
    at.select("sample")
    at.take("example")
    at.do("run.all")
    session, document = at.studio.session, at.document
    at.until(
        lambda: (
            (
                (here := session.state(document, "sample")).share > 0.5
                and here.footer.startswith("step")
            )
            or session.state(document, "save").kind == "fresh"
        )
    )
    at.take("running")
    at.until(lambda: session.active is None)
    at.until(lambda: at.viewer.has_picture)
    at.take("done")


def compare(at: Photographer) -> None:
    """Take two pictures side by side."""
    at.document.edit("Set seed", at.document.graph.with_param("sample", "seed", 11))
    at.run()
    at.do("viewer.compare")
    at.take("compare")
    at.do("viewer.compare")


def narrow(at: Photographer) -> None:
    """Take a window that has room for the right column only over its canvas."""
    at.window.resize(*NARROW)
    at.rest(0.5)
    at.do("canvas.fit_all", "view.right")
    at.take("narrow")
    at.press(Qt.Key.Key_Escape)
    at.window.resize(*SIZE)
    at.rest(0.5)
    at.do("canvas.fit_all")


def light(at: Photographer) -> None:
    """Take the light theme."""
    at.do("view.light")
    at.take("light")
    at.do("view.light")


def sub_graph(at: Photographer) -> None:
    """Take a sub-graph, from outside and inside."""
    at.select("prompt", "negative")
    at.do("subgraph.make")
    made = next(key for key, node in at.document.graph.nodes.items() if node.sub_graph)
    at.select(made)
    at.do("subgraph.enter", "canvas.fit_all")
    at.take("sub-graph")
    at.do("subgraph.leave", "edit.undo", "canvas.fit_all")


def search(at: Photographer) -> None:
    """Take the search, the command palette, the list of keys."""
    at.do("canvas.add")
    at.type("mask")
    at.take("search")
    at.press(Qt.Key.Key_Escape)
    at.do("view.commands")
    at.type("arr")
    at.take("commands")
    at.press(Qt.Key.Key_Escape)


def failed(at: Photographer) -> None:
    """Take a node that failed, with what it says."""
    damaged = at.home / "damaged.png"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    nodes = {
        "load": Node("load.image", 1, {"file": {"path": "damaged.png"}}),
        "resize": Node("image.resize", 1, {"width": 256, "height": 256}),
        "blur": Node("image.blur"),
        "show": Node("output.save_image", 1, {"name": "picture"}),
    }
    links = (
        Link("load", "image", "resize", "image"),
        Link("resize", "image", "blur", "image"),
        Link("blur", "image", "show", "image"),
    )
    view = View({key: Layout((280.0 * place, 0.0)) for place, key in enumerate(nodes)})
    file = at.home / "failed.json"
    from studio.core.document import write

    file.write_text(write(Graph(nodes, links, view=view, title="Damaged file")), "utf-8")
    at.studio.documents.open(file)
    at.do("canvas.fit_all")
    at.run()
    at.select("load")
    at.take("failed")
    at.do("tab.close")


def many(at: Photographer) -> None:
    """Take 200 nodes, laid out by the program."""
    graph = Graph(title="Two hundred nodes")
    types = ("image.blur", "image.adjust", "image.resize", "image.crop")
    graph = graph.with_node("load", Node("load.image", 1, {"file": {"path": "a.png"}}))
    last = ["load"] * 8
    for number in range(199):
        key, lane = f"n{number}", number % 8
        graph = graph.with_node(key, Node(types[(number // 8) % 4]))
        graph = graph.with_link(Link(last[lane], "image", key, "image"))
        last[lane] = key
    at.studio.documents.set_current(at.studio.documents.add(graph))
    at.do("graph.arrange_all", "canvas.fit_all")
    at.rest(1.0)
    at.take("200-nodes")
    at.do("tab.close")


def empty(at: Photographer) -> None:
    """Take a new graph."""
    at.do("tab.new")
    at.take("empty")
    at.do("tab.close")


def paint_mask(at: Photographer) -> None:
    """Take a mask in the making."""
    at.studio.documents.set_current(at.studio.documents.items[0])
    graph = at.document.graph
    painted = graph.with_node("mask", Node("image.paint_mask"))
    painted = painted.with_link(Link("resize", "image", "mask", "image"))
    painted = painted.with_view(replace(painted.view).moved({"mask": (1400.0, 64.0)}))
    at.document.edit("Add Paint mask", painted)
    at.select("mask")
    at.do("canvas.fit_all", "node.paint_mask")
    at.rest(1.0)
    view = at.window.findChild(PictureView)
    assert view is not None
    middle = view.rect().center()
    path = [middle + QPoint(8 * step - 90, 70 - abs(step - 11) * 3) for step in range(23)]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=path[0])
    for place in path:
        QTest.mouseMove(view, place)
        QTest.qWait(15)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=path[-1])
    at.take("mask-painting")


def boxes(at: Photographer) -> None:
    """Take the boxes of an example while they are edited."""
    at.studio.documents.open(resources() / "graphs" / "face_detail.json")
    at.do("canvas.fit_all")
    at.select("filter")
    at.do("run.selected")
    at.until(lambda: at.studio.session.state(at.document, "filter").kind == "fresh")
    at.rest(1.0)
    at.do("node.edit_boxes")
    at.rest(1.0)
    view = at.window.findChild(PictureView)
    assert view is not None
    key = at.window.focusWidget() or view
    for _ in range(2):
        QTest.keyClick(key, Qt.Key.Key_Tab)
    QTest.keyClick(key, Qt.Key.Key_Space)
    QTest.keyClick(key, Qt.Key.Key_Tab)
    at.take("boxes")
    at.do("shapes.cancel", "tab.close")


def pose(at: Photographer) -> None:
    """Take two people in the making."""
    node = Node("control.draw_pose", params={"width": 768, "height": 512})
    graph = Graph({"draw": node}, title="Two people")
    at.studio.documents.set_current(at.studio.documents.add(graph))
    at.do("canvas.fit_all")
    at.select("draw")
    at.do("node.edit_pose")
    at.rest(1.0)
    at.do("shapes.add")
    view = at.window.findChild(PictureView)
    assert view is not None
    for _ in range(12):
        QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier | _SHIFT)
    for _ in range(6):
        QTest.keyClick(view, Qt.Key.Key_Tab)
    for _ in range(9):
        QTest.keyClick(view, Qt.Key.Key_Up, _SHIFT)
    at.take("pose")
    at.do("shapes.cancel", "tab.close")


def inspector(at: Photographer) -> None:
    """Take the inspector with every kind of widget, each of two node types in one column."""
    at.studio.registry.collect(kinds)
    prompt = "a smiling red ball left of a (blue cube:1.3), (noise:0.6), __weather__"
    others = {
        "file": {"path": "starter/toyworld.safetensors"}, "folder": "holidays", "text": prompt
    }  # fmt: skip
    numbers = {"guidance": 4.0, "seed": 8471203996115482301}
    nodes = {
        "numbers": Node("kinds.numbers", params=numbers, title="Numbers and choices"),
        "others": Node("kinds.others", params=others, title="Files, texts and shapes"),
    }
    document = at.studio.documents.add(Graph(nodes, title="Widgets"))
    (Path(document.base) / "holidays").mkdir(parents=True)
    at.studio.documents.set_current(document)
    page = QImage(2 * COLUMN[0], COLUMN[1], QImage.Format.Format_RGB32)
    painter = QPainter(page)
    for place, node in enumerate(nodes):
        panel = InspectorPanel(at.studio)
        panel.resize(*COLUMN)
        panel.show()
        at.select(node)
        for head in panel.findChildren(SectionHead):
            if head.isVisible() and not head.isChecked():
                QTest.mouseClick(head, Qt.MouseButton.LeftButton)
        panel.setFocus()
        at.rest(0.6)
        painter.drawPixmap(place * COLUMN[0], 0, panel.grab())
        panel.close()
    painter.end()
    page.save(str(OUTPUT / "inspector.png"))
    at.do("tab.close")


def settings(at: Photographer) -> None:
    """Take the settings."""
    at.do("edit.settings")
    at.take("settings", QApplication.activeModalWidget() or QApplication.activeWindow())
    at.press(Qt.Key.Key_Escape)


STATES = (
    example,
    compare,
    narrow,
    light,
    sub_graph,
    search,
    failed,
    many,
    empty,
    settings,
    inspector,
    boxes,
    pose,
    paint_mask,
)


def main() -> None:
    """Take the pictures that were named, or all."""
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as home:
        os.environ["WIREBRUSH_HOME"] = home
        at = Photographer(Path(home))
        for state in STATES:
            if not wanted or state.__name__ in wanted:
                state(at)
        at.close()


if __name__ == "__main__":
    main()
