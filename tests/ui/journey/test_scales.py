"""The window after its journey, at several scale factors: nothing cut, hidden or faint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(("scale", "theme"), [("1", "dark"), ("1.5", "light"), ("2", "dark")])
def test_nothing_is_cut_overlapping_outside_faint_or_without_focus(
    tmp_path: Path, scale: str, theme: str
) -> None:
    command = [sys.executable, "-m", "tests.ui.journey.sight", str(tmp_path), theme]
    environment = {**os.environ, "QT_SCALE_FACTOR": scale}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "wrong.json").read_text("utf-8"))
    assert {kind: items for kind, items in found.items() if items} == {}
