"""What the window says of the computing process."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from studio.core.registry import Registry
from studio.engine.client import Engine, Listen
from studio.engine.events import WorkerReady
from studio.ui.messages import Messages
from studio.ui.session.worker_link import WorkerLink
from tests.ui.engines import POLICY

READY = WorkerReady(4711, "cpu", POLICY)


def never(listen: Listen) -> Engine:
    raise AssertionError("no engine is needed to tell its state")


def link() -> WorkerLink:
    return WorkerLink(never, lambda event: None, Registry(), Messages())


def test_a_worker_that_becomes_ready_during_a_run_is_busy(qapp: QApplication) -> None:
    made, told = link(), list[str]()
    made.changed.connect(lambda: told.append(made.info.status))
    made.busy(True)
    made.take(READY)
    made.busy(False)
    assert told == ["busy", "idle"]


def test_a_worker_that_becomes_ready_without_a_run_waits(qapp: QApplication) -> None:
    made = link()
    made.busy(True)
    made.busy(False)
    made.take(READY)
    assert made.info.status == "idle"
