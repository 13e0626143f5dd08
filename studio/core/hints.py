"""What a type hint of a node's function means: names of types, widgets, inputs, outputs."""

from __future__ import annotations

import collections.abc
import re
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union

from studio.core.spec import REQUIRED, Input, Output
from studio.core.values import Sequence, Value
from studio.core.widgets import (
    Asset,
    Boxes,
    Choice,
    Color,
    Curve,
    FilePath,
    FileRef,
    ModelFile,
    Paint,
    Points,
    Range,
    Seed,
    Table,
    Text,
    Toggle,
    When,
    Widget,
)

_NAMES: dict[type, str] = {bool: "bool", int: "int", float: "float", str: "str"}
_FILES: dict[type[Widget], str] = {
    ModelFile: "file", FilePath: "file", Asset: "asset", Paint: "asset",
}  # fmt: skip
_FREE: dict[type[Widget], str] = {Curve: "curve", Table: "table", Boxes: "boxes", Points: "points"}
_PLAIN: dict[str, Widget] = {
    "bool": Toggle(),
    "int": Range(-(2**63), 2**64 - 1),
    "float": Range(-1.7976931348623157e308, 1.7976931348623157e308),
    "str": Text(),
}
_EDITS: dict[type[Widget], tuple[str, ...]] = {
    Range: ("int", "float"),
    Seed: ("int",),
    Text: ("str",),
    Color: ("str",),
    Choice: ("str",),
    Toggle: ("bool",),
}


class HintError(Exception):
    """A hint breaks a rule of node definitions; `studio.core.define` says where."""


def input_of(name: str, hint: Any, default: Any, text: str) -> Input:
    """Describe one parameter of a node's function.

    Args:
        name: Its name.
        hint: Its hint, with ``Annotated``.
        default: Its default, or `REQUIRED`.
        text: Its help; empty: that of the hint.

    Raises:
        HintError: The hint, the widget and the default do not go together.
    """
    hint, widget, when, shared = _annotated(name, hint)
    hint, optional = _optional(name, hint)
    hint, many = _many(hint) if type(widget) not in _FREE else (hint, False)
    if optional and default is REQUIRED:
        default = None
    if widget is not None and (optional or many):
        raise HintError(f"{name!r} is edited by a widget, so it takes one value; give a default")
    kind, widget = _kind(name, hint, widget, linked=optional or many)
    if widget is None and default not in (REQUIRED, None, ()):
        raise HintError(f"{name!r} is filled by links, so its default can only be None")
    required = default is REQUIRED
    found = Input(name, kind, required, None, many, widget, when, text or shared)
    return found if required else _with_default(found, default)


def output_of(hint: Any) -> Output:
    """Describe a result, named after its type: ``Image`` is ``image``, literals are ``value``."""
    hint = typing.get_args(hint)[0] if typing.get_origin(hint) is Annotated else hint
    kind = type_name(hint)
    if kind.startswith("Sequence["):
        inner = kind[len("Sequence[") : -1]
        return Output(f"{_snake(inner)}s" if inner[0].isupper() else "values", kind)
    return Output(_snake(kind) if kind[0].isupper() else "value", kind)


def result(hint: Any) -> tuple[Any, bool]:
    """Return what a function returns in the end, and whether it yields progress on the way."""
    if typing.get_origin(hint) is not collections.abc.Generator:
        return hint, False
    return typing.get_args(hint)[2], True


def is_named_tuple(hint: Any) -> bool:
    """Tell whether a hint is a ``NamedTuple`` class."""
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")


def type_name(hint: Any) -> str:
    """Return the name of a type as specs write it.

    Raises:
        HintError: No link can carry it.
    """
    if isinstance(hint, TypeVar):
        return f"any:{hint.__name__}"
    if typing.get_origin(hint) is Sequence:
        return f"Sequence[{type_name(typing.get_args(hint)[0])}]"
    if typing.get_origin(hint) is Literal:
        return "str"
    if isinstance(hint, type) and issubclass(hint, Value) and hint is not Sequence:
        return hint.__name__
    if hint in _NAMES:
        return _NAMES[hint]
    raise HintError(f"no link can carry {_said(hint)}; use a Value, a literal or a widget")


def _annotated(name: str, hint: Any) -> tuple[Any, Widget | None, When | None, str]:
    """Part a hint from its widget, its condition, and a help that several nodes share."""
    if typing.get_origin(hint) is not Annotated:
        return hint, None, None, ""
    base, *extras = typing.get_args(hint)
    widgets = [extra for extra in extras if isinstance(extra, Widget)]
    whens = [extra for extra in extras if isinstance(extra, When)]
    helps = [extra for extra in extras if isinstance(extra, str)]
    known = len(widgets) + len(whens) + len(helps)
    if max(len(widgets), len(whens), len(helps)) > 1 or len(extras) != known:
        raise HintError(f"{name!r} takes one widget, one When and one help at most in Annotated")
    return base, next(iter(widgets), None), next(iter(whens), None), next(iter(helps), "")


def _optional(name: str, hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) not in (Union, types.UnionType):
        return hint, False
    members = [member for member in typing.get_args(hint) if member is not type(None)]
    if len(members) > 1:
        raise HintError(f"{name!r} is a union of types ({_said(hint)}); write two nodes")
    return members[0], True


def _many(hint: Any) -> tuple[Any, bool]:
    members = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and len(members) == 2 and members[1] is Ellipsis:
        return members[0], True
    return hint, False


def _kind(
    name: str, hint: Any, widget: Widget | None, *, linked: bool
) -> tuple[str, Widget | None]:
    """Return the name of an input's type, and the widget that edits it.

    Optional literals and many of them have no widget of their own: only links fill them.
    """
    if widget is not None and type(widget) in _FREE:
        return _FREE[type(widget)], widget
    if isinstance(hint, type) and issubclass(hint, Path):
        if widget is None or type(widget) not in _FILES:
            raise HintError(f"{name!r} is a path and needs a widget such as ModelFile or FilePath")
        return _FILES[type(widget)], widget
    kind = type_name(hint)
    if linked:
        return kind, None
    if typing.get_origin(hint) is Literal:
        return kind, _choice(name, hint)
    if widget is None:
        return kind, _PLAIN.get(kind)
    if kind not in _EDITS.get(type(widget), ()):
        raise HintError(f"{name!r} is of type {kind}, which {type(widget).__name__} cannot edit")
    return kind, widget


def _choice(name: str, hint: Any) -> Choice:
    options = typing.get_args(hint)
    if not all(isinstance(option, str) for option in options):
        raise HintError(f"the options of {name!r} must all be texts")
    return Choice(options)


def _with_default(found: Input, default: Any) -> Input:
    value = None if default == () and found.widget is None else default
    if found.widget is not None:
        value = FileRef(value.as_posix()) if isinstance(value, Path) else value
        # An empty file path as a default means that the user has yet to choose one.
        problem = None if value == FileRef(".") else found.problem(value)
        if problem:
            raise HintError(f"the default of {found.name!r} is refused: {problem}")
        value = FileRef("") if value == FileRef(".") else found.coerce(value)
    return Input(
        found.name, found.type, False, value, found.many, found.widget, found.when, found.help
    )


def _snake(name: str) -> str:
    if name == "DiffusionModel":
        return "model"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("control_net", "controlnet")


def _said(hint: Any) -> str:
    return getattr(hint, "__name__", None) or str(hint)
