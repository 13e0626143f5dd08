"""Read a Google docstring: it is the manual of a node, and the only place where help stands."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field

SECTIONS = ("Args", "Attributes", "Returns", "Yields", "Raises", "Source", "Example")
_ENTRY = re.compile(r"^(\*{0,2}\w+):\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Docstring:
    """What a docstring says.

    Attributes:
        summary: Its first line.
        help: Its prose below, paragraphs parted by an empty line.
        args: Text for each entry of ``Args:`` or ``Attributes:``, by name.
        raises: Error names with their conditions.
        source: Text of ``Source:``, on one line.
    """

    summary: str = ""
    help: str = ""
    args: dict[str, str] = field(default_factory=dict)
    raises: tuple[tuple[str, str], ...] = ()
    source: str = ""


def parse(text: str | None) -> Docstring:
    """Read a docstring; what is missing in it stays empty."""
    lines = inspect.cleandoc(text or "").splitlines()
    if not lines:
        return Docstring()
    sections = _sections(lines[1:])
    return Docstring(
        lines[0].strip(),
        _prose(sections[""]),
        _entries(sections.get("Args", []) + sections.get("Attributes", [])),
        tuple(_entries(sections.get("Raises", [])).items()),
        " ".join(line.strip() for line in sections.get("Source", []) if line.strip()),
    )


def _sections(lines: list[str]) -> dict[str, list[str]]:
    """Part lines by the section headers at the left edge; prose stands under ``""``."""
    found: dict[str, list[str]] = {"": []}
    current = ""
    for line in lines:
        name = line[:-1] if line.endswith(":") else ""
        if name in SECTIONS:
            current = name
            found.setdefault(current, [])
        else:
            found[current].append(line)
    return found


def _prose(lines: list[str]) -> str:
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _entries(lines: list[str]) -> dict[str, str]:
    """Read ``name: text`` entries, with their indented continuation lines."""
    found: dict[str, str] = {}
    name, indent = "", None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        match = _ENTRY.match(line.strip())
        if match and (indent is None or depth <= indent):
            indent = depth
            name = match[1]
            found[name] = match[2]
        elif name and line.strip():
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found
