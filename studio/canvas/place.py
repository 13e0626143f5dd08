"""Where new nodes go: those a file says nothing of, those a gesture adds, and room for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.canvas.state import Point

if TYPE_CHECKING:
    from studio.canvas.scene import Scene


def first_places(scene: Scene, nodes: Sequence[str]) -> dict[str, Point]:
    """Return places for nodes that have none.

    Args:
        scene: Knows their shapes already.
        nodes: In the order of the graph.
    """
    return {node: (k * 240.0, 0.0) for k, node in enumerate(nodes)}
