"""Sizes come from the theme."""

from __future__ import annotations

from studio.canvas.metrics import Metrics
from tests.canvas.stage import METRICS, TOKENS


def test_compact_takes_air_and_never_type_size() -> None:
    compact = Metrics.of(TOKENS, "compact")
    assert (compact.row, compact.header) < (METRICS.row, METRICS.header)
    assert (compact.text, compact.line) == (METRICS.text, METRICS.line)


def test_a_longer_text_is_wider() -> None:
    assert METRICS.text_width("guidance") > METRICS.text_width("seed") > 0
