"""JSON with limits, and with the line of whatever is wrong.

Python's reader takes duplicate keys, ``NaN``, numbers without end and any depth; a graph file that
comes from anywhere may not. What passes is plain dicts, lists and scalars.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from studio.core.errors import DocumentError

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 200
MAX_STRING = 8 * 2**20
_LEAST, _MOST = -(2**63), 2**64 - 1

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_KEY_END = re.compile(r'"[ \t\n\r]*:')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)

Path = Sequence[str | int]


class _WrongError(ValueError):
    """A value that a limit refuses; becomes a `DocumentError` with its line."""


def parse(text: str | bytes) -> Any:
    """Read JSON within the limits.

    Lone surrogates are replaced by U+FFFD, for they cannot be written again.

    Raises:
        DocumentError: It is too large, too deep, no JSON, or holds what the limits refuse.
    """
    text = _decoded(text)
    try:
        data = _plain(text)
    except (ValueError, RecursionError):
        data = _strict(text)
    mend = bool(_ESCAPED_SURROGATE.search(text) or not _encodable(text))
    return _checked(data, mend=mend) if mend or len(text) > MAX_STRING else data


def _plain(text: str) -> Any:
    """Read what no limit refuses, at the speed of Python's own reader.

    Raises:
        ValueError: A limit may refuse something; `_strict` knows.
        RecursionError: It is far too deep.
    """
    data = json.loads(text, parse_constant=_constant)
    found = _census(data)
    # Each key is followed by one colon, and one that is repeated is lost from the data: as many
    # colons, or ends of texts with one, as keys are left is proof that none is.
    unique = found.keys == text.count(":") or found.keys == len(_KEY_END.findall(text))
    if not unique or not found.finite or found.depth > MAX_DEPTH:
        raise ValueError
    return data


def _strict(text: str) -> Any:
    """Read while asking of each value whether it is within the limits.

    Raises:
        DocumentError: It is too deep, no JSON, or holds what the limits refuse.
    """
    try:
        data = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as wrong:
        raise DocumentError(f"it is not JSON: {wrong.msg}", line=wrong.lineno) from wrong
    except RecursionError:
        raise DocumentError(f"it is nested more than {MAX_DEPTH} deep") from None
    except _WrongError as wrong:
        raise _refused(text, wrong) from wrong
    if _census(data).depth > MAX_DEPTH:
        raise DocumentError(f"it is nested more than {MAX_DEPTH} deep")
    return data


def line_of(text: str | bytes, path: Path) -> int:
    """Return the line on which the value at a path begins, counted from 1, or 0."""
    text, wanted = _decoded(text), list(path)
    for _, start, here in _walk(text):
        if here == wanted:
            return text.count("\n", 0, start) + 1
    return 0


def _walk(text: str) -> Iterator[tuple[str, int, list[Any]]]:
    """Yield each key and each value's first token with its place and its path.

    The path of a key ends in ``None``, and the list is changed by the next step.
    """
    here: list[Any] = []
    objects: list[bool] = []
    key_follows = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "," and objects:
            key_follows = objects[-1]
            here[-1] = None if key_follows else here[-1] + 1
        elif token in "]}":
            here, objects, key_follows = here[:-1], objects[:-1], False
        elif key_follows:
            yield token, match.start(), here
            here[-1] = _unquoted(token)
            key_follows = False
        elif token not in ":,":
            yield token, match.start(), here
            if token in "[{":
                key_follows = token == "{"
                objects.append(key_follows)
                here.append(None if key_follows else 0)


def _decoded(text: str | bytes) -> str:
    if len(text) > MAX_BYTES:
        raise DocumentError(f"it has {len(text)} bytes, more than {MAX_BYTES}")
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = text.count(b"\n", 0, wrong.start) + 1
        raise DocumentError("it is not UTF-8 text", line=line) from wrong


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _WrongError("a key occurs twice in one object", None)
    return found


def _integer(text: str) -> int:
    if len(text) <= 20:
        value = int(text)
        if _LEAST <= value <= _MOST:
            return value
    raise _WrongError(f"the whole number {text[:30]} has more than 64 bits", text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _WrongError(f"the number {text[:30]} is too large", text)
    return value


def _constant(text: str) -> float:
    raise _WrongError(f"{text} is not a number that a graph can hold", text)


def _refused(text: str, wrong: _WrongError) -> DocumentError:
    """Say where the first token is that a limit refuses."""
    if wrong.args[1] is None:
        line, path = _repeated_key(text)
    else:
        found = ((start, [*here]) for token, start, here in _walk(text) if token == wrong.args[1])
        start, path = next(found, (-1, []))
        line = text.count("\n", 0, start) + 1 if start >= 0 else 0
    return DocumentError(wrong.args[0], line=line, field=field_of(path))


def _repeated_key(text: str) -> tuple[int, list[Any]]:
    seen: list[set[str]] = []
    for token, start, here in _walk(text):
        seen = seen[: len(here)]
        while len(seen) < len(here):
            seen.append(set())
        if here and here[-1] is None:
            if token in seen[-1]:
                return text.count("\n", 0, start) + 1, [*here[:-1], _unquoted(token)]
            seen[-1].add(token)
    return 0, []


def field_of(path: Path) -> str:
    """Write a path as people read it: ``nodes.sample.params.steps``."""
    return ".".join(str(part) for part in path)[:200]


class _Census(NamedTuple):
    """What there is in plain data.

    Attributes:
        depth: How deep lists and objects lie in each other.
        keys: How many keys all objects have.
        finite: Whether all numbers are finite, and whole ones have at most 64 bits.
    """

    depth: int
    keys: int
    finite: bool


def _census(data: Any) -> _Census:
    depth = keys = 0
    finite, level = True, [data]
    while level:
        kinds = set(map(type, level))
        finite = finite and _finite(level, kinds)
        objects = [held for held in level if type(held) is dict] if dict in kinds else []
        lists = [held for held in level if type(held) is list] if list in kinds else []
        depth += bool(objects or lists)
        keys += sum(map(len, objects))
        level = [*chain.from_iterable(map(dict.values, objects)), *chain.from_iterable(lists)]
    return _Census(depth, keys, finite)


def _finite(values: list[Any], kinds: set[type]) -> bool:
    if int in kinds:
        whole = [value for value in values if type(value) is int]
        if min(whole) < _LEAST or max(whole) > _MOST:
            return False
    # A sum is finite only if all of it is.
    return float not in kinds or math.isfinite(sum([v for v in values if type(v) is float]))


def _encodable(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _checked(data: Any, *, mend: bool) -> Any:
    """Refuse long texts; replace lone surrogates when there may be some."""
    root = [data]
    waiting: list[Any] = [root]
    while waiting:
        held = waiting.pop()
        if mend and isinstance(held, dict):
            _mend_keys(held)
        for key, value in held.items() if isinstance(held, dict) else enumerate(held):
            if isinstance(value, dict | list):
                waiting.append(value)
            elif isinstance(value, str):
                if len(value) > MAX_STRING:
                    raise DocumentError(f"a text of {key!r} has more than {MAX_STRING} characters")
                if mend:
                    held[key] = _SURROGATE.sub("\ufffd", value)
    return root[0]


def _mend_keys(held: dict[str, Any]) -> None:
    if any(_SURROGATE.search(key) for key in held):
        items = [(_SURROGATE.sub("\ufffd", key), value) for key, value in held.items()]
        held.clear()
        held.update(items)


def _unquoted(token: str) -> str:
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token
