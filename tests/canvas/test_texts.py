"""Values as people read them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from studio.canvas.texts import fill_of, format_value, row_kind, widest
from studio.core.spec import Input
from studio.core.widgets import (
    Boxes,
    Choice,
    Curve,
    FileRef,
    ModelFile,
    Paint,
    Points,
    Range,
    Seed,
    Text,
    Toggle,
    Widget,
)


def param(widget: Widget, kind: str = "float") -> Input:
    return Input("value", kind, widget=widget)


@pytest.mark.parametrize(
    ("widget", "value", "said"),
    [
        (Range(0, 8192, unit=" px"), 512, "512 px"),
        (Range(0, 100, 0.1), 4.0, "4.0"),
        (Range(0, 1, 0.01), 1.0, "1.00"),
        (Range(0, 1, 0.05), 0.725, "0.725"),
        (Range(-180, 180, 1, "°"), -0.5, "-0.5°"),
        (Range(0, 1e300), 1e300, "1e+300"),
        (Range(0, 1), math.inf, "inf"),
        (Seed(), 2**64 - 1, "18446744073709551615"),
        (Toggle(), True, "on"),
        (Toggle(), False, "off"),
        (Choice(("a", "b")), "b", "b"),
        (Text(), "two words", "two words"),
        (Seed(), None, ""),
    ],
)
def test_a_value_is_written_with_its_unit(widget: Widget, value: Any, said: str) -> None:
    assert format_value(param(widget), value) == said


@pytest.mark.parametrize(
    "path", ["starter/toyworld.safetensors", "C:\\models\\toyworld.safetensors"]
)
def test_a_file_is_written_as_its_name(path: str) -> None:
    item = param(ModelFile("checkpoints"), "file")
    values = (path, FileRef(path), {"path": path})
    assert {format_value(item, value) for value in values} == {"toyworld.safetensors"}


def test_a_painted_mask_is_not_called_by_its_digest() -> None:
    held = {"path": "masks.assets/1070d26cb4f580aa.png"}
    assert format_value(param(Paint(), "asset"), held) == "painted"
    assert format_value(param(Paint(), "asset"), None) == ""


def test_drawn_values_are_counted() -> None:
    assert format_value(param(Curve(), "curve"), [[0, 0], [1, 1]]) == "2 points"
    assert format_value(param(Boxes(), "boxes"), {"off": [1, 3]}) == "2 edits"
    assert format_value(param(Points(), "points"), [1]) == "1 person"
    assert format_value(param(Points(), "points"), [1, 2]) == "2 people"


def test_a_bounded_number_shows_its_place() -> None:
    assert fill_of(param(Range(0, 200)), 50) == 0.25
    assert fill_of(param(Range(0.25, 4, scale="log")), 1.0) == pytest.approx(0.5)
    assert fill_of(param(Range(0, 200)), 900) == 1.0


@pytest.mark.parametrize("widget", [Range(-(2**63), 2**64), Seed(), Range(1, 1)])
def test_a_number_without_useful_bounds_shows_no_place(widget: Widget) -> None:
    assert fill_of(param(widget), 1) == -1
    assert fill_of(param(Range(0, 1)), "much") == -1


def test_the_kind_of_a_row_follows_its_editor() -> None:
    widgets = (Range(0, 1), Text(), Text(4), Paint(), Toggle())
    assert [row_kind(param(one)) for one in widgets] == ["field", "line", "text", "paint", "toggle"]


def test_room_is_kept_for_the_longest_choice() -> None:
    assert widest(param(Choice(("euler", "dpmpp_2m", "lcm")))) == "dpmpp_2m"
    assert widest(param(Range(1, 8192, unit=" px"))) == "8192 px"
