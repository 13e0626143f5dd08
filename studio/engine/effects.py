"""What effects get as ``ctx``: where to write, and a receipt to sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import WriteError
from studio.engine.carrying import Carried
from studio.engine.records import File, Receipt, Receipts


@dataclass
class OutputFolder:
    """Where an effect writes, and what it needs to say about it.

    Attributes:
        folder: Root that files are written under.
        graph: The graph as a saved file.
        title: Name of the graph, for file names.
        run: Id of the run.
        node: Id of the node.
        item: Index of the item when the node is mapped over a list, else 0.
        key: Names what is written.
        receipts: Takes the receipt; ``None``: nobody asks for one.
        earlier: What a run before wrote of this before it was killed; ``None``: it is not there.
        whole: The same graph with the files that belong to it inside; ``None``: it has none.
        files: What was written so far.
    """

    folder: Path
    graph: str
    title: str
    run: str
    node: str
    item: int
    key: str
    receipts: Receipts | None = None
    earlier: tuple[Path | None, ...] = ()
    whole: Carried | None = None
    files: list[File] = field(default_factory=list)

    @property
    def carried(self) -> str:
        """The graph for a picture to carry, with the files that belong to it inside."""
        return self.whole.text if self.whole else self.graph

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the files that belong to the graph and that a picture cannot carry."""
        return self.whole.left_out if self.whole else ()

    def sha256(self, file: str) -> str:
        """Return the SHA-256 of a file that the graph names, as far as it is known; else empty."""
        return self.whole.sha256(file) if self.whole else ""

    def claim(self, path: Path) -> None:
        """Announce a file that is about to be created, so that a kill cannot repeat it."""
        self._put([*self.files, File(str(path.absolute()))], done=False)

    def wrote(self, path: Path) -> None:
        """Put a finished file on the receipt.

        Raises:
            WriteError: There is no such file.
        """
        try:
            self.files.append(File.of(path))
        except OSError as error:
            raise WriteError(f"{path} was written and is gone: {error.strerror}") from error

    def sign(self) -> None:
        """Commit the receipt."""
        self._put(self.files, done=True)

    def _put(self, files: list[File], *, done: bool) -> None:
        if self.receipts:
            self.receipts.put(self.key, self.folder, Receipt(tuple(files), done, self.run))


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
