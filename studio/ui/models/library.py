"""Every model file that is there, and what it says about itself; read when somebody first asks."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from studio.roots import roots
from studio.ui.models.model_list import ModelEntry, ModelFacts, facts_of, list_models
from studio.ui.threads.later import Later

if TYPE_CHECKING:
    from studio.paths import Paths
    from studio.ui.preferences import Preferences

PICTURE = 36
"""Width and height of a small picture, in logical pixels."""
_CHUNK = 32
"""Files that are read before anybody is told."""
_PAUSE_MS = 400
"""A program that writes into a folder does so many times."""

Stamp = tuple[Path, int, int]
Read = tuple[ModelFacts, QImage | None]


class Library(QObject):
    """The files of the model folders, kept as they are on disk; all reading is done in threads.

    Args:
        paths: The installation.
        preferences: Say which folders count.

    Attributes:
        entries: The files, by kind and name.
    """

    listed = Signal()
    """The files are others."""
    changed = Signal()
    """The files are others, or more is known about them."""

    def __init__(
        self, paths: Paths, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.entries: list[ModelEntry] = []
        self._paths, self._preferences = paths, preferences
        self._known: dict[Stamp, Read] = {}
        self._scan = 0
        self._later = Later(self)
        self._watcher = QFileSystemWatcher(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._watcher.directoryChanged.connect(self._soon)
        self._pause.timeout.connect(self._look)
        preferences.changed.connect(self._prefer)

    def open(self) -> None:
        """Read the folders, unless that was done."""
        if not self._scan:
            self._look()

    def rescan(self, *_told: object) -> None:
        """Read everything again, also what lies beside files that are as they were."""
        self._known.clear()
        self._look()

    def close(self) -> None:
        """End; what is still being read is thrown away."""
        self._scan += 1
        self.deleteLater()

    def known(self, entry: ModelEntry) -> tuple[ModelFacts | None, QImage | None]:
        """Return what a file says about itself, as far as it was read, and its picture."""
        return self._known.get(_stamp(entry), (None, None))

    def of_family(self, kind: str, family: str) -> tuple[str, ...]:
        """Return the names of the files of a kind that belong to a family, as far as is known."""
        self.open()
        return tuple(
            entry.name
            for entry in self.entries
            if entry.kind == kind and (facts := self.known(entry)[0]) and facts.family_id == family
        )

    # --- Reading ---

    def _look(self) -> None:
        """Read the folders, in a thread; files that are as they were are not read again."""
        self._scan += 1
        places = roots(self._paths, self._preferences.settings)
        self._later.do(lambda: list_models(places), partial(self._list, self._scan))
        folders = [str(folder) for _, listed in places.named for folder in listed]
        self._later.do(lambda: [folder for folder in folders if Path(folder).is_dir()], self._watch)

    def _watch(self, folders: list[str]) -> None:
        if folders:
            self._watcher.addPaths(folders)

    def _soon(self, _folder: str) -> None:
        self._pause.start()

    def _prefer(self, name: str) -> None:
        if self._scan and name in ("models", "programs"):
            self._look()

    def _list(self, scan: int, entries: list[ModelEntry]) -> None:
        if scan == self._scan:
            self.entries = entries
            self.listed.emit()
            self.changed.emit()
            self._read_more(scan)

    def _read_more(self, scan: int) -> None:
        """Read what the next files say about themselves."""
        unread = [entry for entry in self.entries if _stamp(entry) not in self._known][:_CHUNK]
        if unread and scan == self._scan:
            self._later.do(lambda: _read(unread), partial(self._take, scan))

    def _take(self, scan: int, found: dict[Stamp, Read]) -> None:
        self._known |= found
        self.changed.emit()
        self._read_more(scan)


def _stamp(entry: ModelEntry) -> Stamp:
    return entry.path, entry.mtime, entry.bytes


def _read(entries: list[ModelEntry]) -> dict[Stamp, Read]:
    found = {}
    for entry in entries:
        facts = facts_of(entry)
        found[_stamp(entry)] = (facts, _small(facts.picture))
    return found


def _small(content: bytes) -> QImage | None:
    """Return a picture in the size of a line, cut to a square; for a thread."""
    image = QImage.fromData(content) if content else QImage()
    if image.isNull():
        return None
    side = min(image.width(), image.height())
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    wide = 2 * PICTURE  # sharp on screens of twice the density
    return square.scaled(
        wide, wide, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
