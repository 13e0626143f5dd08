"""What results say that are numbers or texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core.graph import Node
from studio.core.values import Image, Ref, Sequence
from studio.engine.words import MOST, joined, words_in, words_of
from tests.engine.cheap import Bench, graph_of

PICTURE = Image(np.zeros((1, 2, 2, 3), np.float32))
DOUBLED = graph_of(
    {"scale": Node("test.scale", params={"value": 3.5}), "show": Node("test.show")},
    "scale.value -> show.value",
)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (7, "7"),
        (0.1 + 0.2, "0.3"),
        (True, "on"),
        (False, "off"),
        ("a cliff\nat dusk", "a cliff\nat dusk"),
        (" ", "(empty)"),
        (Sequence((1, 2, 3)), "1, 2, 3"),
        (Sequence((1, PICTURE)), ""),
        (Sequence((Ref("k.value"),)), ""),
        (Sequence(("a.png",), reader="some:reader"), ""),
        (PICTURE, ""),
        (None, ""),
        ("x" * (MOST + 1), "x" * MOST + "\N{HORIZONTAL ELLIPSIS}"),
    ],
)
def test_numbers_and_texts_say_something_and_pictures_nothing(value: Any, words: str) -> None:
    assert words_of(value) == words


def test_several_outputs_say_their_names_and_one_alone_does_not() -> None:
    assert joined({"width": "512"}) == "512"
    assert joined({"width": "512", "long_side": "768"}) == "width: 512\nlong side: 768"


def test_a_number_beside_a_picture_is_not_all_that_a_result_says() -> None:
    assert joined({"image": "", "width": "512"}) == ""


def test_a_run_tells_what_a_number_says_and_what_is_shown_of_it(bench: Bench) -> None:
    bench.run(DOUBLED)
    assert bench.finished("scale").words == "7"
    assert bench.finished("show").words == "7"


def test_a_run_tells_what_a_list_says_that_is_shown(bench: Bench) -> None:
    nodes = {"numbers": Node("test.numbers"), "show": Node("test.show")}
    bench.run(graph_of(nodes, "numbers.values -> show.value"))
    assert bench.finished("show").words == "0, 1, 2"


def test_a_picture_that_is_shown_says_nothing(bench: Bench) -> None:
    nodes = {"grey": Node("test.grey"), "show": Node("test.show")}
    bench.run(graph_of(nodes, "grey.image -> show.value"))
    assert bench.finished("grey").words == ""
    assert bench.finished("show").words == ""


def test_the_store_knows_what_a_number_says_that_was_shown(bench: Bench) -> None:
    bench.run(DOUBLED)
    key = bench.finished("scale").key
    bench.restart()
    assert bench.host.cache.store
    headers = bench.host.cache.store.headers([key, "no such key"])
    assert {key: words_in(header) for key, header in headers.items()} == {key: {"value": "7"}}


def test_the_header_of_a_list_and_of_a_picture_is_read_too(bench: Bench) -> None:
    store = bench.host.cache.store
    assert store
    outputs = {"list": Sequence(("a", "b")), "image": PICTURE, "on": True}
    store.put("k", outputs, kind="test")
    store.flush()
    assert words_in(store.headers(["k"])["k"]) == {"list": "a, b", "on": "on"}


@pytest.mark.parametrize("header", ["", "{}", '{"names": ["a"], "values": []}', "[1]"])
def test_a_damaged_header_says_nothing(header: str) -> None:
    assert words_in(header) == {}
