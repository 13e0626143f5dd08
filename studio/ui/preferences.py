"""The user's settings in the window: read once, changed by name, written in the background."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import Issue, WriteError
from studio.settings import Settings, changed, read_settings, write_settings

WRITE_MS = 200
"""How long changes are gathered before they are written."""

log = logging.getLogger(__name__)


class Preferences(QObject):
    """The settings of this user, and who wants to know when they change.

    Args:
        path: The settings file; a missing one means defaults.
    """

    changed = Signal(str)
    """The name of the setting that has another value."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._settings, self._problems = read_settings(path)
        self._unsaved: dict[str, Any] = {}
        self._writing: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_MS)
        self._timer.timeout.connect(self._write)

    @property
    def settings(self) -> Settings:
        """All of them."""
        return self._settings

    @property
    def problems(self) -> tuple[Issue, ...]:
        """What was wrong with the file."""
        return tuple(self._problems)

    def value(self, name: str) -> Any:
        """Return one of them."""
        return getattr(self._settings, name)

    def set(self, name: str, value: Any) -> None:
        """Change one of them.

        Raises:
            RangeError: The value is of another type, or outside its limits.
        """
        if value == self.value(name):
            return
        self._settings = changed(self._settings, name, value)
        self._unsaved[name] = value
        self._timer.start()
        self.changed.emit(name)

    def close(self) -> None:
        """Write what is not written yet, and wait for it."""
        if self._timer.isActive():
            self._timer.stop()
            self._write()
        if self._writing:
            self._writing.join()

    def _write(self) -> None:
        if self._writing:
            self._writing.join()  # the one before, of an older value; writing takes milliseconds
        changes, self._unsaved = self._unsaved, {}
        self._writing = threading.Thread(target=self._save, args=(changes,), name="settings")
        self._writing.start()

    def _save(self, changes: Mapping[str, Any]) -> None:
        try:
            _write(self._path, changes)
        except (OSError, WriteError) as error:
            log.warning("the settings are not saved: %s", error)
            for name, value in changes.items():
                self._unsaved.setdefault(name, value)


def _write(path: Path, changes: Mapping[str, Any]) -> None:
    """Change some settings in the file; others may have been changed there since it was read.

    What cannot be read of it stays in a copy.
    """
    held, problems = read_settings(path)
    if problems:
        shutil.copyfile(path, path.with_name(f"{path.name}.bak"))
    write_settings(path, replace(held, **changes))
