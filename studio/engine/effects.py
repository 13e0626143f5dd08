"""What effects get as ``ctx``: where to write, and a receipt to sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from studio.engine.records import Receipts, announced, receipt_of


@dataclass
class OutputFolder:
    """Where an effect writes, and what it needs to say about it.

    Attributes:
        folder: Root that files are written under.
        graph: The graph as a saved file, to be carried by a picture.
        title: Name of the graph, for file names.
        run: Id of the run.
        node: Id of the node.
        item: Index of the item when the node is mapped over a list, else 0.
        key: Names what is written.
        receipts: Takes the receipt; ``None``: nobody asks for one.
        paths: What was written so far.
    """

    folder: Path
    graph: str
    title: str
    run: str
    node: str
    item: int
    key: str
    receipts: Receipts | None = None
    paths: list[Path] = field(default_factory=list)

    def claim(self, path: Path) -> None:
        """Announce a file that is about to be created, so that a killed run does not repeat it."""
        if self.receipts:
            self.receipts.put(self.key, self.folder, announced([*self.paths, path]))

    def wrote(self, path: Path) -> None:
        """Put a finished file on the receipt."""
        self.paths.append(path.absolute())

    def sign(self) -> None:
        """Commit the receipt."""
        if self.receipts:
            self.receipts.put(self.key, self.folder, receipt_of(self.paths))


@dataclass
class EffectCall:
    """The ``ctx`` of an effect.

    Attributes:
        output: Where to write.
        tell: Takes warnings: code and text.
    """

    output: OutputFolder
    tell: Callable[[str, str], None]

    def warn(self, code: str, text: str) -> None:
        """Report something that is odd but keeps nothing from running."""
        self.tell(code, text)
