"""How a node is laid out: its parts, from its type and state alone; nothing is read from a view.

Thousands of nodes share a `studio.canvas.shapes.Shape`; what only the painted ones need, such as
the texts of their values, is added here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from studio.canvas.metrics import Metrics
from studio.canvas.shapes import Shape, Template, label_of, shape_of, signature
from studio.canvas.state import Point, Rect
from studio.canvas.states import NodeState
from studio.canvas.texts import fill_of, format_value, row_kind
from studio.core.graph import Node
from studio.core.spec import Input, NodeSpec
from studio.core.types import is_list
from studio.core.view import Layout

__all__ = [
    "NodeLayout", "Row", "Socket", "above", "format_value", "hides_unused", "lay_out", "theme_type",
]  # fmt: skip

HIDE_UNUSED = "hide_unused"
"""Key in `Layout.extra` of a node that hides what is not linked."""
COMMENT = 14.0
"""Height of the line above a node that has a comment."""
SocketShape = Literal["one", "many", "optional"]
Ends = frozenset[tuple[str, str]]
"""Sides and names, such as ``("input", "model")``."""
_CATEGORIES = frozenset(
    [
        "load",
        "prompt",
        "latent",
        "sample",
        "control",
        "detail",
        "upscale",
        "animate",
        "image",
        "logic",
        "output",
    ]
)
_THEME = {"int": "number", "float": "number", "bool": "number", "str": "text"}


@dataclass(frozen=True, slots=True)
class Socket:
    """Where links end.

    Attributes:
        name: Name of the input or output.
        side: ``input`` or ``output``.
        at: Its centre, from the node's left top.
        type: Value type; ``any:T`` where nothing decides it.
        shape: How it is drawn.
        linked: Whether a link ends here.
        shown: Whether it is drawn before the pointer comes; a parameter's only when linked.
        label: Its name for people; empty where a row says it.
    """

    name: str
    side: Literal["input", "output"]
    at: Point
    type: str
    shape: SocketShape
    linked: bool
    shown: bool
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter.

    Attributes:
        name: Of the input.
        kind: ``field`` (number), ``line`` (short text), ``text``, ``choice``, ``toggle``, ``file``,
            ``seed``, ``color``, ``curve``, ``table``, ``paint``, ``boxes``,
            ``points``.
        rect: Its field, from the node's left top.
        label: Its name for people.
        value: Its value with the unit.
        fill: Place of a number between its bounds, 0 to 1; -1: it has none.
        linked: Whether a link gives the value.
        syntax: What is highlighted in it: ``prompt`` or nothing.
    """

    name: str
    kind: str
    rect: Rect
    label: str
    value: str
    fill: float
    linked: bool
    syntax: str = ""


@dataclass(frozen=True, slots=True)
class NodeLayout:
    """The parts of one node; all places are from its left top.

    Attributes:
        width: Of the body.
        height: Of the body.
        title: Text of the title bar, not yet cut.
        category: Name of the colours and the icon; empty for a missing type.
        header: The title bar.
        icon: The category's icon.
        title_rect: Room for the title.
        mark: The state mark.
        badge: The badge left of it, where there is one.
        sockets: Inputs, outputs and parameters.
        rows: Parameters.
        strip: Sentence and fix.
        thumbnail: The picture, fitted.
        words: What the result says.
        footer: Step or time.
        collapsed: Whether only the title bar is drawn.
    """

    width: float
    height: float
    title: str
    category: str
    header: Rect
    icon: Rect
    title_rect: Rect
    mark: Rect
    badge: Rect | None
    sockets: tuple[Socket, ...]
    rows: tuple[Row, ...]
    strip: Rect | None
    thumbnail: Rect | None
    words: Rect | None
    footer: Rect | None
    collapsed: bool

    def socket(self, side: str, name: str) -> Socket | None:
        """Return a socket by its side and name."""
        return next((one for one in self.sockets if (one.side, one.name) == (side, name)), None)

    def row(self, name: str) -> Row | None:
        """Return the row of a parameter."""
        return next((row for row in self.rows if row.name == name), None)


def hides_unused(look: Layout) -> bool:
    """Tell whether a node hides the sockets that are not linked."""
    return bool(look.extra.get(HIDE_UNUSED))


def above(look: Layout) -> float:
    """Return the height of what stands above a node."""
    return COMMENT if look.comment else 0.0


def lay_out(
    node: Node,
    spec: NodeSpec | None,
    look: Layout,
    state: NodeState,
    linked: Ends,
    metrics: Metrics,
    *,
    hide_unused: bool = False,
) -> NodeLayout:
    """Lay out one node.

    Args:
        node: The node.
        spec: Its type; `None` when no pack has it.
        look: How it is drawn.
        state: What is known of it beside the graph.
        linked: Its ends that have links.
        metrics: Sizes.
        hide_unused: Whether sockets without links are left out.
    """
    template = Template.of(node.type, spec, metrics)
    key = signature(template, node, look, state, linked, metrics, hide_unused=hide_unused)
    return dress(shape_of(template, key, metrics), template, node, state, linked, metrics)


def dress(
    shape: Shape,
    template: Template,
    node: Node,
    state: NodeState,
    linked: Ends,
    metrics: Metrics,
    kinds: Mapping[tuple[str, str], str] | None = None,
) -> NodeLayout:
    """Add what is not shared to the shape that a node has with others.

    Args:
        shape: The geometry.
        template: The type.
        node: The node.
        state: What is known of it beside the graph.
        linked: Its ends that have links.
        metrics: Sizes.
        kinds: Value types of sockets that take any, where links decide them.
    """
    width, height = shape.size
    right = width - metrics.pad_x
    top = (metrics.header - metrics.mark) / 2
    mark = (right - metrics.mark, top, right, top + metrics.mark)
    step = metrics.mark + metrics.mark_gap
    badge = (mark[0] - step, top, mark[2] - step, mark[3]) if state.badge else None
    above = (metrics.header - metrics.icon) / 2
    icon = (metrics.pad_x, above, metrics.pad_x + metrics.icon, above + metrics.icon)
    return NodeLayout(
        width=width,
        height=height,
        title=node.title or (template.spec.title if template.spec else node.type),
        category=category_of(template.spec),
        header=(0.0, 0.0, width, metrics.header),
        icon=icon,
        title_rect=(icon[2] + 6, 0.0, (badge or mark)[0] - metrics.mark_gap, metrics.header),
        mark=mark,
        badge=badge,
        sockets=_sockets(shape, template, linked, kinds or {}),
        rows=tuple(_row(template, name, rect, node, linked) for name, rect in shape.rows),
        strip=shape.strip,
        thumbnail=shape.thumbnail,
        words=shape.words,
        footer=shape.footer,
        collapsed=shape.collapsed,
    )


def category_of(spec: NodeSpec | None) -> str:
    """Return the theme's name for a type's category; packs with their own get the neutral one."""
    if spec is None:
        return ""
    if spec.id.startswith("graph:"):
        return "graph"
    name = spec.category.lower()
    return name if name in _CATEGORIES else "logic"


def theme_type(kind: str) -> str:
    """Return the theme's name for a value type: of one item of a list, and ``any`` for any."""
    inner = kind[9:-1] if is_list(kind) else kind
    return "any" if inner.startswith("any:") else _THEME.get(inner, inner)


def _sockets(
    shape: Shape, template: Template, linked: Ends, kinds: Mapping[tuple[str, str], str]
) -> tuple[Socket, ...]:
    rows = {name for name, _ in shape.rows}
    found = []
    for name, at in shape.inputs.items():
        item = template.items.get(name)
        is_linked = ("input", name) in linked
        kind = kinds.get(("input", name)) or (item.type if item else "any:?")
        label = "" if name in rows else label_of(template.spec, item, name)
        shown = is_linked or (item is None or item.is_socket)
        found.append(Socket(name, "input", at, kind, _drawn(item), is_linked, shown, label))
    for name, at in shape.outputs.items():
        kind = kinds.get(("output", name)) or template.outputs.get(name, "any:?")
        form: SocketShape = "many" if is_list(kind) else "one"
        label = label_of(template.spec, None, name)
        end = ("output", name) in linked
        found.append(Socket(name, "output", at, kind, form, end, True, label))
    return tuple(found)


def _drawn(item: Input | None) -> SocketShape:
    if item and (item.many or is_list(item.type)):
        return "many"
    return "optional" if item and item.is_socket and not item.required else "one"


def _row(template: Template, name: str, rect: Rect, node: Node, linked: Ends) -> Row:
    item = template.items[name]
    value: Any = node.params.get(name, item.default)
    return Row(
        name=name,
        kind=row_kind(item),
        rect=rect,
        label=label_of(template.spec, item, name),
        value=format_value(item, value),
        fill=fill_of(item, value),
        linked=("input", name) in linked,
        syntax=getattr(item.widget, "syntax", ""),
    )
