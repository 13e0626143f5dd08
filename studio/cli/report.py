"""What a run prints: lines and bars for people, one JSON event a line for machines."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from studio.cli.codes import FAILED, INTERRUPTED, OK, PARTIAL, exit_code
from studio.cli.units import size
from studio.core.errors import NodeError
from studio.engine import events
from studio.engine.messages import KIND, to_data

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Reporter(Protocol):
    """Takes the events of a run."""

    def tell(self, event: events.Event) -> None:
        """Print one event."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Lines:
    """One JSON object a line; whoever reads ignores events and fields that he does not know."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def close(self) -> None:
        """Nothing is open."""

    def tell(self, event: events.Event) -> None:
        """Print one event."""
        self._out.write(json.dumps(event_data(event), ensure_ascii=False) + "\n")
        self._out.flush()


def event_data(event: events.Event) -> dict[str, Any]:
    """Return an event for NDJSON: its name in snake case under ``event``, no pictures."""
    data = to_data(event)
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", data.pop(KIND)).lower()
    for picture in ("thumbnail", "preview"):
        data.pop(picture, None)
    for item in data.get("files", ()):
        item.pop(KIND)
    return {"event": name, **data}


class People:
    """Lines that stay, with a bar below them while a node works."""

    def __init__(self, out: TextIO, titles: dict[str, str]) -> None:
        self._out = out
        self._titles = titles
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def tell(self, event: events.Event) -> None:
        """Print what people want to know of an event."""
        if isinstance(event, events.NodeProgress):
            done, total = event.done, event.total
            if event.items:  # the bar of a list counts its items
                done, total = event.item + (done >= total), event.items
            self._advance(self._title(event.node), done, total, f"{done} of {total}")
        elif isinstance(event, events.ModelLoading):
            count = f"{size(event.done)} of {size(event.total)}"
            self._advance(f"loading {event.name}", event.done, event.total, count)
        else:
            text = self._text(event)
            if text:
                self._line(text)

    def _text(self, event: events.Event) -> str:
        match event:
            case events.RunQueued(reason=reason) if reason:
                return f"waiting: {reason}"
            case events.NodesHeld(count=count, files=files, skipped=skipped) if count or skipped:
                held = [f"{count} unchanged"] if count else []
                held += [f"{name} is muted or needs something muted" for name in skipped]
                return "\n".join(
                    [", ".join(held), *(f"  {item.path} (unchanged)" for item in files)]
                )
            case events.NodeWarned():
                return f"  {self._title(event.node)}: {event.text} ({event.code})"
            case events.NodeFinished():
                return self._finished(event)
            case events.NodeFailed():
                return self._failed(event)
            case events.WorkerDied():
                return "\n".join(
                    ["the computing process ended", *(f"  | {item}" for item in event.log[-8:])]
                )
            case events.RunFinished():
                return self._summary(event)
        return ""

    def _finished(self, event: events.NodeFinished) -> str:
        reused = f"  ({event.reused} unchanged)" if event.reused else ""
        lines = [f"  {self._title(event.node):24} {event.seconds:6.2f} s{reused}"]
        lines += [f"    {item.path}" for item in event.files]
        return "\n".join(lines)

    def _failed(self, event: events.NodeFailed) -> str:
        place = self._title(event.node) + (f", {event.input}" if event.input else "")
        item = f" (item {event.item + 1})" if event.item >= 0 else ""
        lines = [f"  {place}{item}: {event.text} ({event.code})"]
        lines += [f"    {event.fix}"] if event.fix else []
        unforeseen = event.code == NodeError.code  # only then is the story of use
        return "\n".join(lines + (event.cause.splitlines() if unforeseen else []))

    def _summary(self, event: events.RunFinished) -> str:
        counts = [f"{event.ran} ran"] if event.ran else []
        counts += [f"{event.held} unchanged"] if event.held else []
        counts += [f"{event.failed} failed"] if event.failed else []
        said = [f"  {item['code']}: {item['text']}" for item in event.issues]
        return "\n".join(
            [
                *said,
                f"{event.status} in {event.seconds:.1f} s: {', '.join(counts) or 'nothing to do'}",
            ]
        )

    def _title(self, node: str) -> str:
        return self._titles.get(node) or node

    def _line(self, text: str) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, visible=False)
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            self._out.write(text + "\n")
            self._out.flush()

    def _advance(self, title: str, done: int, total: int, count: str) -> None:
        if not self._out.isatty():
            return
        if self._bar is None:
            self._bar = _bar()
            self._task = self._bar.add_task("", total=total, count=count)
            self._bar.start()
        assert self._task is not None
        text = f"  {title}"
        self._bar.update(
            self._task, completed=done, total=total, description=text, count=count, visible=True
        )


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[count]}", markup=False),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(file=sys.stdout), transient=True)


class Outcome:
    """Passes events on, and remembers what the exit code depends on."""

    def __init__(self, inner: Reporter) -> None:
        self._inner = inner
        self.failures: list[events.NodeFailed] = []

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._inner.close()

    def tell(self, event: events.Event) -> None:
        """Remember a failure; print every event."""
        if isinstance(event, events.NodeFailed):
            self.failures.append(event)
        self._inner.tell(event)

    def code(self, finished: events.RunFinished) -> int:
        """Return the exit code of a run."""
        if finished.status == "done":
            return OK
        if finished.status == "cancelled":
            return INTERRUPTED
        codes = [item.code for item in self.failures]
        codes += [str(item["code"]) for item in finished.issues]
        worst = max((exit_code(code) for code in codes), default=FAILED)
        partial = bool(self.failures) and all(item.item >= 0 for item in self.failures)
        return PARTIAL if partial and worst == FAILED else worst


def reporter(as_json: bool, titles: dict[str, str]) -> Outcome:
    """Return the reporter that the user asked for, on standard output."""
    return Outcome(Lines(sys.stdout) if as_json else People(sys.stdout, titles))
