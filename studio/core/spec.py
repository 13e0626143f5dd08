"""The description of a node type: pure data, made by `studio.core.define.node`.

A spec can be sent to another process and read back; the function itself is named, not held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from typing import Any

from studio.core.boxes import BoxEdits, box_edits
from studio.core.widgets import FileRef, When, Widget, plain, widget_from_data

LITERALS = ("bool", "int", "float", "str")
REQUIRED = "<required>"


@dataclass(frozen=True, slots=True)
class Need:
    """What a network has to know that is linked to an input.

    Attributes:
        strength: The parameter that leaves the network out where it is 0.
        parameter: The one that says which kind of hint the network is shown; empty: `kind` does.
        kind: A kind of hint, such as ``tile``, that it is always shown.
    """

    strength: str
    parameter: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a node type.

    Attributes:
        name: Name of the function's parameter.
        type: Name of a value type (``Image``), ``Sequence[Image]``, ``any:T`` (any, but the same
            for the same letter), a literal (``bool``, ``int``, ``float``, ``str``), or ``file``,
            ``asset``, ``curve``, ``table``, ``boxes``, ``points``.
        required: Whether a link or a value must be given.
        default: Value when nothing is given; ``None`` for an optional socket.
        many: Whether it takes several links, in order.
        widget: How it is edited; ``None`` for a socket.
        when: Hides it while another parameter has another value.
        help: What it means.
        group: Title that it stands under in the inspector; empty: where there is room.
        stand_in: File that the node takes where nothing is linked, under a named root; its content
            is part of the key then. Empty: none.
        floor: Name of another parameter that this one may not be below; empty: none.
        need: What a network that is linked here has to know; ``None``: nothing that files tell.
    """

    name: str
    type: str
    required: bool = False
    default: Any = None
    many: bool = False
    widget: Widget | None = None
    when: When | None = None
    help: str = ""
    group: str = ""
    stand_in: str = ""
    floor: str = ""
    need: Need | None = None

    @property
    def is_socket(self) -> bool:
        """Whether only a link can fill it."""
        return self.widget is None

    def problem(self, value: Any) -> str | None:
        """Say what is wrong with a value for this parameter, or return ``None``."""
        try:
            value = self.coerce(value)
        except (TypeError, ValueError) as wrong:
            return str(wrong)
        return self.widget.problem(value) if self.widget else None

    def coerce(self, value: Any) -> Any:
        """Bring a value to the type of the hint, so that 7 and 7.0 are the same float.

        Raises:
            TypeError: The value is of another type.
            ValueError: A number that cannot be represented.
        """
        coerce = _COERCE.get(self.type)
        return coerce(value) if coerce else value


def _file(value: Any) -> FileRef:
    if isinstance(value, FileRef):
        return value
    if isinstance(value, str):
        return FileRef(value.replace("\\", "/"))
    if isinstance(value, dict) and isinstance(value.get("path"), str):
        digest = value.get("blake3", "")
        return FileRef(value["path"].replace("\\", "/"), digest if isinstance(digest, str) else "")
    raise TypeError(f"{_short(value)} is not a path")


def _literal(kind: str, value: Any) -> Any:
    if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value) + 0.0  # minus zero is zero, in keys too
        except OverflowError:
            raise ValueError("the number is too large") from None
    if kind == "int" and isinstance(value, float) and value.is_integer():
        value = int(value)
    expected = {"bool": bool, "int": int, "float": float, "str": str}[kind]
    if type(value) is not expected:
        raise TypeError(f"{_short(value)} is not {_ARTICLE[kind]}")
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise ValueError("a whole number has at most 64 bits")
    return value


def _curve(value: Any) -> tuple[tuple[float, float], ...]:
    try:
        points = tuple((_literal("float", time), _literal("float", at)) for time, at in value)
    except (TypeError, ValueError):
        raise TypeError(f"{_short(value)} is not a list of [time, value] points") from None
    return points


def _table(value: Any) -> tuple[tuple[str, ...], ...]:
    rows: Any = value if isinstance(value, list | tuple) else [None]
    if not all(
        isinstance(row, list | tuple) and all(type(cell) is str for cell in row) for row in rows
    ):
        raise TypeError(f"{_short(value)} is not a list of rows of texts")
    return tuple(tuple(row) for row in rows)


def _points(value: Any) -> tuple[tuple[tuple[float, float, float], ...], ...]:
    try:
        return tuple(
            tuple((_float(x), _float(y), _float(seen)) for x, y, seen in person) for person in value
        )
    except (TypeError, ValueError):
        text = "is not a list of people with [x, y, confidence] points"
        raise TypeError(f"{_short(value)} {text}") from None


def _float(value: Any) -> float:
    return float(_literal("float", value))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_ARTICLE = {"bool": "true or false", "int": "a whole number", "float": "a number", "str": "a text"}
_COERCE: dict[str, Callable[[Any], Any]] = {
    "file": _file,
    "asset": _file,
    "boxes": box_edits,
    "curve": _curve,
    "table": _table,
    "points": _points,
    **{kind: partial(_literal, kind) for kind in LITERALS},
}


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a node type.

    Attributes:
        name: Name of it.
        type: As for inputs.
        help: What it means.
    """

    name: str
    type: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """Everything that is known of a node type without importing its computation.

    Attributes:
        id: Written in every saved graph; never changes.
        version: Raised when the same inputs give another result; part of every key.
        title: For people.
        category: Where the palette shows it.
        summary: First line of the docstring.
        help: The rest of its prose.
        inputs: In order.
        outputs: In order; an effect has none.
        implementation: ``module:function``.
        streams: Whether it is a generator that yields progress.
        context: Whether it asks for ``ctx``.
        effect: Whether it acts outside (save, show) and is never cached.
        folds: Whether the planner resolves it (literals, switch) instead of running it.
        replaces: Former ids.
        raises: Error names with their conditions.
        source: Paper or public source of the method.
        pack: Digest of the pack's source for third-party nodes; empty for built-in ones.
    """

    id: str
    version: int
    title: str
    category: str
    summary: str
    help: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    implementation: str
    streams: bool = False
    context: bool = False
    effect: bool = False
    folds: bool = False
    replaces: tuple[str, ...] = ()
    raises: tuple[tuple[str, str], ...] = ()
    source: str = ""
    pack: str = ""

    def input(self, name: str) -> Input | None:
        """Return an input by its name."""
        return next((item for item in self.inputs if item.name == name), None)

    def output(self, name: str) -> Output | None:
        """Return an output by its name."""
        return next((item for item in self.outputs if item.name == name), None)

    def as_data(self) -> dict[str, Any]:
        """Return the spec as JSON values."""
        data = {item.name: getattr(self, item.name) for item in fields(self)}
        data["inputs"] = [_input_data(item) for item in self.inputs]
        data["outputs"] = [asdict(item) for item in self.outputs]
        return data


def _input_data(item: Input) -> dict[str, Any]:
    data = {entry.name: getattr(item, entry.name) for entry in fields(item)}
    data["widget"] = item.widget.as_data() if item.widget else None
    data["when"] = asdict(item.when) if item.when else None
    data["need"] = asdict(item.need) if item.need else None
    if isinstance(item.default, FileRef | BoxEdits):
        data["default"] = plain(item.default)
    return data


def spec_from_data(data: dict[str, Any]) -> NodeSpec:
    """Make the spec that `NodeSpec.as_data` described, also after a trip through JSON."""
    values = dict(data)
    values["inputs"] = tuple(_input_from(item) for item in data["inputs"])
    values["outputs"] = tuple(Output(**item) for item in data["outputs"])
    values["replaces"] = tuple(data["replaces"])
    values["raises"] = tuple((name, text) for name, text in data["raises"])
    return NodeSpec(**values)


def _input_from(data: dict[str, Any]) -> Input:
    values = dict(data)
    values["widget"] = widget_from_data(data["widget"]) if data["widget"] else None
    when = data["when"]
    values["when"] = When(when["input"], tuple(when["values"])) if when else None
    values["need"] = Need(**data["need"]) if data["need"] else None
    found = Input(**values)
    if data["type"] in ("file", "asset", "boxes") and data["default"] is not None:
        return replace(found, default=found.coerce(data["default"]))
    return found
