"""Labels, fields, sections, rows, dialogs and toasts do what their words say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.paths import resources
from studio.ui.kit.buttons import Button
from studio.ui.kit.dialog import Dialog
from studio.ui.kit.fields import Field
from studio.ui.kit.labels import ElidedLabel, Words, keys_of
from studio.ui.kit.painting import MARGIN
from studio.ui.kit.sections import EmptyState, SectionHead
from studio.ui.kit.toast import MOST, Toasts
from studio.ui.looks.looks import Looks
from studio.ui.messages import Message


@pytest.fixture
def looks(qtbot: QtBot) -> Looks:
    return Looks(resources())


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


# --- Labels ---


@pytest.mark.parametrize(
    ("chord", "keys"),
    [
        ("Ctrl+Shift+G", ("Ctrl", "Shift", "G")),
        ("[", ("[",)),
        ("Ctrl++", ("Ctrl", "+")),
        ("+", ("+",)),
        ("", ()),
    ],
)
def test_a_chord_is_its_keys(chord: str, keys: tuple[str, ...]) -> None:
    assert keys_of(chord) == keys


def test_words_follow_the_theme(looks: Looks, qtbot: QtBot) -> None:
    words = Words(looks, "hello", "label", "text.muted")
    qtbot.addWidget(words)
    looks.set("light", "comfortable")
    assert words.palette().windowText().color() == looks.theme.color("text.muted")


def test_words_are_never_read_as_markup(looks: Looks, qtbot: QtBot) -> None:
    words = Words(looks, "<b>bold.json</b>")
    qtbot.addWidget(words)
    assert words.textFormat() == Qt.TextFormat.PlainText


def test_the_tool_tip_has_what_is_cut(looks: Looks, qtbot: QtBot) -> None:
    label = ElidedLabel(looks, "a_very_long_name_of_a_checkpoint.safetensors")
    qtbot.addWidget(label)
    label.resize(60, 16)
    label.show()
    assert label.toolTip() == label.text()
    label.resize(600, 16)
    assert label.toolTip() == ""


# --- Fields ---


def test_arrows_in_a_field_move_the_list_below(looks: Looks, qtbot: QtBot) -> None:
    field = Field(looks, "Search")
    qtbot.addWidget(field)
    steps: list[int] = []
    field.stepped.connect(steps.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown):
        QTest.keyClick(field, key)
    assert steps == [1, -1, 8]


def test_letters_in_a_field_are_typed(looks: Looks, qtbot: QtBot) -> None:
    field = Field(looks, "Search", "ph.magnifying-glass")
    qtbot.addWidget(field)
    QTest.keyClicks(field, "blur")
    assert field.text() == "blur"


# --- Sections ---


def test_the_head_of_a_section_folds_it(looks: Looks, window: QWidget, qtbot: QtBot) -> None:
    head = SectionHead(looks, "Noise", window)
    rows = QWidget(window)
    head.toggled.connect(rows.setVisible)
    head.show()
    QTest.mouseClick(head, Qt.MouseButton.LeftButton)
    assert not rows.isVisible()
    QTest.keyClick(head, Qt.Key.Key_Space)
    assert rows.isVisible()


def test_an_empty_panel_offers_what_helps(looks: Looks, window: QWidget, qtbot: QtBot) -> None:
    done: list[str] = []
    empty = EmptyState(
        looks, "ph.image", "No picture yet", "Run the graph.", "Run the graph", "Ctrl+Enter",
        lambda: done.append("run"), window,
    )  # fmt: skip
    empty.resize(400, 300)
    empty.show()
    button = empty.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    pressed = next(item for item in button if hasattr(item, "click"))
    QTest.mouseClick(pressed, Qt.MouseButton.LeftButton)
    assert done == ["run"]


# --- Dialogs ---


def test_enter_presses_the_primary_button_wherever_the_keyboard_is(
    looks: Looks, window: QWidget, qtbot: QtBot
) -> None:
    done: list[str] = []
    dialog = Dialog(looks, "2 models are missing", "The graph is open.", window)
    field = Field(looks, "Search", parent=dialog)
    dialog.body.addWidget(field)
    dialog.add_button("Done", "primary", lambda: done.append("done"))
    dialog.open()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert done == ["done"]


def test_escape_closes_a_dialog_and_does_nothing(
    looks: Looks, window: QWidget, qtbot: QtBot
) -> None:
    done: list[str] = []
    dialog = Dialog(looks, "Recover", "", window)
    dialog.add_button("Recover", "primary", lambda: done.append("recover"))
    dialog.open()
    with qtbot.waitSignal(dialog.escaped, timeout=1000):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert done == []


# --- Toasts ---


def test_a_toast_does_what_it_offers_and_goes(looks: Looks, window: QWidget, qtbot: QtBot) -> None:
    done: list[str] = []
    toasts = Toasts(looks, window)
    toasts.show(Message("The worker ended.", "error", "Restart", lambda: done.append("restart")))
    QTest.mouseClick(toasts.items[0].button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not toasts.items)
    assert done == ["restart"]


def test_progress_is_told_in_one_toast(looks: Looks, window: QWidget) -> None:
    toasts = Toasts(looks, window)
    for text, about in (("10 %", "a"), ("20 %", "b"), ("30 %", "a")):
        toasts.show(Message(text, "progress", stays=True, about=about))
    assert [toast.message.text for toast in toasts.items] == ["30 %", "20 %"]
    assert toasts.items[0].findChildren(Words)[0].text() == "30 %"
    toasts.withdraw("a")
    assert [toast.message.text for toast in toasts.items] == ["20 %"]
    toasts.clear()


def test_toasts_stand_above_each_other_in_the_corner(looks: Looks, window: QWidget) -> None:
    toasts = Toasts(looks, window)
    for text in ("one", "two"):
        toasts.show(Message(text, stays=True))
    first, second = (toast.geometry() for toast in toasts.items)
    assert first.left() == second.left()
    assert first.top() < second.top()
    assert window.rect().contains(second.center() + QPoint(0, 20))
    toasts.clear()


def test_the_same_message_is_shown_once(looks: Looks, window: QWidget) -> None:
    toasts = Toasts(looks, window)
    for _ in range(3):
        toasts.show(Message("The disk is full", stays=True))
    assert len(toasts.items) == 1
    toasts.clear()


def test_many_messages_do_not_cover_the_canvas(looks: Looks, window: QWidget) -> None:
    toasts = Toasts(looks, window)
    for number in range(MOST + 3):
        toasts.show(Message(f"message {number}", stays=True))
    assert [toast.message.text for toast in toasts.items][-1] == f"message {MOST + 2}"
    assert len(toasts.items) == MOST
    toasts.clear()


def test_errors_wait_to_be_closed_and_other_messages_do_not(
    looks: Looks, window: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(looks.theme.tokens["motion"], "toast", 20)
    toasts = Toasts(looks, window)
    toasts.show(Message("Saved", "success"))
    toasts.show(Message("The disk is full", "error", stays=True))
    qtbot.waitUntil(lambda: len(toasts.items) == 1)
    assert toasts.items[0].message.kind == "error"
    toasts.clear()


@pytest.mark.parametrize("width", [800, 500])
def test_toasts_leave_the_corner_free_that_is_taken(
    looks: Looks, window: QWidget, width: int
) -> None:
    window.resize(width, 600)
    taken = QRect(width - 180, 480, 168, 108)
    toasts = Toasts(looks, window, lambda: taken)
    toasts.show(Message("Saved first.png"))
    toast = toasts.items[0]
    card = toast.geometry().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    assert not card.intersects(taken)
    assert window.rect().contains(card)
    toasts.clear()


def test_what_is_said_about_something_goes_with_it(looks: Looks, window: QWidget) -> None:
    toasts = Toasts(looks, window)
    for about in ("first", "second"):
        toasts.show(Message(f"{about} failed", "error", stays=True, about=about))
    toasts.withdraw("first")
    assert [toast.message.about for toast in toasts.items] == ["second"]
    toasts.clear()


def test_an_empty_state_offers_a_second_thing(looks: Looks, qtbot: QtBot) -> None:
    pressed: list[str] = []
    empty = EmptyState(looks, "ph.image", "Nothing", "Yet.", "First", "Tab", is_large=True)
    qtbot.addWidget(empty)
    empty.offer("Second", lambda: pressed.append("second"))
    empty.show()
    button = next(b for b in empty.findChildren(Button) if b.text() == "Second")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == ["second"]
