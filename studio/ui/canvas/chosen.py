"""What commands of the canvas act on, and when they make sense."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from studio.canvas.fits import End
from studio.canvas.state import Hit, Point
from studio.core.graph import Graph, Link

if TYPE_CHECKING:
    from studio.ui.canvas.stage import CanvasStage
    from studio.ui.canvas.widget import CanvasWidget


class Command(NamedTuple):
    """What one action does.

    Attributes:
        id: Of the action.
        does: Carries it out.
        enabled: Says whether it makes sense now.
        checked: Says whether it is on.
    """

    id: str
    does: Callable[[], object]
    enabled: Callable[[], bool] | None = None
    checked: Callable[[], bool] | None = None


class Commands(ABC):
    """Base of the groups of commands.

    Args:
        canvas: What they act on.
    """

    def __init__(self, canvas: CanvasWidget) -> None:
        self.canvas = canvas

    @abstractmethod
    def table(self) -> Iterator[Command]:
        """Name what each command does."""

    @property
    def stage(self) -> CanvasStage:
        """What gestures play on too."""
        return self.canvas.stage

    @property
    def graph(self) -> Graph:
        """The graph that is shown."""
        return self.stage.graph

    @property
    def nodes(self) -> tuple[str, ...]:
        """The chosen nodes in the order of the graph."""
        return tuple(sorted(self.chosen, key=self.stage.scene.row))

    @property
    def chosen(self) -> frozenset[str]:
        """The same in no order, for questions that are asked often."""
        return self.stage.state.selection.nodes

    @property
    def links(self) -> tuple[Link, ...]:
        """The chosen links."""
        chosen = self.stage.state.selection.links
        return tuple(link for link in self.graph.links if link in chosen) if chosen else ()

    @property
    def end(self) -> End | None:
        """The socket or field that a menu was opened on, or that the keyboard is at."""
        if self.canvas.keys.socket:
            return self.canvas.keys.socket
        hit: Hit = self.canvas.target
        if hit.kind not in ("socket", "field") or hit.node not in self.graph.nodes:
            return None
        return End(hit.node, hit.name, "output" if hit.side == "output" else "input")

    @property
    def pointer(self) -> Point:
        """Where the pointer is on the canvas."""
        return self.canvas.pointer().at

    # --- When commands make sense ---

    def has_document(self) -> bool:
        """Say whether there is a graph."""
        return self.canvas.document is not None

    def has_nodes(self) -> bool:
        """Say whether nodes are chosen."""
        return bool(self.chosen)

    def has_several(self) -> bool:
        """Say whether more than one node is chosen."""
        return len(self.chosen) > 1

    def has_links(self) -> bool:
        """Say whether links are chosen."""
        return bool(self.stage.state.selection.links)

    def has_choice(self) -> bool:
        """Say whether anything is chosen."""
        return bool(self.stage.state.selection)

    def has_end(self) -> bool:
        """Say whether a socket or field is meant."""
        return self.end is not None
