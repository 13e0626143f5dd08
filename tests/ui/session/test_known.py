"""What is known of a document when judgements and runs speak at the same time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from studio.engine import events
from studio.engine.fingerprint import Fingerprints
from studio.engine.store import Brief
from studio.roots import Roots
from studio.ui.documents.document import Document
from studio.ui.session.checks import Surroundings
from studio.ui.session.known import Known
from tests.engine.cheap import chain, registry


class Desk:
    """Does its work when it is told to."""

    def __init__(self) -> None:
        self.tasks: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []

    def do(
        self, work: Callable[[], Any], done: Callable[[Any], None], *, about: object = None
    ) -> None:
        self.tasks.append((work, done))


@dataclass
class Room:
    """A store that holds nothing."""

    memory: dict[str, Brief] = field(default_factory=dict)


class Scene:
    """A document of a picture and two nodes, with the judgements of it at hand."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.qtbot, self.judges = qtbot, Desk()
        desks, around = SimpleNamespace(judges=self.judges, calls=Desk()), self._around
        self.known = Known(cast(Any, Room()), cast(Any, desks), lambda document: around)
        self.document = Document(chain(2), folder / "drafts")
        self.known.open(self.document)

    def begin(self) -> Callable[[], None]:
        """Find out what there is to say of the document; return what tells it."""
        self.qtbot.waitUntil(lambda: bool(self.judges.tasks))
        work, done = self.judges.tasks.pop()
        answer = work()
        return lambda: done(answer)

    def take(self, event: events.Event) -> None:
        job = SimpleNamespace(info=SimpleNamespace(document=self.document.id), targets=())
        self.known.take(event, cast(Any, job), None)

    def finish(self, node: str, size: int) -> None:
        verdict = self.known.verdict(self.document)
        assert verdict
        picture = events.Thumbnail(size, size, bytes(4 * size * size))
        self.take(events.NodeFinished("r", node, verdict.key(node), thumbnail=picture, seconds=1.0))

    def drawn(self, node: str) -> tuple[str, tuple[int, int]]:
        entry = self.known.entry(self.document)
        assert entry
        return entry.states.states[node].kind, entry.states.states[node].picture_size

    def _around(self) -> Surroundings:
        def briefs(keys: object) -> Mapping[str, Brief]:
            return {}

        return Surroundings(registry(), Roots(()), Fingerprints(), briefs, None, Path(), "fake")


@pytest.fixture
def scene(tmp_path: Path, qtbot: QtBot) -> Scene:
    made = Scene(tmp_path, qtbot)
    made.begin()()
    return made


def preview(scene: Scene, node: str) -> None:
    picture = events.Thumbnail(4, 4, bytes(64))
    scene.take(events.NodeProgress("r", node, 1, 2, preview=picture))


def test_what_finishes_while_a_judgement_is_made_stays_finished(scene: Scene) -> None:
    scene.take(events.RunStarted("r", 3, 0, 0.0))
    preview(scene, "n0")
    scene.known.ask_again()
    tell = scene.begin()
    scene.finish("n0", 8)
    tell()
    assert scene.drawn("n0") == ("fresh", (8, 8))
    image = scene.known.picture(scene.document, "n0")
    assert image
    assert image.width() == 8


def test_a_judgement_brings_no_preview_back_that_was_taken_down(scene: Scene) -> None:
    scene.take(events.RunStarted("r", 3, 0, 0.0))
    preview(scene, "n0")
    scene.known.ask_again()
    tell = scene.begin()
    scene.take(events.NodeFailed("r", "n0", "Add", "E_RUN", "it broke"))
    tell()
    assert scene.drawn("n0")[0] == "failed"
    assert scene.known.picture(scene.document, "n0") is None


def test_an_answer_about_a_graph_that_was_edited_since_counts_no_more(scene: Scene) -> None:
    scene.known.ask_again()
    tell = scene.begin()
    graph = scene.document.graph
    scene.document.edit("Mute", graph.with_mode("n0", "muted"))
    tell()
    assert scene.drawn("n0")[0] == "stale"
    scene.begin()()
    assert scene.drawn("n0")[0] == "muted"
