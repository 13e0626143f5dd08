"""The search at the cursor, by keyboard alone."""

from __future__ import annotations

import pytest

from studio.ui.canvas.adding import Adding
from studio.ui.palette.usage import Usage
from tests.ui.driver import CanvasDriver


@pytest.fixture
def adding(driver: CanvasDriver) -> Adding:
    driver.hover((300, 200))
    driver.key("Tab")
    return driver.canvas.adding


def test_arrows_and_tab_walk_through_what_is_found(adding: Adding, driver: CanvasDriver) -> None:
    driver.type("image")
    found = adding.search.found
    driver.key("Down")
    assert adding.search.current is not None
    assert adding.search.current.id == found[1]
    driver.key("Tab")
    assert adding.search.current.id == found[2]


def test_escape_leaves_and_gives_the_keyboard_back(adding: Adding, driver: CanvasDriver) -> None:
    driver.key("Esc")
    assert not adding.search.isVisible()
    assert driver.canvas.hasFocus()


def test_a_click_beside_it_closes_it(adding: Adding, driver: CanvasDriver) -> None:
    driver.click((20, 20))
    assert not adding.search.isVisible()


def test_shift_enter_adds_and_links_to_what_is_chosen(driver: CanvasDriver) -> None:
    image = driver.add("Load image", (20, 20))
    driver.key("Tab")
    driver.type("blur")
    driver.key("Shift+Return")
    driver.hover((500, 300))
    driver.click((500, 300))
    assert driver.links() == {f"{image}.image -> blur.image"}


def test_backspace_takes_the_filter_away(driver: CanvasDriver) -> None:
    image = driver.add("Load image", (20, 20))
    driver.sweep([driver.socket(f"{image}.image"), (500, 300)])
    search = driver.canvas.adding.search
    fitting = len(search.found)
    driver.key("Backspace")
    assert len(search.found) > fitting


def test_what_is_used_most_is_found_first(adding: Adding, driver: CanvasDriver) -> None:
    driver.key("Esc")
    for _ in range(3):
        adding.usage.add("image.resize")
    driver.key("Tab")
    assert adding.search.found[0] == "image.resize"
    again = Usage(driver.canvas.studio.paths.data / "usage.json")
    assert again.counts["image.resize"] == 3


def test_nothing_found_is_said(adding: Adding, driver: CanvasDriver) -> None:
    driver.type("zzzzzz")
    assert adding.search.found == ()
    driver.key("Return")
    assert adding.search.isVisible()
