"""Searches for cycles of objects in the window's thread alone.

Python searches in whichever thread happens to make an object; an object of Qt that is found there
ends there, which can bring the window down. So the search is left to a timer of the window.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 5_000
SOME = 2_000
"""New objects that are worth a search."""
MANY = 20_000
"""So many come with a large graph, which has no cycles."""
SLICE_SECONDS = 0.008


def take_over(owner: QObject) -> None:
    """Search no more but here, now and then; what there is already stays for the whole process.

    Args:
        owner: Lives in the window's thread, as long as the window.
    """
    gc.disable()
    gc.freeze()
    timer = QTimer(owner)
    timer.timeout.connect(search)
    timer.start(EVERY_MS)


def search() -> None:
    """Search for cycles among what was made of late, in the thread that calls.

    What takes long to search is not searched again: it lasts until nothing refers to it.
    """
    young = gc.get_count()[0]
    if young < SOME:
        return
    if young < MANY:
        begun = time.perf_counter()
        gc.collect()
        if time.perf_counter() - begun < SLICE_SECONDS:
            return
    gc.freeze()
