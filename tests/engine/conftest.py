"""What tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.cheap import CALLS, Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """An engine for which every node is cheap, however busy the machine is."""
    monkeypatch.setattr("studio.engine.work.CHEAP_SECONDS", float("inf"))
    CALLS.clear()
    made = Bench(tmp_path)
    yield made
    made.host.close()
