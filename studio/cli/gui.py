"""``wirebrush`` without a command: open the window."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from studio.cli.codes import FAILED
from studio.cli.setup import builtin_registry
from studio.logs import set_up
from studio.paths import find_paths

_NO_DISPLAY = """\
there is no screen to open the window on (neither DISPLAY nor WAYLAND_DISPLAY is set);
wirebrush run GRAPH works without one
"""


def main(options: argparse.Namespace) -> int:
    """Open the window with the files that were named."""
    if not has_display():
        sys.stderr.write(_NO_DISPLAY)
        return FAILED
    from studio.ui.app import run

    paths = find_paths()
    set_up(paths.logs, "window")
    return run(paths, builtin_registry(), [Path(name).absolute() for name in options.files])


def has_display() -> bool:
    """Tell whether a window can be opened; Qt ends the program where it cannot."""
    if not sys.platform.startswith("linux"):
        return True
    return any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")))
