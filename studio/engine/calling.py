"""One call of a node's function: values in, outputs by name out, errors with their place."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from studio.core.context import Progress
from studio.core.errors import Cancelled, NodeError, OutOfMemoryError, StudioError
from studio.core.registry import load_function
from studio.core.spec import NodeSpec
from studio.engine.events import Emit, NodeFailed, NodeProgress, Thumbnail
from studio.engine.runtime import Token

PREVIEW_SECONDS = 0.033
"""Least time between two messages about progress, and between two previews."""


@dataclass
class Steering:
    """What watches a node that takes time.

    Attributes:
        run: Id of the run.
        node: Id of the node.
        token: Asked at every step.
        emit: Takes progress.
        pulse: Called at every step, for what must not wait.
        preview: Makes a small picture; ``None``: nobody looks.
        item: Item that it works on.
        items: How many items the node is mapped over.
        told: When it last reported.
        shown: Makes the picture of the last step, which knows more of it than the result alone.
    """

    run: str
    node: str
    token: Token
    emit: Emit
    pulse: Callable[[], None]
    preview: Callable[[Any], Thumbnail] | None = None
    item: int = 0
    items: int = 0
    told: float = float("-inf")
    shown: Callable[[], Any] | None = None

    def drive(self, walk: Generator[Progress, None, Any]) -> Any:
        """Run a generator to its end and return its result; a cancelled one is closed.

        Raises:
            Cancelled: The run was asked to stop.
        """
        try:
            while True:
                self.token.check()
                try:
                    step = next(walk)
                except StopIteration as stop:
                    return stop.value
                self.shown = step.preview if step.done >= step.total else None
                self.tell(step)
                self.pulse()
        finally:
            walk.close()

    def tell(self, step: Progress) -> None:
        """Report a step, unless the last report was a moment ago; the last step always."""
        now = time.monotonic()
        if now - self.told < PREVIEW_SECONDS and step.done < step.total:
            return
        self.told = now
        picture = self.preview(step.preview()) if self.preview and step.preview else None
        where = (self.run, self.node)
        self.emit(NodeProgress(*where, step.done, step.total, self.item, self.items, picture))


def call(spec: NodeSpec, values: Mapping[str, Any], steering: Steering) -> dict[str, Any]:
    """Call the function of a node and return its outputs by name, with read-only arrays.

    Args:
        spec: Node type.
        values: Arguments by name.
        steering: Watches it.

    Raises:
        StudioError: What the node raised; anything that it did not foresee is a `NodeError`.
        Cancelled: The run was asked to stop.
    """
    try:
        result = load_function(spec)(**values)
        if spec.streams:
            result = steering.drive(result)
        outputs = _named(spec, result)
    except (StudioError, Cancelled):
        raise
    except MemoryError as error:
        raise OutOfMemoryError(
            "there is too little memory", fix="use a smaller size, or close other programs"
        ) from error
    except Exception as error:
        raise NodeError(f"{type(error).__name__}: {error}") from error
    for value in outputs.values():
        protect(value)
    return outputs


def _named(spec: NodeSpec, result: Any) -> dict[str, Any]:
    names = [output.name for output in spec.outputs]
    if not names:
        return {}
    parts = tuple(result) if len(names) > 1 or _is_named_tuple(result) else (result,)
    if len(parts) != len(names):
        raise NodeError(f"it returned {len(parts)} values for {len(names)} outputs")
    return dict(zip(names, parts, strict=True))


def _is_named_tuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def protect(value: Any) -> None:
    """Make the numpy arrays in a value read-only; torch has no such flag."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple):
            waiting.extend(item)
        elif is_dataclass(item):
            waiting.extend(getattr(item, entry.name) for entry in fields(item))
        elif type(item).__module__ == "numpy" and hasattr(item, "flags"):
            item.flags.writeable = False


def placed(error: StudioError, node: str) -> StudioError:
    """Attach the node to an error, keeping the input that it names."""
    error.place = replace(error.place, node=node)
    return error


def failure(run: str, node: str, title: str, error: StudioError, item: int) -> NodeFailed:
    """Return the event of a node that failed.

    Args:
        run: Id of the run.
        node: Id of the node.
        title: What people call it.
        error: Why; what caused it is told as a traceback.
        item: Which call of a mapped node; -1: all of the node.
    """
    cause = error.__cause__
    return NodeFailed(
        run,
        node,
        title,
        error.code,
        error.text,
        error.fix,
        error.place.input,
        error.severity,
        "".join(traceback.format_exception(cause)) if cause else "",
        item,
    )


def in_words(value: Any) -> str:
    """Say in a few words what an output holds."""
    for name in ("pixels", "samples", "tokens"):
        shape = getattr(getattr(value, name, None), "shape", None)
        if shape is not None:
            return f"{type(value).__name__} {' x '.join(map(str, shape))}"
    if hasattr(value, "items") and hasattr(value, "__len__"):
        return f"{type(value).__name__} of {len(value)}"
    text = str(value) if isinstance(value, bool | int | float | str) else type(value).__name__
    return text if len(text) <= 80 else f"{text[:77]}..."
