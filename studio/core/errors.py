"""All exceptions of the program, their codes, and the issues that a check reports.

StudioError
├── GraphError             an edit or a file that makes no sense
│   ├── CycleError         a node would wait for itself
│   ├── LinkError          these two ends do not fit
│   └── UnknownNodeError   no installed pack has this node type
├── DocumentError          damaged, or written by a newer version
├── ModelError             something about a weights file
│   ├── UnknownFamilyError     the header matches no family
│   ├── FamilyMismatchError    two things of different families meet
│   ├── DamagedFileError       truncated, not what it says, or unreadable
│   ├── MissingFileError       no such file
│   ├── UnsafeFileError        the file asks for code to be run
│   ├── HashMismatchError      not the file that the graph was made with
│   └── UnsupportedError       known, but not something this program does
├── ValueProblem           a value that a node cannot work with
│   ├── RangeError │ TypeMismatchError │ ShapeError │ MissingInputError
├── RunError               a run went wrong
│   ├── NodeError          a node raised; knows node and title; __cause__ kept
│   ├── OutOfMemoryError   needed, free, what to try
│   ├── NotFiniteError     first bad step
│   ├── WriteError         a file could not be written
│   └── WorkerDiedError    exit code, last log lines
└── NodeDefinitionError    for programmers: function, file, line, rule
Cancelled                  not a StudioError

Messages say what happened, with which value, and what to do next. The engine attaches the node on
the way up (`StudioError.place`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a graph something is.

    Attributes:
        node: Id of the node; ids of nodes inside sub-graphs are joined by ``/``. Empty: the graph.
        input: Name of the input or parameter; empty for the whole node.
    """

    node: str = ""
    input: str = ""

    def __str__(self) -> str:
        """Write ``node.input``, ``node`` or ``graph``."""
        return ".".join(part for part in (self.node, self.input) if part) or "graph"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong, or odd, said as data.

    Attributes:
        code: ``G001`` ... for graphs, ``E_...`` and ``W_...`` for runs.
        text: What is wrong, with the value.
        fix: What to do next.
        place: Where.
        severity: Only an error keeps a graph from running.
    """

    code: str
    text: str
    fix: str = ""
    place: Place = Place()
    severity: Severity = "error"

    def __str__(self) -> str:
        """Write one line for people."""
        joint = " " if self.text.endswith((".", "!", "?")) else "; "
        tail = f"{joint}{self.fix}" if self.fix else ""
        return f"{self.code} {self.place}: {self.text}{tail}"


class StudioError(Exception):
    """Base of everything that this program raises on purpose.

    Attributes:
        code: Stable name of the kind of error, one for each class.
        text: What happened, with the value.
        fix: What to do next.
        place: Where in the graph; attached on the way up.
    """

    code: ClassVar[str] = "E_STUDIO"
    severity: Severity = "error"

    def __init__(self, text: str, *, fix: str = "", place: Place | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.fix = fix
        self.place = place or Place()

    def __str__(self) -> str:
        """Return the text and, when there is one, the way out."""
        return f"{self.text}; {self.fix}" if self.fix else self.text

    def as_issue(self) -> Issue:
        """Return the same as data."""
        return Issue(self.code, self.text, self.fix, self.place, self.severity)


class GraphError(StudioError):
    """An edit or a file that makes no sense."""

    code = "E_GRAPH"


class CycleError(GraphError):
    """A node would wait for itself."""

    code = "E_CYCLE"


class LinkError(GraphError):
    """These two ends do not fit."""

    code = "E_LINK"


class UnknownNodeError(GraphError):
    """No installed pack has this node type."""

    code = "E_UNKNOWN_NODE"


class DocumentError(StudioError):
    """A graph file is damaged, or was written by a newer version.

    Attributes:
        line: Line in the file, counted from 1; 0 when it is not known.
        field: Path of the field, such as ``nodes.sample.params.steps``.
    """

    code = "E_DOCUMENT"

    def __init__(self, text: str, *, fix: str = "", line: int = 0, field: str = "") -> None:
        super().__init__(text, fix=fix)
        self.line = line
        self.field = field


class ModelError(StudioError):
    """Something about a weights file."""

    code = "E_MODEL"


class UnknownFamilyError(ModelError):
    """The header matches no family."""

    code = "E_UNKNOWN_FAMILY"


class FamilyMismatchError(ModelError):
    """Two things of different families meet."""

    code = "E_FAMILY"


class DamagedFileError(ModelError):
    """A file is truncated, unreadable, or not what it says it is."""

    code = "E_FILE_CORRUPT"


class MissingFileError(ModelError):
    """There is no such file."""

    code = "E_FILE_MISSING"


class UnsafeFileError(ModelError):
    """The file asks for code to be run, or the place is not allowed."""

    code = "E_FILE_UNSAFE"


class HashMismatchError(ModelError):
    """The file is not the one that the graph was made with, or changed during a run."""

    code = "E_HASH"


class UnsupportedError(ModelError):
    """Known, but not something that this program does."""

    code = "E_UNSUPPORTED"


class ValueProblem(StudioError):  # noqa: N818  # the tree of conventions names it so
    """A value that a node cannot work with."""

    code = "E_VALUE"


class RangeError(ValueProblem):
    """A number outside its range, or a name outside its list."""

    code = "E_RANGE"


class TypeMismatchError(ValueProblem):
    """A value of the wrong type."""

    code = "E_TYPE"


class ShapeError(ValueProblem):
    """Sizes that do not go together."""

    code = "E_SHAPE"


class MissingInputError(ValueProblem):
    """A required input has neither a link nor a value."""

    code = "E_INPUT_MISSING"


class RunError(StudioError):
    """A run went wrong."""

    code = "E_RUN"


class NodeError(RunError):
    """A node raised something that is not a `StudioError`; the cause is kept."""

    code = "E_NODE"


class OutOfMemoryError(RunError):
    """The device has too little memory, after everything was tried."""

    code = "E_OOM"


class NotFiniteError(RunError):
    """A computation left the numbers."""

    code = "E_NAN"


class WriteError(RunError):
    """A file could not be written."""

    code = "E_WRITE"


class WorkerDiedError(RunError):
    """The computing process ended in the middle of a run."""

    code = "E_WORKER_DIED"


class NodeDefinitionError(StudioError):
    """A node breaks a rule of its definition; for programmers."""

    code = "E_NODE_DEFINITION"


class Cancelled(Exception):  # noqa: N818  # not an error, and never logged as one
    """The user asked to stop."""

    code: ClassVar[str] = "E_CANCELLED"


def all_errors() -> dict[str, type[StudioError]]:
    """Return every error class by its code."""
    found: dict[str, type[StudioError]] = {}
    waiting: list[type[StudioError]] = [StudioError]
    while waiting:
        kind = waiting.pop()
        found[kind.code] = kind
        waiting.extend(kind.__subclasses__())
    return found


WARNINGS: dict[str, str] = {
    "W_ASSET": "a file that belongs to the graph is too large for its pictures to carry",
    "W_DTYPE": "the device does not compute in the file's number format; another one is used",
    "W_EDITS": "edits by hand were made for other detections, or name what is not there",
    "W_EMPTY_HINT": "the hint of a control is one flat colour, so it steers towards nothing",
    "W_EMPTY_MASK": "the mask is black everywhere, so nothing changes",
    "W_FROZEN": "the result that a frozen node had is gone, so it is computed anew",
    "W_HASH": "the file is not the one that the graph was made with",
    "W_HINT": "the hint of a control does not look like what its network was trained on",
    "W_LADDER": "memory was short; a slower way was taken",
    "W_NOISE_MISMATCH": "the latent holds noise of another level than the sampler starts from",
    "W_NOTHING_FOUND": "nothing was found in a picture",
    "W_PROMPT": "a part of the prompt was not understood and is taken literally",
    "W_QUALITY": "an unusual combination that rarely looks good",
    "W_SKIPPED": "a part was left as it was, because it could not be computed",
    "W_TOO_SMALL": "something found is too small to be worked on",
    "W_UNUSED": "something given is not used",
}
"""Codes of warnings in a run, with what each means."""


ISSUES: dict[str, str] = {
    "G001": "a required input has neither a link nor a value",
    "G002": "an output is linked to an input of another type",
    "G003": "nodes wait for themselves",
    "G004": "a parameter is out of range or of the wrong type",
    "G005": "no installed pack has this node type",
    "G006": "a result is neither shown nor saved",
    "G007": "a file is not found",
    "G008": "two inputs are of different model families",
    "G009": "a link comes from, or leads to, something that does not exist",
    "G010": "several links lead to an input that takes one",
    "G011": "a bypassed node has nothing to pass on",
    "G012": "a muted node keeps others from running",
    "G013": "a node was saved by a newer version of its type",
    "G014": "a parameter is not one that its node type has",
    "G015": "a sub-graph contains itself, or the expanded graph is too large",
    "G016": "a port of a sub-graph leads to something that does not exist",
    "G017": "the form names a parameter that does not exist",
    "G018": "a linked number or text is out of range or of the wrong type",
    "G019": "lists of different lengths meet in one node",
    "G020": "a switch or a literal node has no value to give",
    "G021": "a parameter is below another one that it may not be below",
    "G022": "a file is of another kind than a node takes",
}
"""Codes of issues in a graph, with what each means."""
