"""How long the window takes from its command to its first paint, and what it has imported by then.

Prints the median wall time and processor time of whole processes; the window is closed at once.
Without a screen, unless ``QT_QPA_PLATFORM`` names another one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 5
BAR_SECONDS = 1.5
OPENS = """
import sys, time
from PySide6.QtWidgets import QApplication
from studio.cli.setup import builtin_registry
from studio.paths import find_paths
from studio.ui.app import Desktop
app = QApplication(["wirebrush"])
desktop = Desktop(app, find_paths(), builtin_registry())
def painted():
    heavy = {"torch", "diffusers", "cv2", "PIL"} & set(sys.modules)
    print(time.time(), time.process_time(), " ".join(sorted(heavy)), flush=True)
    desktop.window.close()
desktop.window.painted.connect(painted)
desktop.show()
app.exec()
"""


def opened(folder: str) -> tuple[float, float, str]:
    """Open a window; return seconds to its first paint, of them on the processor, and what is heavy."""
    import time

    # Byte code is written where an installation has it.
    own = {"WIREBRUSH_HOME": folder, "PYTHONPYCACHEPREFIX": f"{folder}/code"}
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **own}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", OPENS], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    at, cpu, *heavy = done.stdout.split()
    return float(at) - began, float(cpu), " ".join(heavy)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        opened(folder)
        found = [opened(folder) for _ in range(REPEATS)]
    wall = statistics.median(row[0] for row in found)
    cpu = statistics.median(row[1] for row in found)
    heavy = found[0][2] or "nothing heavy"
    print(f"first paint {wall:.2f} s ({cpu:.2f} s of processor), bar {BAR_SECONDS} s; {heavy}")


if __name__ == "__main__":
    main()
