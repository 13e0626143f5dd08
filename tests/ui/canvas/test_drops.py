"""What is dropped on the canvas from elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.core.document import write
from studio.core.graph import Graph, Node
from studio.ui.canvas.widget import CanvasWidget
from tests.ui.driver import CanvasDriver


def test_a_graph_file_opens_in_a_tab(
    driver: CanvasDriver, canvas: CanvasWidget, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "other.json"
    path.write_text(write(Graph({"soft": Node("image.blur")})), "utf-8")
    driver.drop_files([path], (300, 300))
    qtbot.waitUntil(lambda: len(canvas.studio.documents.items) == 2)
    assert canvas.studio.documents.items[1].title == "other"


def test_a_picture_is_loaded_or_its_graph_opened(driver: CanvasDriver, tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(b"")
    driver.drop_files([path], (300, 300))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    load, _ = menu.actions()
    load.trigger()
    menu.close()
    (node,) = driver.graph.nodes.values()
    assert node.type == "load.image"
    assert node.params["file"]["path"] == path.as_posix()


def test_a_node_dropped_on_a_link_is_inserted(driver: CanvasDriver) -> None:
    image, save = driver.add("Load image", (20, 20)), driver.add("Save image", (560, 20))
    driver.link(f"{image}.image", f"{save}.image")
    driver.drop_type("image.blur", driver.on_link(f"{image}.image -> {save}.image"))
    assert len(driver.links()) == 2
