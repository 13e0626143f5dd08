"""What inputs without a link contribute to a key: what is typed, and files by their content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.core.errors import MissingInputError, Place, StudioError
from studio.core.folding import Filled, Given, Source, checked
from studio.core.graph import Node
from studio.core.spec import Input
from studio.core.widgets import FilePath, FileRef, ModelFile
from studio.engine.fingerprint import Fingerprints
from studio.engine.sources import token_of

PATTERN = "pattern"
"""Name of the parameter that says which files of a folder count."""

_FILES = ("file", "asset")


class Unlinked:
    """Finds the sources and tokens of inputs without a link.

    Args:
        resolve: Finds the file that a graph names.
        fingerprints: Content of files.

    Attributes:
        other: Files that were found since it was cleared, and are not those that the graph was made
            with, by the name of the input.
    """

    def __init__(self, resolve: Callable[[FileRef], Path], fingerprints: Fingerprints) -> None:
        self.other: list[tuple[str, Path]] = []
        self._resolve = resolve
        self._fingerprints = fingerprints

    def of(self, item: Input, node: Node, filled: Mapping[str, Filled]) -> tuple[Source, Any]:
        """Return the source and the token of one input.

        Args:
            item: The input.
            node: Whose it is.
            filled: What is known of the node's other inputs.

        Raises:
            StudioError: It needs a value and has none, or one that it does not take.
        """
        if item.name in node.params and item.widget is not None:
            value = node.params[item.name]
        elif item.required:
            raise MissingInputError(
                f"{item.name} has neither a link nor a value",
                fix="link something to it" if item.is_socket else "give it a value",
                place=Place(input=item.name),
            )
        else:
            value = item.default
        if item.is_socket:
            return Given(() if item.many else value), self._stand_in(item)
        if names_file(item):
            return self._file(item, value, pattern_of(item, filled))
        source = Given(checked(item, value))
        return source, token_of(source)

    def _stand_in(self, item: Input) -> Any:
        """Return the token of the file that a node takes where nothing is linked."""
        if not item.stand_in:
            return None
        try:
            path = self._resolve(FileRef(item.stand_in))
            return {"file": self._fingerprints.of(path, "")}
        except StudioError:
            # Not every node that may take the file needs it; one that does says what is missing.
            return None

    def _file(self, item: Input, value: Any, pattern: str) -> tuple[Source, Any]:
        ref = checked(replace(item, type="file"), FileRef("") if value is None else value)
        if not ref.path:
            return Given(Path()), {"file": ""}
        if isinstance(item.widget, FilePath) and item.widget.output:
            return Given(Path(ref.path)), {"path": ref.path}
        try:
            path = self._resolve(ref)
            digest = self._fingerprints.of(path, pattern)
        except StudioError as error:
            error.place = Place(input=item.name)
            if isinstance(item.widget, ModelFile) and item.widget.source:
                error.fix = f"{error.fix}; files that fit: {item.widget.source}"
            raise
        if ref.blake3 and ref.blake3 != digest and path.is_file():
            self.other.append((item.name, path))
        return Given(path), {"file": digest}


def names_file(item: Input) -> bool:
    """Say whether the values of an input are names of files."""
    return item.type in _FILES


def reads(item: Input) -> bool:
    """Say whether the token of an input depends on what is in a file now."""
    return names_file(item) or bool(item.stand_in)


def pattern_of(item: Input, filled: Mapping[str, Filled]) -> str:
    """Return which files of a folder count: what the node's parameter says; empty: all below it."""
    if not isinstance(item.widget, FilePath) or not item.widget.folder:
        return ""
    beside = filled.get(PATTERN)
    return str(beside.value) if isinstance(beside, Given) and type(beside.value) is str else ""
