"""What the sources of inputs contribute to keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from blake3 import blake3

from studio.core.folding import Made, Source
from studio.core.values import Ref, Sequence
from studio.core.widgets import plain

LITERALS = (bool, int, float, str, type(None))
DIGEST_BYTES = 20

_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def digest_of(data: Any) -> str:
    """Return a digest of JSON values; numbers of other types give other digests."""
    return digest_of_text(text_of(data))


def text_of(data: Any) -> str:
    """Return JSON values as one text; keys are sorted, and whatever is not ASCII is escaped."""
    return _ENCODE(data)


def digest_of_text(text: str) -> str:
    """Return the digest of a text."""
    made: str = blake3(text.encode()).hexdigest(DIGEST_BYTES)
    return made


def token_of(source: Source) -> Any:
    """Return what a source contributes to a key, as JSON values.

    Raises:
        TypeError: The value is neither a literal nor a list of literals.
    """
    if isinstance(source, Made):
        return {"made": source.name}
    value = source.value
    if type(value) in LITERALS:
        return value
    if isinstance(value, Sequence):
        return {"list": [item_token(value, index, "") for index in range(len(value))]}
    return {"json": plain(value)}


def item_token(values: Sequence[Any], index: int, name: str) -> Any:
    """Return what one item of a list contributes to a key.

    A literal counts as if it was typed, and a result by its key; an item with an identity of its
    own by that; any other by the list and its place.

    Args:
        values: The list.
        index: Place of the item.
        name: Key of the list.
    """
    item = values.items[index]
    if isinstance(item, Ref):
        return {"made": item.key}
    if values.digests:
        own = [values.reader, values.digests[index]]
        return {"item": own} if values.reader or type(item) not in LITERALS else item
    if type(item) in LITERALS and not values.reader:
        return item
    return {"item": [name, index]}


def made_in(sources: Iterable[Source | tuple[Source, ...]]) -> list[Made]:
    """Return the results that sources name, in order."""
    flat: list[Made] = []
    for source in sources:
        if isinstance(source, Made):
            flat.append(source)
        elif isinstance(source, tuple):
            flat.extend(item for item in source if isinstance(item, Made))
    return flat
