"""The window is killed at random moments of a journey; at most the last edit is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.core.document import read
from studio.core.registry import Registry
from studio.ui.documents.recovery import Lost, Recovery
from tests.counts import count
from tests.ui.edited_until_killed import digest
from tests.ui.stores import documents_in

ROOT = Path(__file__).resolve().parents[3]
KILLS = count(4, 100)
MOST_LINES = count(300, 900)

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.name == "nt", reason="kills as systems with signals do"),
]


def killed(folder: Path, dice: random.Random) -> list[list[str]]:
    """Run the journey, kill it at a random moment, and return what it said."""
    said = folder / "said"
    wanted = dice.randrange(4, MOST_LINES)
    journey = subprocess.Popen(
        [sys.executable, "-m", "tests.ui.edited_until_killed", str(folder)], cwd=ROOT
    )
    try:
        while not said.is_file() or said.read_bytes().count(b"\n") < wanted:
            assert journey.poll() is None, "the journey ended by itself"
            time.sleep(dice.random() * 0.01)
    finally:
        journey.kill()
        journey.wait()
    return [line.split(" ", 2) for line in said.read_text().splitlines()]


def allowed(lines: list[list[str]], document: str) -> set[str]:
    """Return the states that may come back: the last that was reached, and one begun after it."""
    own = [line for line in lines if line[1] == document and line[0] in ("will", "did")]
    last = max(place for place, line in enumerate(own) if line[0] == "did")
    return {line[2] for line in own[last:]}


def came_back(lost: list[Lost], lines: list[list[str]], document: str) -> str:
    """Return the state of a document after the kill: recovered, or as it was saved."""
    for item in lost:
        if item.found.head.id == document:
            return digest(item.found.graph)
    path = next(line[2] for line in lines if line[:2] == ["file", document])
    return digest(read(Path(path).read_bytes()))


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_kill_loses_no_edit_that_returned(tmp_path: Path, qtbot: QtBot, seed: int) -> None:
    lines = killed(tmp_path, random.Random(seed))
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        got: list[list[Lost]] = []
        recovery.search(got.append)
        qtbot.waitUntil(lambda: bool(got))
        for document in {line[1] for line in lines}:
            assert came_back(got[0], lines, document) in allowed(lines, document)
        recovery.close()
