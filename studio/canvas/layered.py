"""Arranging nodes in columns, so that links go from left to right and cross little.

The steps are those of Sugiyama, Tagawa and Toda (1981): columns by the longest way, an order in each
column by the mean place of what is linked, and places in that order as close to straight links as
heights allow. A link that passes columns has a lane in each of them: a place of its own in the
order, and then room along the line on which it is drawn. Nodes of cycles are taken in the order
given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from studio.canvas.state import Point

ACROSS, DOWN = 80.0, 32.0
"""Least distances between columns and between the nodes of one column."""
_LANE = 16.0
"""Least distance between two links that pass a column, and twice that to the edge of a node's room."""
_LANES, _MOST_LANES = 4, 3000
"""Lanes for each node, on an average, and of all: where links are longer, the longest have none."""
_FIRM = 2.0
"""How much more a lane weighs than a node, which makes way for it."""
_SWEEPS, _SETTLES, _CLEARS = 4, 2, 4
"""How often columns are ordered, put where links are straight, and cleared of links, to and fro."""
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


@dataclass(slots=True, eq=False)
class _Box:
    """One thing to place: a box, or the lane of a link in a column that it passes.

    Attributes:
        name: Of a box.
        width: Of it.
        height: Of it.
        pad: Room above and below it.
        links: Links out of it that go forwards.
        before: Boxes on the left that are linked, with how much lower they should begin for a
            straight link.
        after: Boxes on the right that are linked, in the same way.
        left: What is linked in the column on the left, lanes instead of boxes further away.
        right: The same on the right.
        column: Number of its column.
        y: Its top.
    """

    name: str
    width: float
    height: float
    pad: float = DOWN / 2
    links: list[Edge] = field(default_factory=list)
    before: list[tuple[_Box, float]] = field(default_factory=list)
    after: list[tuple[_Box, float]] = field(default_factory=list)
    left: list[tuple[_Box, float]] = field(default_factory=list)
    right: list[tuple[_Box, float]] = field(default_factory=list)
    column: int = 0
    y: float = 0.0


@dataclass(slots=True, eq=False, kw_only=True)
class _Lane(_Box):
    """Room for a link.

    Attributes:
        ends: The boxes that are linked.
        link: The link.
        at: Share of the way along the link at which the middle of the column is.
        part: Share of the way that the column takes.
    """

    ends: tuple[_Box, _Box]
    link: Edge
    at: float
    part: float


_Boxes = Mapping[str, _Box]
_Near = list[tuple[_Box, float]]


def layered(sizes: Mapping[str, tuple[float, float]], edges: Sequence[Edge]) -> dict[str, Point]:
    """Return the left top of each box; the whole begins at 0, 0.

    Args:
        sizes: Width and height of the boxes, in the order that decides ties.
        edges: Links between them.
    """
    boxes = {name: _Box(name, *size) for name, size in sizes.items()}
    _connect(boxes, edges)
    share = min(_LANES, _MOST_LANES / max(len(boxes), 1))
    parts = [_part(found, share) for found in _components(boxes)]
    return _packed(parts, sizes)


def spread(
    wanted: Sequence[float],
    heights: Sequence[float],
    gap: float,
    weights: Sequence[float] | None = None,
) -> list[float]:
    """Return tops that keep an order and a gap, and are closest to the wanted ones.

    Source: least squares under an order, by pooling neighbours that violate it (Ayer et al. 1955).
    """
    offsets, total = [], 0.0
    for height in heights:
        offsets.append(total)
        total += height + gap
    pools: list[tuple[float, float, int]] = []
    firm = weights or [1.0] * len(wanted)
    for want, offset, weight in zip(wanted, offsets, firm, strict=True):
        mean, mass, count = want - offset, weight, 1
        while pools and pools[-1][0] > mean:
            last, held, size = pools.pop()
            mean = (last * held + mean * mass) / (held + mass)
            mass, count = held + mass, size + count
        pools.append((mean, mass, count))
    free = [mean for mean, _, count in pools for _ in range(count)]
    return [place + offset for place, offset in zip(free, offsets, strict=True)]


def _connect(boxes: _Boxes, edges: Sequence[Edge]) -> None:
    """Join neighbours and choose columns; edges that would go backwards are left out."""
    out: dict[str, list[Edge]] = {name: [] for name in boxes}
    waiting = dict.fromkeys(boxes, 0)
    for edge in edges:
        if edge.source in boxes and edge.target in boxes and edge.source != edge.target:
            out[edge.source].append(edge)
            waiting[edge.target] += 1
    order = [boxes[name] for name in _order(out, waiting)]
    place = {box.name: number for number, box in enumerate(order)}
    for box in order:
        for edge in out[box.name]:
            if place[edge.target] > place[box.name]:
                there, slope = boxes[edge.target], edge.leaves - edge.enters
                box.links.append(edge)
                box.after.append((there, slope))
                there.before.append((box, -slope))
                there.column = max(there.column, box.column + 1)
    for box in reversed(order):
        if len(box.after) > len(box.before):  # a loader stands beside what it feeds
            box.column = min(other.column for other, _ in box.after) - 1


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


def _components(boxes: _Boxes) -> list[list[_Box]]:
    """Return the boxes that hang together, in the order given."""
    found: list[list[_Box]] = []
    seen: set[_Box] = set()
    for first in boxes.values():
        if first in seen:
            continue
        seen.add(first)
        part = [first]
        for box in part:
            for other, _ in (*box.before, *box.after):
                if other not in seen:
                    seen.add(other)
                    part.append(other)
        found.append(part)
    return found


def _part(boxes: list[_Box], share: float) -> dict[str, Point]:
    """Arrange boxes that hang together, with so many lanes for each."""
    columns: dict[int, list[_Box]] = {}
    for box in boxes:
        columns.setdefault(box.column, []).append(box)
    ordered = [columns[number] for number in sorted(columns)]
    for number, column in enumerate(ordered):
        for box in column:
            box.column = number
    edges = _edges(ordered)
    for lane in _lanes({box.name: box for box in boxes}, edges, share * len(boxes)):
        ordered[lane.column].append(lane)
    for column in ordered:
        _stack(column, [0.0] * len(column))
    for forward in (True, False) * _SWEEPS:
        for column in ordered if forward else reversed(ordered):
            _pull(column, forward=forward)
    for forward in (True, False) * _SETTLES:
        for column in ordered if forward else reversed(ordered):
            _settle([(_wanted(box, box.before if forward else box.after), box) for box in column])
    for column in ordered * _CLEARS:
        _settle([(box.y, box) for box in column])
    top = min(box.y for box in boxes)
    return {box.name: (edges[box.column][0], box.y - top) for box in boxes}


def _edges(columns: list[list[_Box]]) -> list[tuple[float, float]]:
    """Return where each column begins and ends."""
    found, x = [], 0.0
    for column in columns:
        wide = max(box.width for box in column)
        found.append((x, x + wide))
        x += wide + ACROSS
    return found


def _lanes(boxes: _Boxes, edges: list[tuple[float, float]], room: float) -> list[_Lane]:
    """Join neighbours, with lanes for the links that pass columns, the shortest first."""
    links = [
        (boxes[link.target].column - box.column, link)
        for box in boxes.values()
        for link in box.links
    ]
    found: list[_Lane] = []
    for columns, link in sorted(links, key=lambda entry: entry[0]):
        room -= columns - 1
        source, target = boxes[link.source], boxes[link.target]
        own = _lanes_of(link, source, target, edges) if room >= 0 else []
        for near, far in pairwise((source, *own, target)):
            down = (link.leaves if near is source else 0.0) - (
                link.enters if far is target else 0.0
            )
            near.right.append((far, down))
            far.left.append((near, -down))
        found += own
    return found


def _lanes_of(
    link: Edge, source: _Box, target: _Box, edges: list[tuple[float, float]]
) -> list[_Lane]:
    """Return a lane for each column that a link passes."""
    start, end = edges[source.column][1], edges[target.column][0]
    found = []
    for column in range(source.column + 1, target.column):
        left, right = edges[column]
        at, part = ((left + right) / 2 - start) / (end - start), (right - left) / (end - start)
        lane = _Lane("", 0.0, 0.0, _LANE / 2, ends=(source, target), link=link, at=at, part=part)
        lane.column = column
        found.append(lane)
    return found


def _pull(column: list[_Box], *, forward: bool) -> None:
    """Order the boxes and lanes of a column by where their links to one side would be straight."""
    wanted = [(_wanted(box, box.left if forward else box.right), box) for box in column]
    wanted.sort(key=lambda entry: entry[0] + entry[1].height / 2)
    column[:] = [box for _, box in wanted]
    _stack(column, [top for top, _ in wanted])


def _wanted(box: _Box, near: _Near) -> float:
    """Return the top at which links to some neighbours would be straight, on an average."""
    total = 0.0
    for other, slope in near:
        total += other.y - slope
    return total / len(near) if near else box.y


def _stack(column: list[_Box], wanted: list[float]) -> None:
    tops = spread(
        [top - box.pad for top, box in zip(wanted, column, strict=True)],
        [box.height + 2 * box.pad for box in column],
        0.0,
    )
    for box, top in zip(column, tops, strict=True):
        box.y = top + box.pad


def _settle(column: list[tuple[float, _Box]]) -> None:
    """Put the boxes of a column close to the tops wanted, and out of the way of lanes."""
    own = [entry for entry in column if not isinstance(entry[1], _Lane)]
    drawn = [_drawn(lane) for _, lane in column if isinstance(lane, _Lane)]
    firm = _bundles(drawn, min(box.height for _, box in own) / 2)
    items: list[tuple[float, float, float, _Box | None]] = [
        *((top - box.pad, box.height + 2 * box.pad, 1.0, box) for top, box in own),
        *((top, end - top, _FIRM, None) for top, end in firm),
    ]
    items.sort(key=lambda item: item[0] + item[1] / 2)
    wanted, heights, weights, moved = zip(*items, strict=True)
    for box, top in zip(moved, spread(wanted, heights, 0.0, weights), strict=True):
        if box:
            box.y = top + box.pad


def _drawn(lane: _Lane) -> tuple[float, float]:
    """Return top and end of the room that a link needs in a column: around its middle there."""
    start = lane.ends[0].y + lane.link.leaves
    way = lane.ends[1].y + lane.link.enters - start
    middle, half = start + way * lane.at, abs(way) * lane.part / 4 + lane.pad
    return middle - half, middle + half


def _bundles(lanes: list[tuple[float, float]], least: float) -> list[tuple[float, float]]:
    """Join lanes that are closer than this, as no box goes between them."""
    found: list[tuple[float, float]] = []
    for top, end in sorted(lanes):
        if found and top - found[-1][1] < least:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((top, end))
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
