"""Arranging nodes in columns, so that links go from left to right and cross little.

The steps are those of Sugiyama, Tagawa and Toda (1981): columns by the longest way, an order in each
column by the mean place of what is linked, and places in that order as close to straight links as
heights allow. Nodes of cycles are taken in the order given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from studio.canvas.state import Point

ACROSS, DOWN = 80.0, 32.0
"""Least distances between columns and between the nodes of one column."""
_SWEEPS = 4
_WIDE = 1.6
"""Parts that are not linked are packed about as wide as this times their height."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One link between two boxes.

    Attributes:
        source: Where it comes from.
        target: Where it goes to.
        leaves: How far below the top of the source it leaves.
        enters: How far below the top of the target it enters.
    """

    source: str
    target: str
    leaves: float = 0.0
    enters: float = 0.0


@dataclass(slots=True)
class _Box:
    """One thing to place.

    Attributes:
        width: Of it.
        height: Of it.
        before: Neighbours on the left, with how much lower they should begin for a straight link.
        after: Neighbours on the right, in the same way.
        column: Number of its column.
        y: Its top.
    """

    width: float
    height: float
    before: list[tuple[str, float]] = field(default_factory=list)
    after: list[tuple[str, float]] = field(default_factory=list)
    column: int = 0
    y: float = 0.0


def layered(sizes: Mapping[str, tuple[float, float]], edges: Sequence[Edge]) -> dict[str, Point]:
    """Return the left top of each box; the whole begins at 0, 0.

    Args:
        sizes: Width and height of the boxes, in the order that decides ties.
        edges: Links between them.
    """
    boxes = {name: _Box(*size) for name, size in sizes.items()}
    _connect(boxes, edges)
    parts = [_part({name: boxes[name] for name in names}) for names in _components(boxes)]
    return _packed(parts, sizes)


def spread(wanted: Sequence[float], heights: Sequence[float], gap: float) -> list[float]:
    """Return tops that keep an order and a gap, and are closest to the wanted ones.

    Source: least squares under an order, by pooling neighbours that violate it (Ayer et al. 1955).
    """
    offsets, total = [], 0.0
    for height in heights:
        offsets.append(total)
        total += height + gap
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            last, size = pools.pop()
            mean, count = (last * size + mean * count) / (size + count), size + count
        pools.append((mean, count))
    free = [mean for mean, count in pools for _ in range(count)]
    return [place + offset for place, offset in zip(free, offsets, strict=True)]


def _connect(boxes: dict[str, _Box], edges: Sequence[Edge]) -> None:
    """Join neighbours and choose columns; edges that would go backwards are left out."""
    out: dict[str, list[Edge]] = {name: [] for name in boxes}
    waiting = dict.fromkeys(boxes, 0)
    for edge in edges:
        if edge.source in boxes and edge.target in boxes and edge.source != edge.target:
            out[edge.source].append(edge)
            waiting[edge.target] += 1
    order = _order(out, waiting)
    place = {name: number for number, name in enumerate(order)}
    for name in order:
        for edge in out[name]:
            if place[edge.target] > place[name]:
                there, slope = boxes[edge.target], edge.leaves - edge.enters
                boxes[name].after.append((edge.target, slope))
                there.before.append((name, -slope))
                there.column = max(there.column, boxes[name].column + 1)
    for name in reversed(order):
        box = boxes[name]
        if len(box.after) > len(box.before):  # a loader stands beside what it feeds
            box.column = min(boxes[other].column for other, _ in box.after) - 1


def _order(out: Mapping[str, list[Edge]], waiting: dict[str, int]) -> list[str]:
    """Return boxes so that each follows its sources; a cycle is entered at its first box."""
    order: list[str] = []
    done: set[str] = set()
    for first in (*(name for name, count in waiting.items() if not count), *waiting):
        ready = [] if first in done else [first]
        done.add(first)
        for name in ready:
            order.append(name)
            for edge in out[name]:
                waiting[edge.target] -= 1
                if waiting[edge.target] <= 0 and edge.target not in done:
                    done.add(edge.target)
                    ready.append(edge.target)
    return order


def _components(boxes: Mapping[str, _Box]) -> list[list[str]]:
    """Return the names of boxes that hang together, in the order given."""
    found: list[list[str]] = []
    seen: set[str] = set()
    for first in boxes:
        if first in seen:
            continue
        seen.add(first)
        names = [first]
        for name in names:
            for other, _ in (*boxes[name].before, *boxes[name].after):
                if other not in seen:
                    seen.add(other)
                    names.append(other)
        found.append(names)
    return found


def _part(boxes: dict[str, _Box]) -> dict[str, Point]:
    """Arrange boxes that hang together."""
    columns: dict[int, list[str]] = {}
    for name, box in boxes.items():
        columns.setdefault(box.column, []).append(name)
    ordered = [columns[number] for number in sorted(columns)]
    for column in ordered:
        _stack(boxes, column, [0.0] * len(column))
    for _ in range(_SWEEPS):
        for column in ordered:
            _pull(boxes, column, sort=True, forward=True)
        for column in reversed(ordered):
            _pull(boxes, column, sort=True, forward=False)
    for forward in (True, False, True):
        for column in ordered if forward else reversed(ordered):
            _pull(boxes, column, sort=False, forward=forward)
    return _places(boxes, ordered)


def _pull(boxes: dict[str, _Box], column: list[str], *, sort: bool, forward: bool) -> None:
    """Move the boxes of a column to where their links to one side would be straight."""
    wanted = {}
    for name in column:
        box = boxes[name]
        near = box.before if forward else box.after
        tops = [boxes[other].y - slope for other, slope in near]
        wanted[name] = sum(tops) / len(tops) if tops else box.y
    if sort:
        column.sort(key=lambda name: wanted[name] + boxes[name].height / 2)
    _stack(boxes, column, [wanted[name] for name in column])


def _stack(boxes: dict[str, _Box], column: list[str], wanted: list[float]) -> None:
    tops = spread(wanted, [boxes[name].height for name in column], DOWN)
    for name, top in zip(column, tops, strict=True):
        boxes[name].y = top


def _places(boxes: dict[str, _Box], columns: list[list[str]]) -> dict[str, Point]:
    top = min(box.y for box in boxes.values())
    found: dict[str, Point] = {}
    x = 0.0
    for column in columns:
        for name in column:
            found[name] = (x, boxes[name].y - top)
        x += max(boxes[name].width for name in column) + ACROSS
    return found


def _packed(
    parts: list[dict[str, Point]], sizes: Mapping[str, tuple[float, float]]
) -> dict[str, Point]:
    """Put parts beside each other in shelves, in their order."""
    extents = [_extent(part, sizes) for part in parts]
    area = sum((wide + ACROSS) * (high + DOWN) for wide, high in extents)
    limit = max([(area * _WIDE) ** 0.5, *(wide for wide, _ in extents)])
    found: dict[str, Point] = {}
    x = y = shelf = 0.0
    for part, (wide, high) in zip(parts, extents, strict=True):
        if x and x + wide > limit:
            x, y, shelf = 0.0, y + shelf + 2 * DOWN, 0.0
        found |= {name: (left + x, top + y) for name, (left, top) in part.items()}
        x, shelf = x + wide + ACROSS, max(shelf, high)
    return found


def _extent(
    part: Mapping[str, Point], sizes: Mapping[str, tuple[float, float]]
) -> tuple[float, float]:
    right = max(at[0] + sizes[name][0] for name, at in part.items())
    return right, max(at[1] + sizes[name][1] for name, at in part.items())
