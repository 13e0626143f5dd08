"""``wirebrush queue``: runs that were interrupted, and how to finish them."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import closing

from studio.cli.codes import FAILED, OK
from studio.cli.frontend import FrontEnd, open_front
from studio.cli.report import reporter
from studio.cli.run import carry_out, titles
from studio.core.document import read
from studio.core.errors import StudioError
from studio.engine.queue import QueuedRun


def main(options: argparse.Namespace) -> int:
    """Show, resume or clear the queue."""
    front = open_front()
    if options.action == "resume":
        return resume(front)
    if options.action == "clear":
        sys.stdout.write(f"removed {front.queue.clear()} runs\n")
        return OK
    runs = front.queue.runs()
    sys.stdout.writelines(f"{_line(run)}\n" for run in runs)
    waiting = sum(run.orphan for run in runs)
    tail = "; wirebrush queue resume finishes them" if waiting else ""
    sys.stdout.write(f"{waiting} interrupted{tail}\n")
    return OK


def _line(run: QueuedRun) -> str:
    state = "interrupted" if run.orphan else run.state
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created))
    title = run.request.title if run.request else "written by another version"
    where = run.request.output if run.request else ""
    return f"{when}  {state:11}  {title}  {where}  {run.text}".rstrip()


def resume(front: FrontEnd) -> int:
    """Finish all interrupted runs in order, and return the worst exit code."""
    orphans = [run for run in front.queue.orphans() if front.queue.adopt(run.id)]
    return max((_finish(front, run) for run in orphans), default=OK)


def _finish(front: FrontEnd, run: QueuedRun) -> int:
    if run.request is None:
        front.queue.finish(run.id, "failed", "written by another version")
        return FAILED
    sys.stdout.write(f"{run.request.title}\n")
    try:
        graph = read(run.request.graph, front.registry)
        with closing(reporter(False, titles(graph, front))) as outcome:
            return carry_out(front, graph, run.request, outcome)
    except StudioError as error:
        front.queue.finish(run.id, "failed", str(error))
        sys.stderr.write(f"{error.code}: {error}\n")
        return FAILED
