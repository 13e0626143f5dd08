"""How an end of a link is written: ``node.output``, ``node.input`` or ``node.input[2]``.

A word that is not made of letters, digits, ``_``, ``-``, ``/`` or ``:`` is written as a JSON string,
so every id can be written: ``"my node".image -> blend.images[0]``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any

_PLAIN = re.compile(r"[\w\-/:]+")
_WORD = r'([\w\-/:]+|"(?:[^"\\]|\\.)*")'
_END = rf"{_WORD}\.{_WORD}"
_ONE = re.compile(_END)
_LINK = re.compile(rf"{_END} *-> *{_END}(?:\[(\d{{1,6}})\])?")
_LINES = re.compile(rf"^{_LINK.pattern}$", re.MULTILINE)


def join(node: str, name: str) -> str:
    """Write one end."""
    return f"{_quoted(node)}.{_quoted(name)}"


def split(text: str) -> tuple[str, str]:
    """Read one end: node and name.

    Raises:
        ValueError: It is not written as ``node.name``.
    """
    match = _ONE.fullmatch(text)
    if not match:
        raise ValueError(f"{_short(text)} is not written as node.name")
    return _unquoted(match[1]), _unquoted(match[2])


def join_link(source: str, output: str, target: str, name: str, index: int | None) -> str:
    """Write a link."""
    tail = "" if index is None else f"[{index}]"
    return f"{join(source, output)} -> {join(target, name)}{tail}"


def split_link(text: str) -> tuple[str, str, str, str, int | None]:
    """Read a link: source, output, target, input, index.

    Raises:
        ValueError: It is not written as ``node.output -> node.input``.
    """
    match = _LINK.fullmatch(text)
    if not match:
        raise ValueError(f"{_short(text)} is not written as node.output -> node.input")
    *words, index = match.groups()
    source, output, target, name = map(_unquoted, words) if '"' in text else words
    return source, output, target, name, int(index) if index else None


def split_links(texts: Sequence[str]) -> list[Sequence[Any]]:
    """Read many links, much faster than one by one.

    Returns:
        Sources, outputs, targets, inputs and indices, one for each text.

    Raises:
        ValueError: One is not written as ``node.output -> node.input``.
    """
    lines = "\n".join(texts)
    found = _LINES.findall(lines)
    if '"' in lines or not len(texts) == len(found) == lines.count("\n") + 1:
        return [*zip(*map(split_link, texts), strict=True)] or [()] * 5
    columns: list[Sequence[Any]] = [[*map(itemgetter(k), found)] for k in range(5)]
    if any(columns[4]):
        columns[4] = [int(index) if index else None for index in columns[4]]
    else:
        columns[4] = [*repeat(None, len(found))]
    return columns


def _quoted(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else json.dumps(word, ensure_ascii=False)


def _unquoted(word: str) -> str:
    return str(json.loads(word, strict=False)) if word.startswith('"') else word


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
