"""What Python and Qt must not do to each other, and what a window must not leave."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.core.document import read
from studio.core.registry import Registry
from studio.paths import resources
from tests.ui.journey.desk import Desk, desk_in

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = resources() / "graphs" / "text_to_image.json"
CALLS, MOST_LOST = 500, 100
TABS = 20


def test_the_binding_keeps_its_references_to_none() -> None:
    """PySide6 6.12.0 on Python 3.11 loses one with each call, until the process aborts."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
    assert sys.getrefcount(None) > before - MOST_LOST


def test_the_window_never_imports_torch() -> None:
    """In a process of its own, for tests beside this one import it."""
    code = (
        "import importlib, pkgutil, sys, studio.ui\n"
        "for module in pkgutil.walk_packages(studio.ui.__path__, 'studio.ui.'):\n"
        "    importlib.import_module(module.name)\n"
        "import nodes\n"
        "from studio.core.registry import Registry\n"
        "Registry().scan(nodes)\n"
        "sys.exit(' '.join({'torch', 'diffusers', 'transformers'} & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_twenty_documents_leave_nothing_when_they_are_closed(
    tmp_path: Path, real_registry: Registry, qtbot: QtBot
) -> None:
    with desk_in(tmp_path, real_registry, qtbot) as desk:
        open_and_close(desk, 2, real_registry)  # what is made once, when it is first needed
        before = held(desk)
        open_and_close(desk, TABS, real_registry)
        assert held(desk) == before
        window = desk.window
    gc.collect()
    assert window not in QApplication.topLevelWidgets()


def open_and_close(desk: Desk, count: int, registry: Registry) -> None:
    """Open graphs, look at each, and close all again."""
    documents = desk.studio.documents
    for _ in range(count):
        documents.set_current(documents.add(read(EXAMPLE.read_text("utf-8"), registry)))
        desk.hands.key("Ctrl+A")
        desk.hands.wait()
    for _ in range(count):
        desk.hands.key("Ctrl+W")
    desk.wait(lambda: len(documents.items) == 1)
    desk.hands.wait()


def held(desk: Desk) -> tuple[int, int, int, int]:
    """Count threads, windows, widgets, and timers that run."""
    gc.collect()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    timers = [timer for timer in desk.window.findChildren(QTimer) if timer.isActive()]
    widgets = desk.window.findChildren(QWidget)
    return threading.active_count(), len(QApplication.topLevelWidgets()), len(widgets), len(timers)
