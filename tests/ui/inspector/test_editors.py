"""Each editor on one parameter of one node, by mouse and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Node
from studio.core.spec import Input
from studio.core.widgets import WIDGETS, FileRef, Text
from studio.ui.documents.document import Document
from studio.ui.inspector.editors import EDITORS, editor_for
from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.editors.choice import ChoiceEditor
from studio.ui.inspector.editors.color import ColorEditor
from studio.ui.inspector.editors.curve import CurveEditor
from studio.ui.inspector.editors.field import FieldEditor
from studio.ui.inspector.editors.model_file import ModelFileEditor
from studio.ui.inspector.editors.number import NumberEditor
from studio.ui.inspector.editors.path import AssetEditor, PathEditor
from studio.ui.inspector.editors.prompt import PromptEditor
from studio.ui.inspector.editors.seed import SeedEditor
from studio.ui.inspector.editors.table import TableEditor
from studio.ui.inspector.editors.viewer_tool import PaintEditor, PointsEditor
from studio.ui.inspector.targets import MIXED, Target
from studio.ui.studio import Studio
from studio.ui.typed import settle_typing
from tests.ui.inspector.conftest import QuietSession

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


class Bench:
    """Edits parameters of one node, and shows each editor what the graph has."""

    def __init__(self, qtbot: QtBot, studio: Studio) -> None:
        self.studio = studio
        nodes = {"n": Node("kinds.numbers"), "o": Node("kinds.others")}
        self.document: Document = studio.documents.add(Graph(nodes))
        self.window = QWidget()
        self.window.resize(400, 300)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def open(self, name: str, **params: Any) -> Any:
        node = "n" if self._item("n", name) else "o"
        for key, value in params.items():
            self.document.edit("Set up", self.document.graph.with_param(node, key, value))
        item = self._item(node, name)
        assert item
        editor = editor_for(self.studio, item, self.window)
        assert editor
        self.target = Target(self.document, (node,), item)
        editor.aim(self.target)
        editor.setGeometry(10, 10, 300, editor.sizeHint().height())
        self.document.changed.connect(lambda *_: self.show(editor))
        self.show(editor)
        editor.show()
        self.steps = len(self.document.steps)
        return editor

    def show(self, editor: Editor) -> None:
        editor.show_value(self.target.value, self.target.problem)

    @property
    def value(self) -> Any:
        return self.target.value

    @property
    def new_steps(self) -> int:
        return len(self.document.steps) - self.steps

    def _item(self, node: str, name: str) -> Any:
        spec = self.studio.registry.spec(self.document.graph.nodes[node].type)
        return spec.input(name) if spec else None


@pytest.fixture
def bench(qtbot: QtBot, studio: Studio) -> Bench:
    return Bench(qtbot, studio)


def drag(widget: QWidget, start: QPoint, end: QPoint, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(widget, LEFT, modifier, start)
    for part in range(1, 5):
        QTest.mouseMove(widget, start + (end - start) * part / 4)
    QTest.mouseRelease(widget, LEFT, modifier, end)


def test_every_kind_of_widget_has_an_editor() -> None:
    assert set(EDITORS) == set(WIDGETS.values())


# --- Numbers ---


def test_dragging_a_slider_changes_the_number_as_one_step(bench: Bench) -> None:
    editor: NumberEditor = bench.open("steps")
    drag(editor, QPoint(100, 12), QPoint(190, 12))
    assert bench.value == pytest.approx(20 + 90 / 300 * 99, abs=1)
    assert bench.new_steps == 1


def test_a_click_types_a_formula_and_shows_what_it_means(bench: Bench) -> None:
    editor: NumberEditor = bench.open("width")
    QTest.mouseClick(editor, LEFT, NONE, QPoint(150, 12))
    QTest.keyClicks(editor.window().focusWidget(), "512*2")
    assert editor.preview == "= 1024 px"
    QTest.keyClick(editor.window().focusWidget(), Qt.Key.Key_Return)
    assert bench.value == 1024


def test_typing_begins_at_once_on_a_focused_number(bench: Bench) -> None:
    editor: NumberEditor = bench.open("steps")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Plus, NONE)
    QTest.keyClicks(editor.window().focusWidget(), "5")
    QTest.keyClick(editor.window().focusWidget(), Qt.Key.Key_Return)
    assert bench.value == 25


def test_what_is_being_typed_counts_before_a_command(bench: Bench) -> None:
    editor: NumberEditor = bench.open("steps")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_3)
    QTest.keyClicks(editor.window().focusWidget(), "5")
    settle_typing()
    settle_typing()
    assert (bench.value, bench.new_steps) == (35, 1)


def test_escape_leaves_the_number_as_it_was(bench: Bench) -> None:
    editor: NumberEditor = bench.open("steps")
    editor.start()
    QTest.keyClicks(editor.window().focusWidget(), "77")
    QTest.keyClick(editor.window().focusWidget(), Qt.Key.Key_Escape)
    assert (bench.value, bench.new_steps) == (20, 0)


def test_a_number_out_of_range_is_kept_and_said(qtbot: QtBot, bench: Bench) -> None:
    editor: NumberEditor = bench.open("steps")
    editor.start()
    with qtbot.waitSignal(editor.refused, check_params_cb=lambda text: "outside 1 to 100" in text):
        QTest.keyClicks(editor.window().focusWidget(), "512")
    QTest.keyClick(editor.window().focusWidget(), Qt.Key.Key_Return)
    assert bench.value == 512
    assert "outside 1 to 100" in bench.target.problem


def test_a_text_that_is_no_number_is_not_taken(qtbot: QtBot, bench: Bench) -> None:
    editor: NumberEditor = bench.open("steps")
    editor.start()
    QTest.keyClicks(editor.window().focusWidget(), "many")
    QTest.keyClick(editor.window().focusWidget(), Qt.Key.Key_Return)
    assert (bench.value, bench.new_steps) == (20, 0)
    assert editor.is_typing


def test_arrows_step_and_shift_is_fine(bench: Bench) -> None:
    editor: NumberEditor = bench.open("guidance")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Right)
    assert bench.value == 7.1
    QTest.keyClick(editor, Qt.Key.Key_Left, SHIFT)
    assert bench.value == 7.09


def test_the_ends_of_a_field_are_minus_and_plus(bench: Bench) -> None:
    editor: NumberEditor = bench.open("count")
    QTest.mouseClick(editor, LEFT, NONE, QPoint(290, 12))
    QTest.mouseClick(editor, LEFT, NONE, QPoint(290, 12))
    QTest.mouseClick(editor, LEFT, NONE, QPoint(8, 12))
    assert bench.value == 5


def test_control_click_goes_back_to_the_default(bench: Bench) -> None:
    editor: NumberEditor = bench.open("steps", steps=50)
    QTest.mouseClick(editor, LEFT, CONTROL, QPoint(150, 12))
    assert bench.value == 20


def test_escape_during_a_drag_leaves_no_trace(bench: Bench) -> None:
    editor: NumberEditor = bench.open("steps")
    editor.setFocus()
    QTest.mousePress(editor, LEFT, NONE, QPoint(100, 12))
    QTest.mouseMove(editor, QPoint(160, 12))
    assert bench.value != 20
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    QTest.mouseRelease(editor, LEFT, NONE, QPoint(160, 12))
    assert (bench.value, bench.new_steps) == (20, 0)


# --- Seeds ---


def test_a_seed_takes_all_64_bits(bench: Bench) -> None:
    editor: SeedEditor = bench.open("seed")
    editor.start()
    QTest.keyClicks(editor.line, "18446744073709551615")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert bench.value == 2**64 - 1


@pytest.mark.parametrize("width", [220, 232, 252, 300])
def test_all_digits_of_a_seed_fit_beside_its_buttons(bench: Bench, width: int) -> None:
    editor: SeedEditor = bench.open("seed", seed=2**64 - 1)
    editor.resize(width, editor.height())
    line, modes = editor.line, editor.modes
    taken = line.fontMetrics().horizontalAdvance(line.text())
    margins = line.textMargins()
    frame = 2 * 2  # Qt's own, beside the margins that can be set
    assert taken + margins.left() + margins.right() + frame <= line.width()
    assert line.geometry().right() < editor.reuse.x()
    assert editor.reuse.geometry().right() < modes[0].x()
    assert modes[-1].geometry().right() == width - 1
    assert all(button.isVisible() and button.width() >= 16 for button in modes)


def test_half_a_seed_is_never_written(bench: Bench) -> None:
    editor: SeedEditor = bench.open("seed", seed=7)
    editor.start()
    QTest.keyClicks(editor.line, "12")
    assert (bench.value, editor.line.text()) == (7, "12")
    QTest.keyClick(editor.line, Qt.Key.Key_Escape)
    assert (bench.value, editor.line.text()) == (7, "7")


def test_the_buttons_choose_what_happens_to_the_seed(bench: Bench) -> None:
    editor: SeedEditor = bench.open("seed")
    for button, mode in zip(editor.modes, ("fixed", "random", "increment"), strict=True):
        QTest.mouseClick(button, LEFT)
        assert bench.document.graph.nodes["n"].seed_mode == mode
        assert button.isChecked()


def test_the_seed_of_the_last_run_is_taken_and_kept(bench: Bench, session: QuietSession) -> None:
    session.seeds["n"] = 1234
    editor: SeedEditor = bench.open("seed", seed=7)
    QTest.mouseClick(editor.reuse, LEFT)
    assert bench.value == 1234
    assert bench.document.graph.nodes["n"].seed_mode == "fixed"
    assert not editor.reuse.isEnabled()


# --- Texts ---


def test_an_empty_text_says_what_nothing_means(bench: Bench) -> None:
    item = Input("folder", "str", default="", widget=Text(empty="in {output}"))
    editor = FieldEditor(bench.studio, item, bench.window)
    editor.show_value("")
    assert editor.line.placeholderText() == "in Wirebrush"
    editor.show_value(MIXED)
    assert editor.line.placeholderText() == "mixed"


# --- Choices ---


def test_a_long_list_is_searched_and_taken_by_keyboard(qtbot: QtBot, bench: Bench) -> None:
    editor: ChoiceEditor = bench.open("sampler")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Space)
    popup = editor.popup
    assert popup is not None
    QTest.keyClicks(popup.search, "sde")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert bench.value == "dpmpp_sde"
    assert not popup.isVisible()


def test_arrows_step_through_a_closed_list(bench: Bench) -> None:
    editor: ChoiceEditor = bench.open("sampler")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert bench.value == "euler_ancestral"
    QTest.keyClick(editor, Qt.Key.Key_Up)
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert bench.value == "euler"


def test_segments_are_chosen_by_a_click_and_by_arrows(bench: Bench) -> None:
    editor = bench.open("side")
    QTest.mouseClick(editor, LEFT, NONE, QPoint(290, 12))
    assert bench.value == "negative"
    QTest.keyClick(editor, Qt.Key.Key_Left)
    assert bench.value == "both"


def test_a_switch_is_turned_by_a_click_and_by_space(bench: Bench) -> None:
    editor = bench.open("preview")
    QTest.mouseClick(editor, LEFT, NONE, QPoint(16, 12))
    assert bench.value is False
    QTest.keyClick(editor, Qt.Key.Key_Space)
    assert bench.value is True


# --- Texts ---


def test_a_burst_of_typing_is_one_step(bench: Bench) -> None:
    editor = bench.open("name")
    editor.start()
    QTest.keyClicks(editor.line, "poster")
    assert (bench.value, bench.new_steps) == ("poster", 1)


def test_control_up_weighs_the_word_at_the_cursor(bench: Bench) -> None:
    editor: PromptEditor = bench.open("text", text="a red ball")
    cursor = editor.area.textCursor()
    cursor.setPosition(3)
    editor.area.setTextCursor(cursor)
    QTest.keyClick(editor.area, Qt.Key.Key_Up, CONTROL)
    QTest.keyClick(editor.area, Qt.Key.Key_Up, CONTROL)
    assert bench.value == "a (red:1.1) ball"
    assert bench.new_steps == 1


def test_a_new_value_from_elsewhere_leaves_the_cursor_of_who_types(bench: Bench) -> None:
    editor: PromptEditor = bench.open("text", text="a red ball")
    editor.start()
    QTest.keyClicks(editor.area, "s")
    bench.document.edit("Other", bench.document.graph.with_param("o", "name", "x"))
    QTest.keyClicks(editor.area, "!")
    assert bench.value == "a red balls!"
    assert editor.area.hasFocus()


def test_weights_are_colored(bench: Bench) -> None:
    editor: PromptEditor = bench.open("text", text="a (red:1.3) ball")
    block = editor.area.document().firstBlock()
    formats = block.layout().formats()
    assert [(one.start, one.length) for one in formats] == [(2, 9)]
    wanted = bench.studio.looks.theme.color("syntax.weight_up")
    assert formats[0].format.foreground().color() == wanted


def test_a_bracket_that_is_closed_two_lines_below_colors_all_of_them(bench: Bench) -> None:
    editor: PromptEditor = bench.open("text", text="(a\nb\nc")
    editor.area.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(editor.area, ")")
    assert editor.area.document().firstBlock().layout().formats()[0].length == 2


def test_tokens_are_counted_beside_the_window(qtbot: QtBot, bench: Bench) -> None:
    editor: PromptEditor = bench.open("text")
    editor.start()
    QTest.keyClicks(editor.area, "a red ball")
    qtbot.waitUntil(lambda: editor.count.tokens == 3, timeout=10000)
    assert editor.count.room == 75


# --- Files ---


def test_files_of_the_model_folders_are_listed(qtbot: QtBot, bench: Bench) -> None:
    own = bench.studio.paths.models / "checkpoints"
    own.mkdir(parents=True)
    (own / "mine.safetensors").write_bytes(b"")
    editor: ModelFileEditor = bench.open("file")
    QTest.mouseClick(editor, LEFT, NONE, QPoint(50, 12))
    popup = editor.popup
    assert popup is not None
    names = ["mine.safetensors", "toyworld.safetensors"]
    qtbot.waitUntil(lambda: [item.text for item in popup.entries][:2] == names, timeout=10000)
    popup.setFocus()
    QTest.keyClick(popup.list, Qt.Key.Key_Return)
    assert bench.value == FileRef("checkpoints/mine.safetensors")


def test_a_missing_file_is_amber_and_can_be_located(
    bench: Bench, session: QuietSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.known.missing.add("checkpoints/gone.safetensors")
    found = tmp_path / "found.safetensors"
    answer = lambda title, folder, filters, done: done([found])  # noqa: E731
    monkeypatch.setattr(bench.studio.questions, "open_files", answer)
    editor: ModelFileEditor = bench.open("file", file="checkpoints/gone.safetensors")
    assert editor.status == "warning"
    QTest.mouseClick(editor.locate, LEFT)
    assert bench.value == FileRef(found.as_posix())
    assert session.granted == [found.as_posix()]


def test_a_path_is_taken_whole(bench: Bench, session: QuietSession) -> None:
    editor: PathEditor = bench.open("folder")
    editor.start()
    QTest.keyClicks(editor.line, "/data/in")
    assert bench.new_steps == 0
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert (bench.value, bench.new_steps) == (FileRef("/data/in"), 1)
    assert session.granted == ["/data/in"]


def test_an_asset_is_copied_beside_the_graph(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    picture.write_bytes(b"picture")
    editor: AssetEditor = bench.open("picture")
    with qtbot.waitSignal(editor.edited, timeout=10000):
        editor.picked(picture)
    assert bench.value.path.endswith(".png")
    assert (Path(bench.document.base) / bench.value.path).read_bytes() == b"picture"


# --- Colours, curves, tables, tools ---


def test_a_color_is_written_once_it_is_whole(bench: Bench) -> None:
    editor: ColorEditor = bench.open("background")
    editor.start()
    QTest.keyClicks(editor.line, "#12")
    assert bench.value == "#d9402f"
    QTest.keyClicks(editor.line, "3456")
    assert bench.value == "#123456"


def test_a_point_is_added_moved_and_removed_by_mouse(bench: Bench) -> None:
    editor: CurveEditor = bench.open("strength")
    QTest.mouseClick(editor, LEFT, NONE, QPoint(225, 20))
    assert len(bench.value) == 4
    drag(editor, QPoint(225, 20), QPoint(240, 60))
    assert len(bench.value) == 4
    assert bench.value[2][1] < 0.4
    assert bench.new_steps == 2
    QTest.mouseDClick(editor, LEFT, NONE, QPoint(240, 60))
    assert len(bench.value) == 3


def test_a_point_is_chosen_moved_added_and_removed_by_keyboard(bench: Bench) -> None:
    editor: CurveEditor = bench.open("strength")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Right, CONTROL)
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert bench.value[1] == (0.45, 0.61)
    QTest.keyClick(editor, Qt.Key.Key_Insert)
    assert len(bench.value) == 4
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    assert len(bench.value) == 3


def test_points_do_not_pass_each_other(bench: Bench) -> None:
    editor: CurveEditor = bench.open("strength")
    drag(editor, QPoint(round(6 + 0.45 * 288), round(70 - 0.6 * 64)), QPoint(299, 30))
    assert bench.target.problem == ""
    assert bench.value[1][0] <= bench.value[2][0]


def test_rows_of_a_table_are_added_edited_and_removed(bench: Bench) -> None:
    editor: TableEditor = bench.open("rows")
    editor.add_row()
    cell = editor.table.item(1, 0)
    assert cell is not None
    cell.setText("x")
    assert bench.value == (("a", "b"), ("x", ""))
    editor.table.setCurrentCell(0, 0)
    QTest.keyClick(editor.table, Qt.Key.Key_Delete)
    assert bench.value == (("x", ""),)


def test_painting_opens_the_tool_of_the_viewer_on_the_node(bench: Bench) -> None:
    from studio.ui.actions.action import Action

    opened: list[str] = []
    bench.studio.actions.declare(Action("node.paint_mask", "Paint mask"))
    bench.studio.actions.bind("node.paint_mask", lambda: opened.append(bench.document.state.focus))
    editor: PaintEditor = bench.open("mask")
    QTest.mouseClick(editor, LEFT)
    assert opened == ["o"]


def test_posing_opens_the_tool_of_the_viewer_and_says_how_many_people_there_are(
    bench: Bench,
) -> None:
    from studio.ui.actions.action import Action

    opened: list[str] = []
    bench.studio.actions.declare(Action("node.edit_pose", "Edit the pose"))
    bench.studio.actions.bind("node.edit_pose", lambda: opened.append(bench.document.state.focus))
    editor: PointsEditor = bench.open("people")
    assert editor.text == "Edit the pose"
    editor.show_value((((0.5, 0.5, 1.0),) * 18,))
    assert editor.text == "1 person"
    QTest.mouseClick(editor, LEFT)
    assert opened == ["o"]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("kind", ["n", "o"])
def test_every_editor_paints_itself_with_any_value(bench: Bench, kind: str, theme: str) -> None:
    bench.studio.looks.set(theme, "compact")
    spec = bench.studio.registry.spec(bench.document.graph.nodes[kind].type)
    assert spec
    for item in spec.inputs:
        if not item.is_socket:
            editor = bench.open(item.name)
            editor.show_value(MIXED)
            assert not editor.grab().isNull()
            editor.show_value(item.default, "something is wrong")
            assert not editor.grab().isNull()
            assert editor.accessibleName()
