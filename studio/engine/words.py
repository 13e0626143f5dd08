"""What results say that are numbers, texts or lists of these, for people who look at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.errors import DamagedFileError
from studio.core.spec import NodeSpec
from studio.core.values import Sequence
from studio.engine.rows import parsed

MOST = 20_000
"""Letters that are told of a result; the result itself is never cut."""
_EMPTY = "(empty)"


def words_of(value: Any) -> str:
    """Return what a number, a text or a list of these says; of anything else nothing."""
    if isinstance(value, Sequence):
        value = () if value.reader else value.items
    if isinstance(value, tuple | list):
        found = [_word(item) for item in value]
        return _cut(", ".join(found)) if all(found) else ""
    return _cut(_word(value))


def joined(said: Mapping[str, str]) -> str:
    """Return what several values say by their names, a line each; one alone needs no name.

    Nothing where one of them says nothing: then the others are not the whole of it.
    """
    if not said or not all(said.values()):
        return ""
    if len(said) == 1:
        return next(iter(said.values()))
    return _cut("\n".join(f"{name.replace('_', ' ')}: {words}" for name, words in said.items()))


def given(spec: NodeSpec, values: Mapping[str, Any]) -> str:
    """Return what the values say that were linked into an effect, which makes none itself."""
    names = [item.name for item in spec.inputs if item.is_socket]
    return joined({name: words_of(values[name]) for name in names if values[name] is not None})


def words_in(header: str) -> dict[str, str]:
    """Return what the outputs of a stored result say, by name, from its header alone."""
    try:
        data = parsed(header)
        named = dict(zip(data["names"], data["values"], strict=True))
        return {name: words for name, value in named.items() if (words := words_of(_plain(value)))}
    except (DamagedFileError, LookupError, TypeError, ValueError):
        return {}  # the next run makes it again


def _plain(value: Any) -> Any:
    """Return the items of a list as the store writes it, and any other value as it is."""
    if not isinstance(value, dict) or value.get("type") != Sequence.__name__:
        return value
    fields = value["fields"]
    return () if fields["reader"] else fields["items"]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.9g}"  # 0.1 + 0.2 is 0.3 for people
    if isinstance(value, int):
        return str(value)
    return (value if value.strip() else _EMPTY) if isinstance(value, str) else ""


def _cut(text: str) -> str:
    return text if len(text) <= MOST else f"{text[:MOST]}\N{HORIZONTAL ELLIPSIS}"
