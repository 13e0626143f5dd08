"""The journey: the example graph, built from nothing by mouse and keyboard alone, in 30 actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from studio.canvas.state import Point
from studio.ui.inspector.editors.model_file import ModelFileEditor
from studio.ui.inspector.rows import Row
from tests.ui.driver import ALT, LEFT, SHIFT, CanvasDriver
from tests.ui.journey.desk import Desk

PROMPT = "a smiling face with glasses and a red hat, sunset"
NOTE = "Start here"
Step = tuple[str, Callable[[], None]]

PLACES: dict[str, Point] = {
    "Load checkpoint": (0, 184), "Prompt": (264, 40), "Negative prompt": (264, 300),
    "Empty latent": (264, 560), "Sample": (568, 96), "Decode": (864, 120),
    "Resize": (1128, 64), "Save image": (1128, 488), "note": (0, -60),
}  # fmt: skip
"""Where the parts of the graph go."""


class Journey:
    """Builds the example in a new tab.

    Args:
        desk: The window.
        path: Where the graph is saved.
        side: Width and height of the picture that is sampled.
        count: Number of sampling steps.
    """

    def __init__(self, desk: Desk, path: Path, side: int = 128, count: int = 20) -> None:
        self.desk, self.path = desk, path
        self.side, self.count = side, count
        self.hands: CanvasDriver = desk.hands

    def steps(self) -> Iterator[Step]:
        """Name every action, and say what does it."""
        yield "open a tab", self.open_tab
        yield "look from further away", self.zoom_out
        yield "add the checkpoint with Tab", self.add_checkpoint
        yield "choose its file in the inspector", self.choose_file
        yield "drop a link on nothing: the prompt", self.drop_prompt
        yield "type the prompt into the node", self.type_prompt
        yield "rename the node", self.rename_prompt
        yield "copy it, and paste it with its links", self.paste_prompt
        yield "empty the copy in the inspector", self.empty_prompt
        yield "rename the copy", self.rename_negative
        yield "add the latent", self.add_latent
        yield "link the model to it", self.link_latent
        yield "type its width on the node", self.type_width
        yield "type its height in the inspector", self.type_height
        yield "add the sampler", self.add_sampler
        yield "link the model to the sampler", self.link_model
        yield "link the prompts", self.link_prompts
        yield "undo twice", self.undo_twice
        yield "redo twice", self.redo_twice
        yield "link the latent", self.link_sampler
        yield "type seed, steps and guidance", self.type_sampling
        yield "drop a link on nothing: decode", self.drop_decode
        yield "link the decoder, and bend the link", self.link_vae
        yield "drop a link on nothing: resize", self.drop_resize
        yield "add what saves, linked to what is chosen", self.add_saving
        yield "put a frame around the prompts", self.frame_prompts
        yield "colour the frame from the palette", self.color_frame
        yield "write a note", self.write_note
        yield "put parameters into the form", self.fill_form
        yield "save as a file", self.save

    def run(self) -> None:
        """Do everything."""
        for _, does in self.steps():
            does()

    # --- Nodes ---

    def open_tab(self) -> None:
        self.hands.key("Ctrl+T")
        assert not self.desk.document.graph.nodes

    def zoom_out(self) -> None:
        for _ in range(3):
            self.hands.key("Ctrl+-")
        x, y = self.hands.canvas.camera.to_widget((-60, -90))
        self.hands.two_fingers((200, 200), (-round(x), -round(y)))

    def add_checkpoint(self) -> None:
        hands = self.hands
        before = set(hands.graph.nodes)
        under = self._under(PLACES["Load checkpoint"])
        hands.hover(under)
        hands.key("Tab")
        hands.type("load checkpoint")
        hands.key("Return")
        hands.click(under)
        self.load = self._new(before)

    def choose_file(self) -> None:
        self._choose(self.load)
        editor = self._editor("file")
        assert isinstance(editor, ModelFileEditor)
        self.hands.key("Return")
        popup = editor.popup
        assert popup is not None
        wanted = "toyworld.safetensors"
        self.desk.wait(lambda: wanted in [entry.text for entry in popup.entries])
        texts = [popup.list.item(row).text() for row in range(popup.list.count())]
        for _ in range(texts.index("toyworld.safetensors") - popup.list.currentRow()):
            QTest.keyClick(popup.list, Qt.Key.Key_Down)
        QTest.keyClick(popup.list, Qt.Key.Key_Return)
        self.desk.come_back()

    def drop_prompt(self) -> None:
        self.prompt = self._drop(f"{self.load}.text_encoder", "Prompt", "encode prompt")

    def type_prompt(self) -> None:
        self.hands.click(self.hands.field(f"{self.prompt}.text"))
        self.hands.type(PROMPT)
        self.hands.canvas.setFocus()

    def rename_prompt(self) -> None:
        self._rename(self.prompt, "Prompt")

    def paste_prompt(self) -> None:
        hands = self.hands
        before = set(hands.graph.nodes)
        self._choose(self.prompt)
        hands.key("Ctrl+C")
        hands.hover(PLACES["Negative prompt"])
        hands.key("Ctrl+Shift+V")
        self.negative = self._new(before)

    def empty_prompt(self) -> None:
        self._choose(self.negative)
        self._editor("text")
        self.hands.key("Ctrl+A")
        self.hands.key("Del")
        self.hands.canvas.setFocus()

    def rename_negative(self) -> None:
        self._rename(self.negative, "Negative prompt")

    def add_latent(self) -> None:
        self.latent = self.hands.add("Empty latent", PLACES["Empty latent"])

    def link_latent(self) -> None:
        self.hands.link(f"{self.load}.model", f"{self.latent}.model")

    def type_width(self) -> None:
        self.hands.type_into(f"{self.latent}.width", str(self.side))

    def type_height(self) -> None:
        self._choose(self.latent)
        self._type("height", str(self.side))

    # --- Sampling ---

    def add_sampler(self) -> None:
        self.sample = self.hands.add("Sample", PLACES["Sample"])

    def link_model(self) -> None:
        self.hands.link(f"{self.load}.model", f"{self.sample}.model")

    def link_prompts(self) -> None:
        self.hands.link(f"{self.prompt}.conditioning", f"{self.sample}.positive")
        self.hands.link(f"{self.negative}.conditioning", f"{self.sample}.negative")

    def undo_twice(self) -> None:
        before = len(self.hands.graph.links)
        self.hands.key("Ctrl+Z")
        self.hands.key("Ctrl+Z")
        assert len(self.hands.graph.links) == before - 2

    def redo_twice(self) -> None:
        before = len(self.hands.graph.links)
        self.hands.key("Ctrl+Shift+Z")
        self.hands.key("Ctrl+Y")
        assert len(self.hands.graph.links) == before + 2

    def link_sampler(self) -> None:
        self.hands.link(f"{self.latent}.latent", f"{self.sample}.latent")

    def type_sampling(self) -> None:
        self.hands.type_into(f"{self.sample}.steps", str(self.count))
        self._choose(self.sample)
        self._type("seed", "12")
        self._type("guidance", "5 / 2")

    # --- The picture ---

    def drop_decode(self) -> None:
        self.decode = self._drop(f"{self.sample}.latent", "Decode", "decode")

    def link_vae(self) -> None:
        link = f"{self.load}.vae", f"{self.decode}.vae"
        self.hands.link(*link)
        self.hands.click(self.hands.on_link(" -> ".join(link)), LEFT, ALT)

    def drop_resize(self) -> None:
        self.resize = self._drop(f"{self.decode}.image", "Resize", "resize")

    def add_saving(self) -> None:
        hands = self.hands
        before = set(hands.graph.nodes)
        self._choose(self.resize)
        under = self._under(PLACES["Save image"])
        hands.hover(under)
        hands.key("Shift+A")
        hands.type("save image")
        hands.key("Shift+Return")
        hands.click(under)
        self.saving = self._new(before)

    # --- Around it ---

    def frame_prompts(self) -> None:
        hands = self.hands
        self._choose(self.prompt)
        hands.click(hands.header(self.negative), LEFT, SHIFT)
        hands.key("Ctrl+G")
        hands.key("Ctrl+A")
        hands.type("What to draw")
        hands.key("Return")

    def color_frame(self) -> None:
        left, top, _, _ = self.hands.canvas.scene.frame_rect(0)
        self.hands.click((left + 20, top + 10))
        self.hands.key("Ctrl+K")
        self.hands.type("amber")
        self.hands.key("Return")

    def write_note(self) -> None:
        self.hands.hover(PLACES["note"])
        self.hands.key("N")
        self.hands.type(NOTE)
        self.hands.canvas.setFocus()

    def fill_form(self) -> None:
        for node, name in (
            (self.prompt, "text"), (self.negative, "text"), (self.sample, "seed"),
            (self.sample, "steps"), (self.sample, "guidance"),
        ):  # fmt: skip
            self._choose(node)
            self._menu_of(name, "Add to form")

    def save(self) -> None:
        self.desk.answers.files.append(self.path)
        self.hands.key("Ctrl+Shift+S")
        self.desk.wait(lambda: self.desk.document.path == self.path)
        self.desk.come_back()

    # --- Hands ---

    def _under(self, place: Point) -> Point:
        """Return where the pointer is while it carries a new node to a place."""
        metrics = self.hands.canvas.scene.metrics
        return place[0] + metrics.width / 2, place[1] + metrics.header / 2

    def _new(self, before: set[str]) -> str:
        new = set(self.hands.graph.nodes) - before
        assert len(new) == 1, f"new: {new}"
        return new.pop()

    def _drop(self, end: str, place: str, words: str) -> str:
        before = set(self.hands.graph.nodes)
        self.hands.sweep([self.hands.socket(end, "output"), PLACES[place]])
        self.hands.type(words)
        self.hands.key("Return")
        return self._new(before)

    def _choose(self, node: str) -> None:
        self.hands.click(self.hands.header(node))
        assert self.hands.chosen == {node}

    def _rename(self, node: str, title: str) -> None:
        self._choose(node)
        self.hands.key("F2")
        self.hands.key("Ctrl+A")
        self.hands.type(title)
        self.hands.key("Return")

    # --- The inspector ---

    def _row(self, name: str) -> Row:
        """Return the row of a parameter, in a panel that is in front."""
        dock = self.desk.window.docks.items["inspector"]
        dock.raise_()
        rows = dock.fill().findChildren(Row)
        shown = (row for row in rows if row.isVisible() and row.target)
        return next(row for row in shown if row.target and row.target.item.name == name)

    def _editor(self, name: str) -> QWidget:
        """Return the editor of a row, with the keyboard in it."""
        editor = self._row(name).editor
        assert editor is not None
        editor.setFocus(Qt.FocusReason.TabFocusReason)
        return editor

    def _type(self, name: str, text: str) -> None:
        self._editor(name)
        self.hands.key("Return")
        self.hands.key("Ctrl+A")
        self.hands.type(text)
        self.hands.key("Return")
        self.hands.canvas.setFocus()

    def _menu_of(self, name: str, text: str) -> None:
        """Take a line of the menu of a row, by keyboard."""
        row = self._row(name)
        at = row.rect().center()
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(row, QContextMenuEvent(reason, at, row.mapToGlobal(at)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        line = next(line for line in menu.actions() if line.text() == text)
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(line).center())
        self.desk.come_back()
