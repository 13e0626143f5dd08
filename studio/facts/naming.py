"""Names of saved files: tokens, safe characters, places that stay below a root.

A name is free until a file has it, and two processes may save into one folder: `save_new` lets the
file system decide, so nothing is ever written over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from studio.core.errors import RangeError, UnsafeFileError, WriteError
from studio.core.name_tokens import TOKEN, folder_problem, leads_out, token_problem
from studio.files import atomic_adopt, atomic_create, said
from studio.paths import real

_INDEX = "\0"
_FORBIDDEN = frozenset('<>:"/\\|?*')
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE
)
_NAME_BYTES = 200
_TRIES = 100_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tokens of a name stand for.

    Attributes:
        graph: Title of the graph.
        node: Id of the node that saves.
        seed: Seed of the picture; ``None`` when no sampler made it.
        moment: When it is saved.
    """

    graph: str
    node: str
    seed: int | None
    moment: datetime


def folder_for(root: Path, folder: str, facts: Facts) -> Path:
    """Return a folder below a root.

    Args:
        root: What must not be left.
        folder: Names parted by slashes of either kind, with tokens; empty is the root itself.
        facts: What the tokens stand for.

    Raises:
        UnsafeFileError: The folder is absolute, leads upwards, or a link leads out of the root.
        RangeError: A token makes no sense.
    """
    if problem := folder_problem(folder):
        raise (UnsafeFileError if leads_out(folder) else RangeError)(problem)
    words = folder.replace("\\", "/").split("/")
    names = [safe(_filled(word, facts)) for word in words if word not in ("", ".")]
    place = root.joinpath(*names)
    if not real(place).is_relative_to(real(root)):
        text = f"the folder {folder!r} is a link that leads out of the output folder"
        raise UnsafeFileError(text, fix="choose it as the output folder instead")
    return place


def save_new(
    folder: Path,
    pattern: str,
    facts: Facts,
    suffix: str,
    data: bytes | Path,
    announce: Callable[[Path], object] | None = None,
) -> Path:
    """Write a file under a name that no other has, and return its path.

    Args:
        folder: Made when it is missing.
        pattern: Name without ending, with tokens. ``{index:04}`` counts from 1 and goes on after
            the highest number in the folder; without it a number is added when the name is taken.
        facts: What the tokens stand for.
        suffix: Ending with its dot.
        data: Content, or a finished file in that folder, which gets the name.
        announce: Told each name just before it is tried.

    Raises:
        RangeError: A token makes no sense.
        WriteError: The file cannot be written.
    """
    with said(folder):
        return _saved(folder, pattern, facts, suffix, data, announce)


def _saved(
    folder: Path,
    pattern: str,
    facts: Facts,
    suffix: str,
    data: bytes | Path,
    announce: Callable[[Path], object] | None,
) -> Path:
    if problem := token_problem(pattern):
        raise RangeError(problem)
    before, index, after = _filled(pattern, facts).partition(_INDEX)
    digits = _digits(pattern)
    before, after = _shortened(safe(before + index + after), index)
    if not index and _create(folder / (before + suffix), data, announce):
        return folder / (before + suffix)
    before += "" if index else "_"
    first = 1 if index else 2
    number = max(first, _highest(folder, before, after + suffix) + 1)
    for taken in range(number, number + _TRIES):
        path = folder / f"{before}{taken:0{digits}}{after}{suffix}"
        if _create(path, data, announce):
            return path
    raise WriteError(f"no free name was found in {folder}", fix="use another folder")


def _create(path: Path, data: bytes | Path, announce: Callable[[Path], object] | None) -> bool:
    if path.exists():
        return False
    if announce:
        announce(path)
    return atomic_adopt(path, data) if isinstance(data, Path) else atomic_create(path, data)


def _filled(pattern: str, facts: Facts) -> str:
    """Put the facts in place of the tokens; the index becomes a mark. Other braces stay."""
    values = {
        "graph": facts.graph or "untitled",
        "node": facts.node,
        "seed": "noseed" if facts.seed is None else str(facts.seed),
        "index": _INDEX,
        "date": facts.moment.strftime("%Y-%m-%d"),
        "time": facts.moment.strftime("%H-%M-%S"),
    }

    def fill(found: re.Match[str]) -> str:
        return values.get(found[1], found[0])

    return TOKEN.sub(fill, pattern.replace(_INDEX, ""))


def _digits(pattern: str) -> int:
    forms = (form for name, form in TOKEN.findall(pattern) if name == "index" and form)
    return int(next(forms, 1))


def safe(name: str) -> str:
    """Return a name that every common file system takes."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(
        "_" if letter in _FORBIDDEN or _is_unprintable(letter) else letter for letter in text
    )
    text = text.strip(" ").rstrip(". ")
    if text.startswith("."):
        text = "_" + text[1:]
    if _RESERVED.fullmatch(text.partition(".")[0].strip()):
        text = "_" + text
    return _cut(text, _NAME_BYTES).strip(" ") or "image"


def _is_unprintable(letter: str) -> bool:
    return letter != _INDEX and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _shortened(name: str, index: str) -> tuple[str, str]:
    """Return what stands before and after the index; both fit, whatever the index is."""
    before, _, after = name.partition(index) if index else (name, "", "")
    after = _cut(after.replace(_INDEX, ""), _NAME_BYTES // 2)
    return _cut(before, _NAME_BYTES - len(after.encode())), after


def _cut(text: str, size: int) -> str:
    return text.encode("utf-8")[:size].decode("utf-8", "ignore")


def _highest(folder: Path, before: str, after: str) -> int:
    """Return the highest index among the files of a folder, in any letter case."""
    if not folder.is_dir():
        return 0
    form = re.compile(re.escape(before) + r"(\d{1,9})" + re.escape(after), re.IGNORECASE)
    found = (form.fullmatch(path.name) for path in folder.iterdir())
    return max((int(match[1]) for match in found if match), default=0)
