"""Colours of a node in each of its states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from PySide6.QtGui import QColor

from studio.canvas.states import StateKind
from studio.ui.looks.theme import Theme

MARKS: dict[StateKind, str] = {
    "fresh": "check-bold", "stale": "circle-bold", "waiting": "hourglass-medium",
    "failed": "warning-octagon-fill", "muted": "speaker-slash",
    "bypassed": "arrow-bend-double-up-right", "frozen": "snowflake-bold",
    "missing_type": "warning-fill", "missing_model": "warning-fill", "unknown": "question",
}  # fmt: skip
BADGES = {"error": "warning-octagon-fill", "warning": "warning-fill", "info": "info-fill"}
_ROLES = {"missing_type": "missing", "missing_model": "missing"}
_MUTED, _BYPASSED, _HOVER, FILL, TRACK = 0.55, 0.45, 0.10, 0.11, 0.22
_OWN_HEADER = 0.45
"""Share of a frame's line colour in the header of a node that has this colour, in light."""


class Dress(NamedTuple):
    """What the colours of a node depend on.

    Attributes:
        kind: State.
        category: Name of the category; empty for a missing type.
        color: Name of its own colour; empty: that of the category.
        stale: Whether a frozen one is out of date.
        hovered: Whether the pointer is over it.
    """

    kind: StateKind
    category: str
    color: str = ""
    stale: bool = False
    hovered: bool = False


@dataclass(frozen=True, slots=True)
class Shade:
    """Colours of one node.

    Attributes:
        body: Its ground.
        header: Of the title bar.
        icon: In the title bar.
        edge: Around it.
        width: Of the edge; 0: a hairline.
        dashed: Whether the edge is dashed.
        hollow: Whether it has no result yet: no shadow, the header only a line.
        outlined: Whether fields are outlines.
        field: Ground of the fields.
        title: Of the title.
        text: Of names and values.
        faint: Of names of fields and of optional sockets.
        mark: Of the state mark.
        socket: Of all sockets; ``None``: as their types.
        picture: Opacity of the thumbnail.
    """

    body: QColor
    header: QColor
    icon: QColor
    edge: QColor
    width: float
    dashed: bool
    hollow: bool
    outlined: bool
    field: QColor
    title: QColor
    text: QColor
    faint: QColor
    mark: QColor
    socket: QColor | None = None
    picture: float = 1.0


def mixed(ground: QColor, color: QColor, share: float) -> QColor:
    """Return a colour mixed into another one."""
    rest = 1 - share
    return QColor(
        round(ground.red() * rest + color.red() * share),
        round(ground.green() * rest + color.green() * share),
        round(ground.blue() * rest + color.blue() * share),
    )


class Shades:
    """Finds the colours of nodes.

    Args:
        theme: Has the colours.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.of = cache(self._of)
        self.header = cache(self._header)

    def _header(self, category: str, own: str) -> QColor:
        """Return the colour of the title bar: the node's own, or that of its category."""
        color, colors = self.theme.color, self.theme.colors
        if own in colors["frame_line"]:
            line = color(f"frame_line.{own}")
            light = self.theme.name == "light"
            return mixed(color("bg.node"), line, _OWN_HEADER) if light else line
        name = own if own in colors["category"] else category
        return color(f"category.{name or 'logic'}.header")

    def _of(self, dress: Dress) -> Shade:
        color = self.theme.color
        kind = dress.kind
        canvas, node = color("bg.canvas"), color("bg.node")
        header = self._header(dress.category, dress.color)
        plain = Shade(
            body=node,
            header=header,
            icon=color(f"category.{dress.category or 'logic'}.icon"),
            edge=color("border.node"),
            width=0.0,
            dashed=False,
            hollow=False,
            outlined=False,
            field=color("bg.node_field"),
            title=color("text.primary"),
            text=color("text.primary"),
            faint=color("text.secondary"),
            mark=color(f"state.{_ROLES.get(kind, kind)}"),
        )
        shade = self._in_state(plain, dress, canvas)
        if not dress.hovered:
            return shade
        lit = mixed(shade.header, color("text.primary"), _HOVER)
        quiet = shade.width == 0
        return replace(shade, header=lit, edge=color("border.strong") if quiet else shade.edge)

    def _in_state(self, plain: Shade, dress: Dress, canvas: QColor) -> Shade:
        color = self.theme.color
        hollow = replace(
            plain, body=canvas, field=canvas, hollow=True, outlined=True, picture=0.38,
            edge=color("border.strong"),
        )  # fmt: skip
        match dress.kind:
            case "stale":
                return replace(hollow, header=canvas, width=1.25)
            case "waiting":
                return hollow
            case "running":
                return replace(plain, edge=color("state.running"), width=2.0)
            case "failed":
                return replace(plain, edge=color("status.error"), width=1.5)
            case "missing_type" | "missing_model":
                return replace(plain, edge=color("state.missing"), width=1.25)
            case "muted":
                return self._muted(plain, canvas)
            case "bypassed":
                return self._bypassed(plain, canvas)
            case "frozen":
                icy = replace(hollow, header=canvas) if dress.stale else plain
                return replace(icy, edge=color("state.frozen"), width=1.25)
            case _:
                return plain

    def _muted(self, plain: Shade, canvas: QColor) -> Shade:
        color = self.theme.color
        grey = color("text.muted")
        return replace(
            plain,
            body=mixed(canvas, plain.body, _MUTED),
            header=mixed(canvas, color("category.logic.header"), _MUTED),
            icon=grey,
            edge=mixed(canvas, plain.edge, _MUTED),
            title=grey,
            text=grey,
            faint=grey,
            socket=color("state.muted"),
            picture=_MUTED,
        )

    def _bypassed(self, plain: Shade, canvas: QColor) -> Shade:
        color = self.theme.color
        body = mixed(canvas, plain.body, _BYPASSED)
        return replace(
            plain,
            body=body,
            field=body,
            header=mixed(canvas, plain.header, _BYPASSED),
            edge=color("state.bypassed"),
            width=1.25,
            dashed=True,
            outlined=True,
            title=color("text.secondary"),
            text=color("text.muted"),
            faint=color("text.muted"),
            picture=_BYPASSED,
        )
