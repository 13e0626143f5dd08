"""`node` and `migrates`: a function with hints and a docstring becomes a node type.

The decorators attach data and return the same function, so a test may call it. Nothing is imported,
run or registered here; `studio.core.registry` collects.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from studio.core import hints
from studio.core.docstring import Docstring, parse
from studio.core.errors import NodeDefinitionError
from studio.core.spec import REQUIRED, Input, Need, NodeSpec, Output

F = TypeVar("F", bound=Callable[..., Any])
Migrate = Callable[[dict[str, Any]], dict[str, Any]]

_ID = re.compile(r"[a-z][a-z0-9_]*(?:[./][a-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Migration:
    """A change of parameters between two versions of one node type.

    Attributes:
        id: Node type.
        version: Version that it starts from; the result is for the next one.
        change: Takes the old parameters and returns the new ones.
    """

    id: str
    version: int
    change: Migrate


def node(
    type_id: str,
    *,
    category: str,
    title: str = "",
    version: int = 1,
    replaces: tuple[str, ...] = (),
    folds: bool = False,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    stand_ins: Mapping[str, str] | None = None,
    floors: Mapping[str, str] | None = None,
    needs: Mapping[str, Need] | None = None,
) -> Callable[[F], F]:
    """Make a function a node type: attach its `NodeSpec` and return it unchanged.

    Args:
        type_id: Written in every saved graph, so it never changes.
        category: Where the palette shows it.
        title: For people; made of the id when empty.
        version: Raised when the same inputs give another result.
        replaces: Former ids.
        folds: Whether the planner resolves it instead of running it (literals, switch); nodes of
            packs run all the same.
        groups: Titles, each over the names of parameters that belong together for people; those
            that are in none stand behind them.
        stand_ins: Files that come with the program and that sockets are filled from where nothing
            is linked, such as ``starter/...``, by the name of the input.
        floors: Numbers that may not be below another parameter, such as an end below a start; both
            by name.
        needs: What networks that are linked to sockets have to know, by the name of the input.

    Raises:
        NodeDefinitionError: The function breaks a rule; says which, with file and line.
    """

    def attach(function: F) -> F:
        try:
            spec = _spec(function, type_id, category, title, version, replaces, folds)
            spec = replace(spec, inputs=_grouped(spec.inputs, groups or {}))
            spec = replace(spec, inputs=_filled(spec.inputs, stand_ins or {}))
            spec = replace(spec, inputs=_ordered(spec.inputs, floors or {}))
            spec = replace(spec, inputs=_needing(spec.inputs, needs or {}))
        except hints.HintError as wrong:
            raise _refuse(function, str(wrong)) from wrong
        function.__dict__["__node_spec__"] = spec
        return function

    return attach


def migrates(type_id: str, version: int) -> Callable[[Migrate], Migrate]:
    """Mark a plain function that brings parameters of `version` to the next one."""

    def attach(function: Migrate) -> Migrate:
        function.__dict__["__node_migration__"] = Migration(type_id, version, function)
        return function

    return attach


def spec_of(function: Callable[..., Any]) -> NodeSpec:
    """Return the spec that `node` attached.

    Raises:
        NodeDefinitionError: The function is not a node.
    """
    spec = getattr(function, "__node_spec__", None)
    if not isinstance(spec, NodeSpec):
        raise _refuse(function, "it is not decorated with @node")
    return spec


def _spec(
    function: Callable[..., Any],
    type_id: str,
    category: str,
    title: str,
    version: int,
    replaces: tuple[str, ...],
    folds: bool,
) -> NodeSpec:
    for name in (type_id, *replaces):
        _must(_ID.fullmatch(name), f"the id {name!r} is not lower-case words joined by dots")
    _must(category, "it has no category")
    _must(version >= 1, f"version {version} is below 1")
    manual = parse(function.__doc__)
    _must(manual.summary.endswith("."), "the first line of its docstring must end with a period")
    types = _types(function)
    returned, streams = hints.result(types.pop("return"))
    return NodeSpec(
        id=type_id,
        version=version,
        title=title or type_id.rpartition(".")[2].replace("_", " ").capitalize(),
        category=category,
        summary=manual.summary,
        help=manual.help,
        inputs=_inputs(function, types, manual),
        outputs=tuple(_outputs(returned)),
        implementation=f"{function.__module__}:{function.__qualname__}",
        streams=streams,
        context="ctx" in types,
        effect=returned is type(None),
        folds=folds,
        replaces=replaces,
        raises=manual.raises,
        source=manual.source,
    )


def _types(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the hints of all parameters and of the result."""
    for name in (*inspect.signature(function).parameters, "return"):
        _must(name in function.__annotations__, f"{name!r} has no type hint")
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError, SyntaxError, AttributeError) as wrong:
        text = f"its hints cannot be read ({wrong}); import their names at run time"
        raise hints.HintError(text) from wrong


def _inputs(
    function: Callable[..., Any], types: dict[str, Any], manual: Docstring
) -> tuple[Input, ...]:
    parameters = inspect.signature(function).parameters
    unknown = sorted(set(manual.args) - set(parameters))
    _must(not unknown, f"Args explains {', '.join(unknown)}, which it does not take")
    found = []
    for name, parameter in parameters.items():
        if name == "ctx":
            keyword = parameter.kind is inspect.Parameter.KEYWORD_ONLY
            _must(keyword, "ctx must be keyword-only; write *, before it")
            continue
        plain = parameter.kind in (
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            inspect.Parameter.KEYWORD_ONLY,
        )
        _must(plain, f"{name!r} must be a plain parameter; for many links use tuple[T, ...]")
        default = REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
        item = hints.input_of(name, types[name], default, manual.args.get(name, ""))
        _must(item.help, f"Args does not explain {name!r}")
        found.append(item)
    return tuple(found)


def _grouped(inputs: tuple[Input, ...], groups: Mapping[str, tuple[str, ...]]) -> tuple[Input, ...]:
    """Return the inputs with the groups they stand in."""
    named = [name for names in groups.values() for name in names]
    titles = {name: title for title, names in groups.items() for name in names}
    known = {item.name for item in inputs if not item.is_socket}
    unknown = sorted(set(named) - known)
    _must(not unknown, f"groups name {', '.join(unknown)}, which is no parameter")
    _must(len(named) == len(titles), "groups name a parameter twice")
    return tuple(replace(item, group=titles.get(item.name, "")) for item in inputs)


def _filled(inputs: tuple[Input, ...], stand_ins: Mapping[str, str]) -> tuple[Input, ...]:
    """Return the inputs with the files that fill them where nothing is linked."""
    optional = {item.name for item in inputs if item.is_socket and not item.required}
    unknown = sorted(set(stand_ins) - optional)
    _must(not unknown, f"stand_ins name {', '.join(unknown)}, which is no optional socket")
    return tuple(replace(item, stand_in=stand_ins.get(item.name, "")) for item in inputs)


def _ordered(inputs: tuple[Input, ...], floors: Mapping[str, str]) -> tuple[Input, ...]:
    """Return the inputs with the parameters that they may not be below."""
    numbers = {item.name for item in inputs if item.type in ("int", "float") and item.widget}
    unknown = sorted({*floors, *floors.values()} - numbers)
    _must(not unknown, f"floors name {', '.join(unknown)}, which is no number")
    return tuple(replace(item, floor=floors.get(item.name, "")) for item in inputs)


def _needing(inputs: tuple[Input, ...], needs: Mapping[str, Need]) -> tuple[Input, ...]:
    """Return the inputs with what networks that are linked to them have to know."""
    known = {"": {item.name for item in inputs if item.is_socket}}
    for kind in ("float", "str"):
        known[kind] = {item.name for item in inputs if item.type == kind and item.widget}
    unknown = set(needs) - known[""]
    for need in needs.values():
        unknown |= {need.strength} - known["float"] | {need.parameter} - known["str"] - {""}
    _must(not unknown, f"needs name {', '.join(sorted(unknown))}, which is of another type")
    return tuple(replace(item, need=needs.get(item.name)) for item in inputs)


def _outputs(returned: Any) -> list[Output]:
    """Return the outputs that a result's hint names."""
    if returned is type(None):
        return []
    if not hints.is_named_tuple(returned):
        return [hints.output_of(returned)]
    manual = parse(returned.__doc__)
    types = typing.get_type_hints(returned, include_extras=True)
    for name in types:
        _must(manual.args.get(name), f"Attributes of {returned.__name__} does not explain {name!r}")
    return [
        Output(name, hints.output_of(hint).type, manual.args[name]) for name, hint in types.items()
    ]


def _must(holds: Any, rule: str) -> None:
    if not holds:
        raise hints.HintError(rule)


def _refuse(function: Callable[..., Any], rule: str) -> NodeDefinitionError:
    code = cast(Any, inspect.unwrap(function)).__code__
    name = function.__qualname__
    return NodeDefinitionError(f"{name} ({code.co_filename}:{code.co_firstlineno}): {rule}")
