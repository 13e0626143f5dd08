from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.ui.canvas.counts import Counts
from studio.ui.canvas.pictures import Pictures, rounded, step_of


@pytest.fixture
def pool(qtbot: QtBot) -> Iterator[QThreadPool]:
    made = QThreadPool()
    yield made
    made.waitForDone()


def red(width: int, height: int) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.red)
    return made


def test_corners_are_round_and_proportions_kept() -> None:
    made = rounded(red(800, 400), 100, 0.1)
    assert (made.width(), made.height()) == (100, 50)
    assert made.pixelColor(0, 0).alpha() == 0
    assert made.pixelColor(50, 25).red() == 255


def test_small_pictures_are_not_blown_up() -> None:
    assert rounded(red(40, 30), 100, 0.1).width() == 40


def test_sizes_come_in_steps_so_that_zooming_scales_rarely() -> None:
    steps = {step_of(width) for width in range(100, 401)}
    assert len(steps) <= 6
    assert all(width <= step_of(width) <= width * 1.5 for width in range(10, 2000, 7))


def test_a_sharper_picture_replaces_a_coarse_one(pool: QThreadPool, qtbot: QtBot) -> None:
    pictures = Pictures(lambda _node: red(1000, 1000), pool)
    with qtbot.waitSignal(pictures.ready):
        assert pictures.get("a", 1, 50, 0.0) is None
    coarse = pictures.get("a", 1, 50, 0.0)
    assert coarse is not None
    assert not pictures.busy
    with qtbot.waitSignal(pictures.ready):
        assert pictures.get("a", 1, 400, 0.0) is coarse
    sharper = pictures.get("a", 1, 400, 0.0)
    assert sharper is not None
    assert sharper.width() >= 400


def test_the_whole_picture_is_never_asked_for_twice(pool: QThreadPool, qtbot: QtBot) -> None:
    asked: list[str] = []

    def source(node: str) -> QImage:
        asked.append(node)
        return red(64, 64)

    pictures = Pictures(source, pool)
    with qtbot.waitSignal(pictures.ready):
        for _ in range(3):
            pictures.get("a", 1, 60, 0.0)
    assert asked == ["a"]


def test_a_node_without_a_picture_waits_for_nothing(pool: QThreadPool) -> None:
    pictures = Pictures(lambda _node: None, pool)
    assert pictures.get("a", 1, 50, 0.0) is None
    assert not pictures.busy


def test_tokens_are_counted_once_for_all_nodes_with_a_prompt(
    pool: QThreadPool, qtbot: QtBot
) -> None:
    counts = Counts(pool)
    told: list[str] = []
    counts.ready.connect(told.append)
    assert counts.get("a", "a red ball") == counts.get("b", "a red ball") == ""
    qtbot.waitUntil(lambda: sorted(told) == ["a", "b"])
    assert counts.get("a", "a red ball") == "3 / 75"
    assert not counts.busy


def test_the_picture_before_stays_until_the_next_one_is_there(
    pool: QThreadPool, qtbot: QtBot
) -> None:
    pictures = Pictures(lambda _node: red(64, 64), pool)
    with qtbot.waitSignal(pictures.ready):
        pictures.get("a", 1, 60, 0.0)
    before = pictures.get("a", 1, 60, 0.0)
    assert before is not None
    with qtbot.waitSignal(pictures.ready):
        assert pictures.get("a", 2, 60, 0.0) is before
    assert pictures.get("a", 2, 60, 0.0) is not before
    assert pictures.get("b", 1, 60, 0.0) is None
    pool.waitForDone()
    pictures.clear()
    assert pictures.get("a", 3, 60, 0.0) is None
