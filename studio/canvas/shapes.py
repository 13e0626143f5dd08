"""The geometry that nodes of one type and signature share, so that ten thousand cost little.

A signature holds everything that moves a part: sizes are a pure function of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from studio.canvas.metrics import DIGIT_MONO, Metrics
from studio.canvas.state import Point, Rect
from studio.canvas.states import NodeState
from studio.canvas.texts import row_kind, widest
from studio.core.graph import Node
from studio.core.spec import Input, NodeSpec
from studio.core.types import ANY
from studio.core.view import Layout
from studio.core.widgets import Seed, Text

_TEXT_LINES = 3
_STRIP_LINES = 3
_WORDS_LINES = 4
_SEED_DIGITS = 20
_GAP = 4.0
_CARET = 14.0
_TEXT_PAD = (8.0, 5.0)
_TEXT_WIDTH = 216.0


@dataclass(frozen=True, slots=True)
class Template:
    """What layout needs of a node type.

    Attributes:
        type: Id of the type.
        spec: Its description; `None` when no pack has it.
        items: Inputs by name, in order.
        sockets: Names of the inputs that only links fill.
        params: Inputs with an editor.
        outputs: Value types of the outputs by name.
        made: Names of the outputs.
        conditional: Whether a parameter's presence depends on another one.
        takes_any: Whether links decide some value type.
        width: Width that fits its names and values.
    """

    type: str
    spec: NodeSpec | None
    items: Mapping[str, Input]
    sockets: tuple[str, ...]
    params: tuple[Input, ...]
    outputs: Mapping[str, str]
    made: tuple[str, ...]
    conditional: bool
    takes_any: bool
    width: float

    @staticmethod
    def of(type_id: str, spec: NodeSpec | None, metrics: Metrics) -> Template:
        """Prepare a type."""
        inputs, outputs = (spec.inputs, spec.outputs) if spec else ((), ())
        kinds = [item.type for item in inputs] + [item.type for item in outputs]
        return Template(
            type=type_id,
            spec=spec,
            items={item.name: item for item in inputs},
            sockets=tuple(item.name for item in inputs if item.is_socket),
            params=tuple(item for item in inputs if not item.is_socket),
            outputs={item.name: item.type for item in outputs},
            made=tuple(item.name for item in outputs),
            conditional=any(item.when for item in inputs),
            takes_any=spec is None or any(ANY in kind for kind in kinds),
            width=_fitting_width(spec, metrics) if spec else metrics.width,
        )


class Signature(NamedTuple):
    """Everything that the geometry of a node depends on.

    Attributes:
        width: Of the body.
        collapsed: Whether only the title bar is drawn.
        inputs: Sockets on the left.
        outputs: Sockets on the right.
        params: Parameters that are shown.
        picture: Size of the thumbnail; zeros: none.
        strip: Lines of the strip, the fix among them; 0: none.
        words: Lines of what the result says; 0: none.
    """

    width: float
    collapsed: bool
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    params: tuple[str, ...] | None
    picture: tuple[float, float]
    strip: int
    words: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the parts of a node are, from its left top.

    Attributes:
        size: Width and height of the body.
        inputs: Centres of the sockets of inputs and parameters.
        outputs: Centres of the sockets of outputs.
        rows: Fields of the parameters.
        strip: Sentence and fix.
        thumbnail: The picture.
        words: What the result says.
        footer: Step or time.
        collapsed: Whether only the title bar is drawn.
        middle: Of the title bar, from the top; links to what is hidden end there.
    """

    size: tuple[float, float]
    inputs: Mapping[str, Point]
    outputs: Mapping[str, Point]
    rows: tuple[tuple[str, Rect], ...]
    strip: Rect | None
    thumbnail: Rect | None
    words: Rect | None
    footer: Rect | None
    collapsed: bool
    middle: float

    def end(self, side: str, name: str) -> Point:
        """Return where a link ends; in the title bar when its socket is not shown."""
        ends = self.inputs if side == "input" else self.outputs
        return ends.get(name) or self.hidden(side)

    def hidden(self, side: str) -> Point:
        """Return where links of inputs or outputs end that are not shown."""
        return (self.size[0] if side == "output" else 0.0), self.middle


def signature(
    template: Template,
    node: Node,
    look: Layout,
    state: NodeState,
    linked: frozenset[tuple[str, str]],
    metrics: Metrics,
    *,
    hide_unused: bool = False,
) -> Signature:
    """Return what the geometry of a node depends on.

    Args:
        template: Its type.
        node: The node.
        look: How it is drawn.
        state: What is known of it beside the graph.
        linked: Its ends that have links; needed when `needs_links` says so.
        metrics: Sizes.
        hide_unused: Whether sockets without links are left out.
    """
    width = template.width
    if look.width is not None:
        width = min(max(look.width, metrics.width_min), metrics.width_max)
    inputs, outputs = template.sockets, template.made
    if template.spec is None:
        inputs = tuple(sorted(name for side, name in linked if side == "input"))
        outputs = tuple(sorted(name for side, name in linked if side == "output"))
    elif hide_unused:
        inputs = tuple(name for name in inputs if ("input", name) in linked)
        outputs = tuple(name for name in outputs if ("output", name) in linked)
    params = _shown(template, node, linked) if template.conditional else None
    picture = state.picture_size if state.picture and look.preview else (0, 0)
    strip = _strip_lines(state, width, metrics) if state.text else 0
    words = _words_lines(state, width, metrics) if state.words and look.preview else 0
    return Signature(width, look.collapsed, inputs, outputs, params, picture, strip, words)


def needs_links(template: Template, *, hide_unused: bool) -> bool:
    """Tell whether the geometry depends on which ends of a node have links."""
    return template.spec is None or template.conditional or hide_unused


def shape_of(template: Template, key: Signature, metrics: Metrics) -> Shape:
    """Return the geometry of a signature."""
    if key.collapsed:
        return _collapsed(template, key, metrics)
    y = metrics.header + metrics.pad_top
    inputs = {name: (0.0, y + (k + 0.5) * metrics.row) for k, name in enumerate(key.inputs)}
    outputs = {name: (key.width, y + (k + 0.5) * metrics.row) for k, name in enumerate(key.outputs)}
    y += max(len(inputs), len(outputs)) * metrics.row
    rows = []
    for item in template.params:
        if key.params is None or item.name in key.params:
            height = _field_height(item, metrics)
            top = y + (metrics.row - metrics.field) / 2
            left, right = metrics.field_inset, key.width - metrics.field_inset
            rows.append((item.name, (left, top, right, top + height)))
            inputs[item.name] = (0.0, top + min(height, metrics.field) / 2)
            y += height + metrics.row - metrics.field
    thumbnail, y = _thumbnail(key, y, metrics)
    words, y = _words(key, y, metrics)
    strip, y = _strip(key, y, metrics)
    footer, y = _footer(template, key, y, metrics)
    return Shape(
        size=(key.width, y),
        inputs=inputs,
        outputs=outputs,
        rows=tuple(rows),
        strip=strip,
        thumbnail=thumbnail,
        words=words,
        footer=footer,
        collapsed=False,
        middle=metrics.header / 2,
    )


def label_of(spec: NodeSpec | None, item: Input | None, name: str) -> str:
    """Return the name of an input or output for people; ports of sub-graphs have their own."""
    if spec and spec.id.startswith("graph:"):
        found = item or spec.output(name)
        return (found.help if found else "") or name
    return name.replace("_", " ")


def _fitting_width(spec: NodeSpec, metrics: Metrics) -> float:
    """Return a width, in steps, in which names and usual values have room."""
    wide = metrics.text_width
    ends = metrics.mark + metrics.mark_gap
    need = [
        metrics.width,
        metrics.pad_x * 2 + metrics.icon + 6 + wide(spec.title) * 1.05 + 2 * ends,
    ]
    left = [wide(label_of(spec, item, item.name)) for item in spec.inputs if item.is_socket]
    right = [wide(label_of(spec, None, item.name)) for item in spec.outputs]
    for k in range(max(len(left), len(right))):
        names = sum(side[k] for side in (left, right) if k < len(side))
        need.append(names + 2 * metrics.label_x + 16)
    need += [_row_width(spec, item, metrics) for item in spec.inputs if not item.is_socket]
    step = metrics.width_step
    return min(-(-max(need) // step) * step, metrics.width_fit)


def _row_width(spec: NodeSpec, item: Input, metrics: Metrics) -> float:
    kind = row_kind(item)
    if kind == "text":
        return _TEXT_WIDTH
    value = metrics.text_width(widest(item))
    if isinstance(item.widget, Seed):
        value = _SEED_DIGITS * (metrics.text - 1) * DIGIT_MONO
    label = metrics.text_width(label_of(spec, item, item.name))
    caret = _CARET if kind == "choice" else 0.0
    return 2 * (metrics.field_inset + 6) + label + 8 + value + caret


def _shown(
    template: Template, node: Node, linked: frozenset[tuple[str, str]]
) -> tuple[str, ...] | None:
    """Return the parameters that no condition hides; one with a link stays in any case."""
    return tuple(
        item.name
        for item in template.params
        if ("input", item.name) in linked or _holds(template, item, node, linked)
    )


def _holds(template: Template, item: Input, node: Node, linked: frozenset[tuple[str, str]]) -> bool:
    when = item.when
    other = template.items.get(when.input) if when else None
    if when is None or other is None or ("input", other.name) in linked:
        return True
    return node.params.get(other.name, other.default) in when.values


def _strip_lines(state: NodeState, width: float, metrics: Metrics) -> int:
    return min(_lines(state.text, width, metrics), _STRIP_LINES) + bool(state.fix)


def _words_lines(state: NodeState, width: float, metrics: Metrics) -> int:
    lines = sum(_lines(line, width, metrics) for line in state.words.split("\n"))
    return min(lines, _WORDS_LINES)


def _lines(text: str, width: float, metrics: Metrics) -> int:
    """Return about how many lines a text takes in the box of a field."""
    room = max(width - 2 * metrics.field_inset - 2 * _TEXT_PAD[0], 1.0)
    # Lines break at words, so about a tenth of each stays empty.
    return max(int(-(-metrics.text_width(text) * 1.1 // room)), 1)


def _field_height(item: Input, metrics: Metrics) -> float:
    widget = item.widget
    if not isinstance(widget, Text) or widget.lines <= 1:
        return metrics.field
    lines = min(widget.lines, _TEXT_LINES) + bool(widget.syntax)  # the count has its own line
    return lines * metrics.line + 2 * _TEXT_PAD[1]


def _thumbnail(key: Signature, y: float, metrics: Metrics) -> tuple[Rect | None, float]:
    wide, high = key.picture
    if wide <= 0 or high <= 0:
        return None, y
    room = key.width - 2 * metrics.thumb_inset
    scale = min(room / wide, metrics.thumb_max / high)
    left = (key.width - wide * scale) / 2
    top = y + _GAP
    return (left, top, left + wide * scale, top + high * scale), top + high * scale + 2


def _words(key: Signature, y: float, metrics: Metrics) -> tuple[Rect | None, float]:
    if not key.words:
        return None, y
    top, inset = y + _GAP, metrics.thumb_inset
    bottom = top + key.words * metrics.line + 2 * _TEXT_PAD[1]
    return (inset, top, key.width - inset, bottom), bottom + 2


def _strip(key: Signature, y: float, metrics: Metrics) -> tuple[Rect | None, float]:
    if not key.strip:
        return None, y
    height = key.strip * metrics.line + 2 * _TEXT_PAD[1] + 2
    inset = metrics.field_inset
    return (inset, y + _GAP, key.width - inset, y + _GAP + height), y + _GAP + height


def _footer(
    template: Template, key: Signature, y: float, metrics: Metrics
) -> tuple[Rect | None, float]:
    """Place the footer; nodes that never run have none, and a strip takes its place."""
    if key.strip or template.spec is None or template.spec.folds:
        return None, y + metrics.pad_bottom + (2 if key.strip else 0)
    return (metrics.pad_x, y, key.width - metrics.pad_x, y + metrics.footer), y + metrics.footer


def _collapsed(template: Template, key: Signature, metrics: Metrics) -> Shape:
    middle = metrics.header / 2
    inputs = dict.fromkeys((*key.inputs, *(item.name for item in template.params)), (0.0, middle))
    outputs = dict.fromkeys(key.outputs, (key.width, middle))
    return Shape(
        size=(key.width, metrics.header),
        inputs=inputs,
        outputs=outputs,
        rows=(),
        strip=None,
        thumbnail=None,
        words=None,
        footer=None,
        collapsed=True,
        middle=middle,
    )
