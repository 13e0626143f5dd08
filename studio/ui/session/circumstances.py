"""What runs and judgements of a document depend on beside its graph: settings, folders, grants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths

from studio.engine.client import Engine, Listen, WorkerEngine
from studio.engine.events import RunRequest
from studio.engine.known_files import with_digests
from studio.engine.protocol import Configure
from studio.paths import expanded
from studio.roots import roots
from studio.ui.session.checks import Surroundings
from studio.ui.session.store_room import Grants, StoreRoom
from studio.ui.session.worker_link import COMPUTING

if TYPE_CHECKING:
    from studio.core.graph import Graph
    from studio.core.registry import Registry
    from studio.paths import Paths
    from studio.ui.documents.document import Document
    from studio.ui.preferences import Preferences


class Circumstances:
    """The user's settings as runs and judgements see them.

    Args:
        paths: The installation.
        registry: Node types.
        preferences: The user's settings.
        room: The store.
    """

    def __init__(
        self, paths: Paths, registry: Registry, preferences: Preferences, room: StoreRoom
    ) -> None:
        self._paths = paths
        self._registry = registry
        self._preferences = preferences
        self._room = room
        self.grants = Grants(paths.data / "granted.json")

    @property
    def output_folder(self) -> Path:
        """The folder that pictures are saved under, absolute."""
        folder = self._preferences.value("output")
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        usual = Path(QStandardPaths.writableLocation(pictures)) / "Wirebrush"
        return (expanded(folder) if folder else usual).absolute()

    @property
    def policy_name(self) -> str:
        """What the numeric policy of a worker is remembered by."""
        values = [self._preferences.value(name) for name in ("device", "threads", "activation_mb")]
        return f"window {values}"

    def around(self, document: Document, policy: str) -> Callable[[], Surroundings]:
        """Return what makes the surroundings of a judgement, for the thread that judges."""
        settings, base = self._preferences.settings, document.base
        granted, folder = self.grants.paths, self.output_folder

        def made() -> Surroundings:
            fingerprints = self._room.fingerprints()
            return Surroundings(
                registry=self._registry,
                roots=roots(self._paths, settings, base, granted, fingerprints.having),
                fingerprints=fingerprints,
                briefs=self._room.briefs,
                receipts=self._room.receipts(),
                folder=folder,
                policy=policy,
                words=self._room.words,
            )

        return made

    def complete(self, document: Document) -> Callable[[Graph], Graph]:
        """Return what adds known digests to a graph that is saved, for the thread that saves."""
        around = self.around(document, "")

        def completed(graph: Graph) -> Graph:
            known = around()
            find = known.roots.resolve
            return with_digests(graph, self._registry, find, known.fingerprints)

        return completed

    def request(self, document: Document) -> RunRequest:
        """Return the request for a run of a document, complete but for id, graph and targets."""
        return RunRequest(
            run="",
            graph="",
            output=str(self.output_folder),
            base=document.base,
            granted=tuple(sorted(self.grants.paths)),
            title=document.graph.title or document.title,
            source=str(document.file),
            previews=self._preferences.value("previews"),
        )

    def engine(self, listen: Listen) -> Engine:
        """Return an engine in a process of its own, with the present settings."""
        values = {name: self._preferences.value(name) for name in COMPUTING}
        return WorkerEngine(Configure.of(self._paths, **values), listen)
