"""What literal nodes and switches stand for, known before anything runs.

The planner folds them, so that a linked 7 is a typed 7; the checks fold them to see, before a run,
whether a value fits the input that it leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.core.errors import Place, RangeError
from studio.core.registry import load_function
from studio.core.spec import Input, NodeSpec
from studio.core.types import is_list
from studio.core.values import Sequence


@dataclass(frozen=True, slots=True)
class Made:
    """An output of a node that runs.

    Attributes:
        node: Its id.
        output: Name of the output.
        key: Key of the node's result; empty while it is not known.
    """

    node: str
    output: str
    key: str = ""

    @property
    def name(self) -> str:
        """Key of this value."""
        return f"{self.key}.{self.output}"


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is known: typed in, or folded from literal nodes.

    Attributes:
        value: The value itself.
    """

    value: Any


Source = Made | Given
Filled = Source | tuple[Source, ...]


def fold(spec: NodeSpec, inputs: Mapping[str, Filled]) -> dict[str, Source] | None:
    """Call a literal node or a switch with its sources, and return what its outputs stand for.

    Args:
        spec: A node type that folds.
        inputs: Where each input comes from.

    Returns:
        ``None`` when it is left to run: a number that it needs is only known then, or is a list of
        numbers.

    Raises:
        RangeError: There is no such choice, or no such number.
    """
    values: dict[str, Any] = {}
    for item in spec.inputs:
        source = inputs[item.name]
        if item.is_socket:
            values[item.name] = None if source == Given(None) else source
        elif isinstance(source, Given) and not brings_list(item, source):
            values[item.name] = source.value
        else:
            return None
    result = load_function(spec)(**values)
    parts = result if len(spec.outputs) > 1 else (result,)
    return {
        output.name: part if isinstance(part, Made | Given) else Given(part)
        for output, part in zip(spec.outputs, parts, strict=True)
    }


def coerced(item: Input, source: Source) -> Source:
    """Return a linked source as an input takes it; lists and results are seen item by item.

    Raises:
        RangeError: The value is of another type, or outside the range.
    """
    if isinstance(source, Made) or isinstance(source.value, Sequence):
        return source
    return Given(checked(item, source.value))


def checked(item: Input, value: Any) -> Any:
    """Bring a value to the hint of an input and refuse what its widget refuses.

    Raises:
        RangeError: The value is of another type, or outside the range.
    """
    try:
        value = item.coerce(value)
        problem = item.widget.problem(value) if item.widget else None
    except (TypeError, ValueError, OverflowError, LookupError, AttributeError) as error:
        problem = str(error)
    if problem:
        raise RangeError(f"{item.name}: {problem}", place=Place(input=item.name))
    return value


def brings_list(item: Input, source: Source) -> bool:
    """Say whether a known list comes where one value is taken."""
    return (
        isinstance(source, Given) and isinstance(source.value, Sequence) and not is_list(item.type)
    )
