"""Figures of the starter models beside their floors and targets, their tables, and who asks."""

from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured.
        reached: the number.
        floor: what gates the tests; ``None``: nothing does.
        target: what is aimed at.
        unit: ``%`` shows a share as per cent; anything else is put behind the number.
    """

    name: str
    reached: float
    floor: float | None = None
    target: float | None = None
    unit: str = ""

    def shown(self, value: float | None) -> str:
        """A number as it stands in the table."""
        if value is None:
            return ""
        if self.unit == "%":
            return f"{100 * value:.1f} %"
        return f"{value:.2f} {self.unit}".strip()


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table."""
    lines = ["| what | reached | floor | target |", "|---|---|---|---|"]
    for figure in figures:
        numbers = (figure.reached, figure.floor, figure.target)
        lines.append("| " + " | ".join([figure.name, *map(figure.shown, numbers)]) + " |")
    return "\n".join(lines)


def options(about: str | None, file: Path, name: str) -> ArgumentParser:
    """The options that every tool has that measures a model.

    Args:
        about: what the tool does.
        file: the model, unless another one is named.
        name: of the folder below ``.training`` that a sheet of pictures is written to.
    """
    parser = ArgumentParser(description=about)
    parser.add_argument("--file", type=Path, default=file)
    parser.add_argument("--sheet", type=Path, default=Path(".training", name, "sheet.png"))
    parser.add_argument("--document", type=Path, help="replace the table between its two marks")
    return parser


def tell(text: str, document: Path | None, name: str) -> None:
    """Print a table; where a document is named, put it between its marks, too."""
    print(text)
    if document:
        fill(document, name, text)


def fill(document: Path, name: str, text: str) -> None:
    """Replace what stands between two marks of a document.

    Args:
        document: a Markdown file with ``<!-- name -->`` and ``<!-- end of name -->``.
        name: of the marks.
        text: what shall stand between them.
    """
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, after = document.read_text("utf-8").partition(begin)
    after = after.partition(end)[2]
    document.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")
