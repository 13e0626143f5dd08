"""Edits of boxes: read strictly, written back the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from studio.core.boxes import MOST, NO_EDITS, BoxEdits, box_edits
from studio.core.define import spec_of
from studio.core.spec import Input, spec_from_data
from studio.core.widgets import Boxes, plain
from tests.fakes import number

FULL = {
    "made_for": "abc.detections",
    "off": [3, 5],
    "moved": {"2": [1.0, 2.0, 30.5, 40.0], "10": [0.0, 0.0, 8.0, 8.0]},
    "added": [{"item": 1, "box": [5.0, 6.0, 50.0, 60.0], "label": "face"}],
}


def test_edits_survive_being_saved() -> None:
    assert json.loads(json.dumps(plain(box_edits(FULL)))) == FULL


def test_no_edits_are_an_empty_table() -> None:
    assert box_edits({}) == NO_EDITS
    assert NO_EDITS.as_data() == {}
    assert not NO_EDITS


def test_equal_edits_are_the_same_value_however_they_are_written() -> None:
    one = {"off": [5, 3, 3], "moved": {"10": [0, 0, 8, 8], "2": [-0.0, 0, 1, 1]}}
    other = {"moved": {"2": [0.0, 0.0, 1.0, 1.0], "10": [0.0, 0.0, 8.0, 8.0]}, "off": [3, 5]}
    assert box_edits(one) == box_edits(other)
    assert str(box_edits(one)) == str(box_edits(other))


def test_edits_are_counted() -> None:
    assert len(box_edits(FULL)) == 5


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([], "not edits of boxes"),
        (None, "not edits of boxes"),
        ({"offs": []}, "no part 'offs'"),
        ({"off": 3}, "not a list"),
        ({"off": [-1]}, "not a whole number"),
        ({"off": [True]}, "not a whole number"),
        ({"off": [1.5]}, "not a whole number"),
        ({"moved": {"a": [0, 0, 1, 1]}}, "not the id"),
        ({"moved": {"1": [0, 0, 1]}}, "not a box"),
        ({"moved": {"1": [5, 0, 5, 1]}}, "is empty"),
        ({"moved": {"1": [0, 0, float("nan"), 1]}}, "far outside"),
        ({"moved": {"1": [0, 0, 1e9, 1]}}, "far outside"),
        ({"moved": {"1": [0, 0, "x", 1]}}, "not a number of pixels"),
        ({"added": [{"box": [0, 0, 1, 1], "text": "x"}]}, "no part 'text'"),
        ({"added": [{"item": 0}]}, "not a box"),
        ({"added": [{"box": [0, 0, 1, 1], "label": 5}]}, "not a text"),
        ({"made_for": "x" * 500}, "not a text"),
        ({"off": list(range(MOST + 1))}, "more than"),
    ],
)
def test_wrong_edits_are_refused_with_a_reason(wrong: Any, said: str) -> None:
    assert said in str(Input("edits", "boxes", widget=Boxes()).problem(wrong))


def test_a_spec_with_edits_survives_a_trip_through_json() -> None:
    edits = Input("edits", "boxes", default=box_edits(FULL), widget=Boxes())
    spec = replace(spec_of(number), inputs=(edits,))
    assert spec_from_data(json.loads(json.dumps(spec.as_data()))).inputs == (edits,)


def test_the_same_edits_come_out_of_their_own_data() -> None:
    edits = BoxEdits("key", (1,), ((2, (0.0, 0.0, 1.0, 1.0)),), ())
    assert box_edits(edits.as_data()) == edits
    assert box_edits(edits) is edits
