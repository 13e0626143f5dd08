"""Messages as JSON values and back, for pipes, logs and ``--json``; bytes travel beside the JSON.

One pair of functions serves every message: fields are plain values, tuples and other messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

KIND = "$"
BYTES = "$bytes"


# Without slots: a dataclass with slots leaves its first draft among the subclasses for a while.
@dataclass(frozen=True)
class Message:
    """Base of everything that is sent."""


def kinds() -> dict[str, type[Message]]:
    """Return every message by the name of its class."""
    found: dict[str, type[Message]] = {}
    waiting: list[type[Message]] = [Message]
    while waiting:
        kind = waiting.pop()
        found[kind.__name__] = kind
        waiting.extend(kind.__subclasses__())
    return found


def to_data(message: Message, blobs: list[bytes] | None = None) -> dict[str, Any]:
    """Turn a message into JSON values.

    Args:
        message: Any of this module, or a subclass made elsewhere.
        blobs: Takes the bytes; the data holds their index. ``None`` leaves bytes out.
    """
    data = {item.name: _out(getattr(message, item.name), blobs) for item in fields(message)}
    return {KIND: type(message).__name__, **data}


def _out(value: Any, blobs: list[bytes] | None) -> Any:
    if isinstance(value, Message):
        return to_data(value, blobs)
    if isinstance(value, tuple | list):
        return [_out(item, blobs) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, bytes):
        return value
    if blobs is None:
        return None
    blobs.append(value)
    return {BYTES: len(blobs) - 1}


def from_data(data: Mapping[str, Any], blobs: list[bytes] | None = None) -> Message:
    """Make the message that `to_data` described; fields it does not know are ignored.

    Raises:
        ValueError: The data describes no message.
    """
    try:
        kind = kinds()[data[KIND]]
        known = {item.name for item in fields(kind)} & data.keys()
        return kind(**{name: _in(data[name], blobs or []) for name in known})
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{str(data)[:80]} is not a message: {error}") from error


def _in(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, list):
        return tuple(_in(item, blobs) for item in value)
    if isinstance(value, Mapping) and KIND in value:
        return from_data(value, blobs)
    if isinstance(value, Mapping) and BYTES in value:
        return blobs[value[BYTES]]
    return value
