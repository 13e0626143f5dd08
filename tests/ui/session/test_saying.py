"""What nodes say whose results are numbers or texts, in a window that knows only the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Link, Node
from studio.ui.session.saying import MANY
from studio.ui.session.session import Session
from tests.engine.cheap import graph_of
from tests.ui.engines import Desktop


def numbers() -> Graph:
    """Return a number that is doubled and shown, and a switch between two numbers."""
    nodes = {
        "three": Node("test.value", params={"value": 3.0}),
        "four": Node("test.value", params={"value": 4.0}),
        "scale": Node("test.scale"),
        "show": Node("test.show"),
        "switch": Node("test.switch", params={"choice": 1}),
        "grey": Node("test.grey"),
    }
    links = (
        "three.value -> scale.value",
        "scale.value -> show.value",
        "three.value -> switch.inputs",
        "four.value -> switch.inputs",
    )
    return graph_of(nodes, *links)


@pytest.fixture
def desktop(tmp_path: Path, qtbot: QtBot) -> Iterator[Desktop]:
    made = Desktop(tmp_path, qtbot, numbers())
    yield made
    made.close()


def says(desktop: Desktop, node: str, session: Session | None = None) -> str:
    return (session or desktop.session).state(desktop.document, node).words


def test_what_was_run_says_its_number_and_show_what_it_was_given(desktop: Desktop) -> None:
    desktop.until("show", "stale")
    before = says(desktop, "scale"), says(desktop, "show")
    desktop.run()
    desktop.until("show", "fresh")
    assert before == ("", "")
    assert (says(desktop, "scale"), says(desktop, "show")) == ("6", "6")
    assert desktop.session.words(desktop.document, "show") == "6"
    assert desktop.session.picture(desktop.document, "show") is None


def test_a_switch_says_what_it_chose_and_a_literal_nothing(desktop: Desktop) -> None:
    desktop.until("switch", "fresh")
    assert (says(desktop, "switch"), says(desktop, "four")) == ("4", "")
    desktop.document.edit("Set", desktop.document.graph.with_param("switch", "choice", 0))
    desktop.wait(lambda: says(desktop, "switch") == "3")


def test_another_session_finds_the_words_in_the_store(desktop: Desktop) -> None:
    desktop.run()
    desktop.session.close()
    again = desktop.session = desktop.made()
    again.start()
    desktop.until("show", "fresh")
    assert (says(desktop, "scale"), says(desktop, "show")) == ("6", "6")


def test_stale_words_stay_until_the_next_ones_are_there(desktop: Desktop) -> None:
    desktop.run()
    desktop.until("show", "fresh")
    desktop.document.edit("Set", desktop.document.graph.with_param("three", "value", 5.0))
    at_once = desktop.kinds("show")[0], says(desktop, "show")
    desktop.wait(lambda: desktop.kinds("scale") == ["stale"])
    assert at_once == ("stale", "6")
    assert says(desktop, "scale") == "6"
    desktop.run()
    desktop.until("show", "fresh")
    assert says(desktop, "show") == "10"


def test_a_show_that_was_given_a_picture_since_says_no_number_more(desktop: Desktop) -> None:
    desktop.run()
    desktop.until("show", "fresh")
    graph = desktop.document.graph.without_links(Link.parse("scale.value -> show.value"))
    desktop.document.edit("Link", graph.with_link(Link.parse("grey.image -> show.value")))
    desktop.run()
    desktop.wait(lambda: desktop.kinds("show") == ["fresh"])
    assert says(desktop, "show") == ""
    assert desktop.session.words(desktop.document, "show") == ""


def test_of_very_many_numbers_only_those_are_said_that_nothing_takes(
    tmp_path: Path, qtbot: QtBot
) -> None:
    links = [f"n{k}.value -> n{k + 1}.value" for k in range(MANY)]
    nodes = {"one": Node("test.value", params={"value": 1.0})}
    nodes |= {f"n{k}": Node("test.scale") for k in range(MANY + 1)}
    desktop = Desktop(tmp_path, qtbot, graph_of(nodes, "one.value -> n0.value", *links))
    desktop.until("n0", "stale")
    desktop.run()
    desktop.until(f"n{MANY}", "fresh")
    assert (says(desktop, "n0"), bool(says(desktop, f"n{MANY}"))) == ("", True)
    desktop.close()
