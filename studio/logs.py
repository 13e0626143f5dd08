"""Logging: one rotating file for each kind of process, and the terminal."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MOST_BYTES = 2**20
KEPT = 3


def set_up(folder: Path | None, name: str, *, verbose: bool = False) -> None:
    """Send the log of this process to a file, and warnings to the terminal.

    Args:
        folder: Where the file goes; ``None`` writes none.
        name: Name of the file without its ending.
        verbose: Whether the terminal shows everything.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.INFO if verbose else logging.WARNING)
    terminal.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root.addHandler(terminal)
    if folder is not None:
        root.addHandler(_file_handler(folder, name))


def _file_handler(folder: Path, name: str) -> logging.Handler:
    from logging.handlers import RotatingFileHandler

    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / f"{name}.log", maxBytes=MOST_BYTES, backupCount=KEPT, delay=True, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter(FORMAT))
    return handler
