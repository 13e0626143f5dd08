"""The window is killed at random moments of its journeys; at most one edit is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.core.document import read
from studio.core.registry import Registry
from studio.paths import Paths, resources
from studio.ui.documents.documents import Documents
from studio.ui.documents.recovery import Lost, Recovery
from tests.counts import count
from tests.ui.edited_until_killed import digest

ROOT = Path(__file__).resolve().parents[3]
KILLS = count(4, 100)
MOST_EDITS = 90
"""Edits of about three journeys."""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.name == "nt", reason="kills as systems with signals do"),
]


@dataclass(frozen=True)
class Said:
    """What the window noted before it died."""

    lines: list[list[str]]

    @property
    def documents(self) -> set[str]:
        return {line[0] for line in self.lines if line[0] != "file"}

    def graphs(self, document: str) -> list[str]:
        """Return the digests of a document after each of its edits."""
        return [line[2] for line in self.lines if line[0] == document]

    def files(self, document: str) -> list[Path]:
        return [Path(line[2]) for line in self.lines if line[:2] == ["file", document]]


def killed(folder: Path, dice: random.Random) -> Said:
    """Let a window work, kill it at a random moment, and return what it noted."""
    said, wanted = folder / "said", dice.randrange(1, MOST_EDITS)
    command = [sys.executable, "-m", "tests.ui.journey.writer", str(folder)]
    writer = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        while not said.is_file() or said.read_bytes().count(b"\n") < wanted:
            assert writer.poll() is None, "the journey ended by itself"
            time.sleep(0.005)
        time.sleep(dice.random() * 0.1)
    finally:
        writer.kill()
        writer.wait()
    lines = said.read_text("utf-8").splitlines()
    return Said([line.split(" ", 2) for line in lines])


def came_back(lost: list[Lost], said: Said, document: str, registry: Registry) -> tuple[str, int]:
    """Return a document as it is after the kill, and how many edits it has at least."""
    for item in lost:
        if item.found.head.id == document:
            return digest(item.found.graph), item.found.head.edits
    for path in said.files(document):
        if path.is_file():
            return digest(read(path.read_bytes(), registry)), 0
    return said.graphs(document)[0], 0  # nothing was done to it, or nothing came back


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_window_that_is_killed_loses_at_most_one_edit(
    tmp_path: Path, real_registry: Registry, qtbot: QtBot, seed: int
) -> None:
    said = killed(tmp_path, random.Random(seed))
    paths = Paths(tmp_path / "data", tmp_path / "cache", resources())
    documents = Documents(paths, real_registry)
    try:
        recovery = Recovery(documents, real_registry)
        got: list[list[Lost]] = []
        recovery.search(got.append)
        qtbot.waitUntil(lambda: bool(got))
        for document in said.documents:
            graph, edits = came_back(got[0], said, document, real_registry)
            noted = said.graphs(document)
            # The last edit may be on the disk before it is noted.
            assert graph in noted[-2:] or edits >= len(noted), f"{len(noted) - 1} edits, {edits}"
        recovery.close()
    finally:
        documents.finish()
