"""The client of the worker, without a worker; `tests/compute/test_worker.py` has the rest."""

from __future__ import annotations

import signal

import pytest

from studio.engine.client import died_error
from studio.engine.events import WorkerDied


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, "did not answer any more and was ended"),
        (3, "ended with exit code 3"),
        (-int(signal.SIGSEGV), "was ended by SIGSEGV"),
        (-9, "was ended by SIGKILL, as systems do when memory runs out"),
        (-250, "was ended by signal 250"),
    ],
)
def test_the_cause_of_a_death_is_said(code: int | None, said: str) -> None:
    error = died_error(WorkerDied(code, "run"))
    assert said in error.text
    assert error.fix


def test_the_last_line_of_the_log_is_said() -> None:
    error = died_error(WorkerDied(1, "run", ("first", "ImportError: no torch", "  ")))
    assert error.text.endswith("the last it said was: ImportError: no torch")


def test_a_long_sentence_with_its_path_is_said_whole() -> None:
    line = f"studio.core.errors.WriteError: {'/folder' * 40} is not a folder that can be written"
    assert line in died_error(WorkerDied(1, "run", (line,))).text
