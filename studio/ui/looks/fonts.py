"""The fonts that ship with the program, so that the window looks the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from PySide6.QtGui import QFontDatabase


def load_fonts(resources: Path, files: Iterable[str]) -> tuple[str, ...]:
    """Make the shipped fonts known to Qt.

    Args:
        resources: Folder of what ships with the program.
        files: Their names.

    Returns:
        The files that could not be loaded; Qt then takes the next family of the theme.
    """
    return tuple(name for name in files if not _loaded(resources / "fonts" / name))


@cache
def _loaded(file: Path) -> bool:
    """Load a font, once."""
    return QFontDatabase.addApplicationFont(str(file)) >= 0
