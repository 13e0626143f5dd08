"""Which names of saved files may be typed: tokens that make sense, folders below their root."""

from __future__ import annotations

import re

TOKEN = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
"""A token: its name, and its form where it has one. Other braces are letters like all others."""

PLAIN = ("graph", "node", "seed", "date", "time")
"""Tokens without a form; ``index`` may have one."""

_DIGITS = re.compile(r"0?[1-9]")


def token_problem(pattern: str) -> str | None:
    """Say which token of a name makes no sense, or return ``None``."""
    for found in TOKEN.finditer(pattern):
        name, form = found[1], found[2]
        if form and name in PLAIN:
            return f"{found[0]} in a name; only {{index:04}} takes digits, write {{{name}}}"
        if form and name == "index" and not _DIGITS.fullmatch(form):
            return f"{found[0]} in a name; write {{index:04}} for 4 digits"
    return None


def folder_problem(folder: str) -> str | None:
    """Say what is wrong with a folder below the output folder, or return ``None``."""
    if leads_out(folder):
        return f"the folder {folder!r} leads out of the output folder; name a folder below it"
    if any(found[1] == "index" for found in TOKEN.finditer(folder)):
        return f"the folder {folder!r} has {{index}}; only a name can have it"
    return token_problem(folder)


def leads_out(folder: str) -> bool:
    """Say whether a folder, with slashes of either kind, is absolute or leads upwards."""
    words = folder.replace("\\", "/").split("/")
    return folder[:1] in ("/", "\\", "~") or ":" in words[0] or ".." in words or "\0" in folder
