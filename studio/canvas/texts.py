"""Values of parameters as people read them: with units, as places in their ranges."""

from __future__ import annotations

import math
from typing import Any

from studio.core.spec import Input
from studio.core.widgets import Choice, FileRef, Paint, Range, Seed, Text, Toggle, Widget

_KINDS: dict[str, str] = {
    "Range": "field", "Seed": "seed", "Choice": "choice", "Toggle": "toggle", "ModelFile": "file",
    "FilePath": "file", "Asset": "file", "Color": "color", "Curve": "curve", "Table": "table",
    "Paint": "paint", "Boxes": "boxes", "Points": "points",
}  # fmt: skip
_WIDEST_RANGE = 100_000
_MOST_DECIMALS = 4


def row_kind(item: Input) -> str:
    """Return how a parameter is drawn, as `studio.canvas.layout.Row` names it."""
    if isinstance(item.widget, Text):
        return "text" if item.widget.lines > 1 else "line"
    return _KINDS.get(type(item.widget).__name__, "field")


def format_value(item: Input, value: Any) -> str:
    """Return a parameter's value as people read it, with its unit."""
    if value is None:
        return ""
    if isinstance(item.widget, Paint):
        return "painted"  # its file has a digest for a name
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return _number(item.widget, value)
    if isinstance(value, FileRef):
        return _file(value.path)
    if item.type == "boxes":
        return "" if item.problem(value) else _count(item, len(item.coerce(value)))
    if isinstance(value, dict) and "path" in value:
        return _file(str(value["path"]))
    if isinstance(value, list | tuple):
        return _count(item, len(value))
    return _file(str(value)) if item.type in ("file", "asset") else str(value)


def fill_of(item: Input, value: Any) -> float:
    """Return the place of a number between its bounds, 0 to 1; -1 where that says nothing."""
    bounds = item.widget
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(bounds, Range) or not number or not math.isfinite(value):
        return -1.0
    span = bounds.high - bounds.low
    if not 0 < span <= _WIDEST_RANGE:
        return -1.0
    share = float((value - bounds.low) / span)
    if bounds.scale == "log" and bounds.low > 0 and value > 0:
        share = math.log(value / bounds.low) / math.log(bounds.high / bounds.low)
    return min(max(share, 0.0), 1.0)


def widest(item: Input) -> str:
    """Return about the longest text that a parameter's value usually has."""
    match item.widget:
        case Choice(options):
            return max(options, key=len, default="")
        case Range() if fill_of(item, item.widget.low) >= 0:
            bounds = (format_value(item, end) for end in (item.widget.low, item.widget.high))
            return max(bounds, key=len)
        case Toggle():
            return "off"
        case _:
            return "0" * 10


def _number(widget: Widget | None, value: float) -> str:
    unit = widget.unit if isinstance(widget, Range) else ""
    if isinstance(value, int) or isinstance(widget, Seed):
        return f"{value}{unit}"
    if not math.isfinite(value) or abs(value) >= 1e9:
        return f"{value:g}{unit}"
    step = widget.step if isinstance(widget, Range) else 0.0
    least = _decimals(step) if step else 1
    return f"{value:.{max(least, _decimals(value))}f}{unit}"


def _decimals(value: float) -> int:
    """Return how many decimals a number needs, at most four."""
    return len(f"{value:.{_MOST_DECIMALS}f}".rstrip("0").partition(".")[2])


def _file(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path


def _count(item: Input, size: int) -> str:
    words = {"curve": "point", "table": "row", "boxes": "edit", "points": "person"}
    word = words.get(item.type, "item")
    many = {"person": "people"}.get(word, f"{word}s")
    return f"{size} {word if size == 1 else many}"
