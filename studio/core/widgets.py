"""Widgets: how a parameter is edited, and which values it takes.

A widget stands in ``Annotated`` beside the hint. The window, the headless runner and the file
reader call the same `Widget.problem`. Widgets are data: they know no toolkit.
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from studio.core.boxes import BoxEdits
from studio.core.name_tokens import folder_problem, token_problem

SEED_LIMIT = 2**64
BODY_POINTS = 18


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file as a graph names it.

    Attributes:
        path: Begins with a named root (``starter/toyworld.safetensors``), or is relative to the
            graph, or absolute; always with ``/``.
        blake3: Digest of the content the graph was made with; empty when it is not known.
    """

    path: str
    blake3: str = ""


def plain(value: Any) -> Any:
    """Return a parameter as JSON values: files and edits as tables, tuples as lists."""
    if isinstance(value, FileRef):
        digest = {"blake3": value.blake3} if value.blake3 else {}
        return {"path": value.path, **digest}
    if isinstance(value, BoxEdits):
        return value.as_data()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class Widget:
    """Base of all widgets."""

    def problem(self, value: Any) -> str | None:
        """Say what is wrong with a value of the right type, or return ``None``."""
        return None

    def as_data(self) -> dict[str, Any]:
        """Return the widget as JSON values, with its kind."""
        return {"kind": type(self).__name__, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Range(Widget):
    """A number between two bounds, both allowed.

    Attributes:
        low: Smallest value.
        high: Largest value.
        step: Distance between neighbours in the editor; it does not restrict values.
        unit: Written after the number, such as `` px``.
        scale: ``linear`` or ``log``.
        multiple: The value is a multiple of this; 0 is any.
    """

    low: float
    high: float
    step: float = 0
    unit: str = ""
    scale: str = "linear"
    multiple: int = 0

    def problem(self, value: Any) -> str | None:
        """Refuse what is outside the bounds, not finite, or not a multiple."""
        if not math.isfinite(value):
            return f"{value} is not a finite number"
        if not self.low <= value <= self.high:
            return f"{value:g} is outside {self.low:g} to {self.high:g}{self.unit}"
        if self.multiple and value % self.multiple:
            below = int(value // self.multiple) * self.multiple
            near = f"{below} and {below + self.multiple}"
            return f"{value:g} is not a multiple of {self.multiple}; the nearest are {near}"
        return None


@dataclass(frozen=True, slots=True)
class Seed(Widget):
    """An unsigned 64-bit seed."""

    def problem(self, value: Any) -> str | None:
        """Refuse what does not fit in 64 bits."""
        return None if 0 <= value < SEED_LIMIT else f"{value} is outside 0 to {SEED_LIMIT - 1}"


@dataclass(frozen=True, slots=True)
class Text(Widget):
    """A text.

    Attributes:
        lines: Height of the editor.
        limit: Most bytes in UTF-8.
        syntax: What is highlighted: ``prompt`` or nothing.
        empty: What nothing means, shown in its place; ``{output}`` is the name of the output folder.
        names: What it names below the output folder: a ``file``, a ``folder`` or nothing.
    """

    lines: int = 1
    limit: int = 65536
    syntax: str = ""
    empty: str = field(default="", repr=False)
    names: str = field(default="", repr=False)

    def problem(self, value: Any) -> str | None:
        """Refuse texts beyond the limit, and names that no file can have."""
        size = len(value.encode("utf-8", "surrogatepass"))
        if size > self.limit:
            return f"{size} bytes of text are over {self.limit}"
        if self.names:
            return folder_problem(value) if self.names == "folder" else token_problem(value)
        return None


@dataclass(frozen=True, slots=True)
class Choice(Widget):
    """One of a list of names.

    Attributes:
        options: The names, in the order of the menu.
    """

    options: tuple[str, ...]

    def problem(self, value: Any) -> str | None:
        """Refuse names outside the list."""
        said = value if len(value) <= 60 else f"{value[:57]}..."
        return None if value in self.options else f"{said!r} is none of {', '.join(self.options)}"


@dataclass(frozen=True, slots=True)
class Toggle(Widget):
    """On or off."""


@dataclass(frozen=True, slots=True)
class ModelFile(Widget):
    """A weights file from one of the model folders.

    Attributes:
        folder: Kind of folder: ``checkpoints``, ``vae``, ``controlnet``, ``upscalers``, ...
        source: Which files fit and where people get them; empty where everybody knows.
        optional: Whether the node may need no file.
    """

    folder: str
    source: str = ""
    optional: bool = False

    def problem(self, value: Any) -> str | None:
        """Refuse an empty path."""
        return None if value.path or self.optional else self.nothing

    @property
    def nothing(self) -> str:
        """What is said where a file is needed and none is chosen."""
        such = f", such as {self.source}" if self.source else ""
        return f"no file is chosen; pick one from {self.folder}{such}"


@dataclass(frozen=True, slots=True)
class FilePath(Widget):
    """A file or folder anywhere the user allows.

    Attributes:
        suffixes: Endings that are offered, such as ``.png``; empty is all.
        folder: Whether a folder is meant.
        output: Whether it is written to, so that it need not exist.
    """

    suffixes: tuple[str, ...] = ()
    folder: bool = False
    output: bool = False

    def problem(self, value: Any) -> str | None:
        """Refuse an empty path where something is read."""
        return None if value.path or self.output else "no path is given"


@dataclass(frozen=True, slots=True)
class Asset(Widget):
    """A file that belongs to the graph, kept in ``<graph>.assets``.

    Attributes:
        suffixes: Endings that are offered.
    """

    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Color(Widget):
    """A colour, written ``#rrggbb`` or ``#rrggbbaa``."""

    def problem(self, value: Any) -> str | None:
        """Refuse what is not a hexadecimal colour."""
        fits = re.fullmatch(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8})", value)
        return None if fits else f"{value[:60]!r} is not a colour such as #ff8800"


@dataclass(frozen=True, slots=True)
class Curve(Widget):
    """A number over time, as ``[time, value]`` points with times that rise from 0 to 1.

    Attributes:
        low: Smallest value.
        high: Largest value.
    """

    low: float = 0.0
    high: float = 1.0

    def problem(self, value: Any) -> str | None:
        """Refuse points out of order or out of bounds."""
        times = [point[0] for point in value]
        if times != sorted(times) or any(not 0 <= time <= 1 for time in times):
            return "the times of a curve rise from 0 to 1"
        outside = [point[1] for point in value if not self.low <= point[1] <= self.high]
        return f"{outside[0]:g} is outside {self.low:g} to {self.high:g}" if outside else None


@dataclass(frozen=True, slots=True)
class Table(Widget):
    """Rows of texts under named columns.

    Attributes:
        columns: Their names.
    """

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paint(Widget):
    """A mask painted by hand, kept as an asset."""


@dataclass(frozen=True, slots=True)
class Boxes(Widget):
    """Boxes edited by hand: a `BoxEdits`, bound to the key of what they were made for."""


@dataclass(frozen=True, slots=True)
class Points(Widget):
    """People drawn by hand: each 18 ``[x, y, confidence]`` points in the order of `Pose`.

    Places are shares of the width and height, so 0 to 1 is inside of the picture; a limb may reach
    out of it by its whole size. A confidence of 0 is a point that is not there.
    """

    def problem(self, value: Any) -> str | None:
        """Refuse people with other than 18 points, and points far from the picture."""
        for person in value:
            if len(person) != BODY_POINTS:
                return f"a person has {BODY_POINTS} points, not {len(person)}"
            for x, y, confidence in person:
                if not (-1 <= x <= 2 and -1 <= y <= 2):
                    return f"the point {x:g}, {y:g} is outside -1 to 2"
                if not 0 <= confidence <= 1:
                    return f"the confidence {confidence:g} is outside 0 to 1"
        return None


@dataclass(frozen=True, slots=True)
class When:
    """Shows a parameter only while another one has one of these values.

    Attributes:
        input: Name of the other parameter.
        values: Values that show this one.
    """

    input: str
    values: tuple[Any, ...]

    @classmethod
    def equal(cls, name: str, *values: Any) -> When:
        """Make a condition from a name and its values."""
        return cls(name, values)


WIDGETS: dict[str, type[Widget]] = {kind.__name__: kind for kind in Widget.__subclasses__()}


def widget_from_data(data: dict[str, Any]) -> Widget:
    """Make the widget that `Widget.as_data` described.

    Raises:
        KeyError: There is no such kind of widget.
    """
    kind = WIDGETS[data["kind"]]
    known = {item.name for item in fields(kind)}
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name in known
    }
    return kind(**values)
