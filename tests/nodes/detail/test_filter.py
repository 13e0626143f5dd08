"""Filter detections: the parameters reach the library, and edits their detections."""

from __future__ import annotations

from pathlib import Path

from nodes.detail.filter import filter_detections
from studio.core.boxes import BoxEdits
from studio.core.values import Detection, Detections
from tests.nodes.fakes import FakeEffect, FakeOutput

ITEM = (
    Detection((10, 10, 40, 40), "face", 0.5, (), 1),
    Detection((60, 20, 120, 80), "hand", 0.9, (), 2),
)
FOUND = Detections((ITEM,), (200, 100), key="a.detections")


def context() -> FakeEffect:
    return FakeEffect(FakeOutput(Path("unused")))


def test_nothing_asked_for_keeps_all() -> None:
    assert filter_detections(FOUND, ctx=context()).items == (ITEM,)  # type: ignore[arg-type]  # warn


def test_every_parameter_counts() -> None:
    for asked in (
        {"top": 1, "by": "confidence"}, {"area_min": 0.1}, {"labels": "hand"},
        {"edits": BoxEdits("a.detections", (1,))},
    ):  # fmt: skip
        made = filter_detections(FOUND, ctx=context(), **asked)  # type: ignore[arg-type]
        assert made.items == (ITEM[1:],), asked


def test_edits_of_other_detections_are_a_warning() -> None:
    ctx = context()
    edits = BoxEdits("b.detections", (1,))
    made = filter_detections(FOUND, edits=edits, ctx=ctx)  # type: ignore[arg-type]  # warn
    assert made.items == (ITEM,)
    assert [code for code, _ in ctx.warnings] == ["W_EDITS"]
