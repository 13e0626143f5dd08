"""Edits of the points that links pass."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from studio.core.graph import Graph, Link
from studio.core.view import Point


def points_of(graph: Graph, link: Link) -> tuple[Point, ...]:
    """Return the points that a link passes, from its output on."""
    return graph.view.reroutes.get(str(link), ())


def with_points(graph: Graph, link: Link, points: Sequence[Point]) -> Graph:
    """Lead a link by other points; none at all makes it straight again."""
    others = {text: item for text, item in graph.view.reroutes.items() if text != str(link)}
    kept = {**others, str(link): tuple(points)} if points else others
    return graph.with_view(replace(graph.view, reroutes=kept))


def added(graph: Graph, link: Link, at: Point, ends: tuple[Point, Point]) -> tuple[Graph, int]:
    """Add a point to a link where the way gets least longer.

    Args:
        graph: Where the link is.
        link: The link.
        at: The new point.
        ends: Where the link begins and ends.

    Returns:
        The graph, and the number of the point.
    """
    points = points_of(graph, link)
    way = [ends[0], *points, ends[1]]
    longer = [
        _distance(way[place], at)
        + _distance(at, way[place + 1])
        - _distance(*way[place : place + 2])
        for place in range(len(way) - 1)
    ]
    place = longer.index(min(longer))
    return with_points(graph, link, (*points[:place], at, *points[place:])), place


def moved(graph: Graph, link: Link, index: int, at: Point) -> Graph:
    """Move one point of a link."""
    points = points_of(graph, link)
    return with_points(graph, link, (*points[:index], at, *points[index + 1 :]))


def removed(graph: Graph, link: Link, index: int) -> Graph:
    """Take one point of a link away."""
    points = points_of(graph, link)
    return with_points(graph, link, points[:index] + points[index + 1 :])


def added_across(
    graph: Graph, crossed: Mapping[Link, Point], ends: Mapping[Link, tuple[Point, Point]]
) -> Graph:
    """Add a point to each link that a stroke crossed; links of one output share theirs.

    Args:
        graph: Where the links are.
        crossed: Where each link was crossed.
        ends: Where each of them begins and ends.
    """
    shared: dict[tuple[str, str], Point] = {}
    for link, at in crossed.items():
        graph, _ = added(graph, link, shared.setdefault((link.source, link.output), at), ends[link])
    return graph


def shifted(graph: Graph, nodes: frozenset[str], by: Point) -> Graph:
    """Move the points of links between moved nodes along with them."""
    kept = dict(graph.view.reroutes)
    for link in graph.links:
        if str(link) in kept and link.source in nodes and link.target in nodes:
            kept[str(link)] = tuple((x + by[0], y + by[1]) for x, y in kept[str(link)])
    return graph.with_view(replace(graph.view, reroutes=kept))


def straight(graph: Graph, nodes: Collection[str]) -> Graph:
    """Take the points of all links among nodes away, as their places meant other places of nodes."""
    held = graph.view.reroutes
    among = {str(link) for link in graph.links if link.source in nodes and link.target in nodes}
    kept = {text: points for text, points in held.items() if text not in among}
    return graph.with_view(replace(graph.view, reroutes=kept)) if kept != held else graph


def _distance(first: Point, second: Point) -> float:
    return float(((first[0] - second[0]) ** 2 + (first[1] - second[1]) ** 2) ** 0.5)
