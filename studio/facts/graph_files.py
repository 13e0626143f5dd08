"""Graph files, and pictures that carry a graph: from a path to the text of the graph."""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import DocumentError, MissingFileError

PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def is_picture(path: Path) -> bool:
    """Tell whether a file may be a picture that carries a graph, by its name."""
    return path.suffix.lower() in PICTURES


def graph_text(path: Path) -> str:
    """Return the text of a graph file, or of the graph in a picture.

    Raises:
        MissingFileError: There is no such file.
        DocumentError: The file is not text, or the picture carries no graph.
    """
    if not path.is_file():
        raise MissingFileError(f"{path} was not found", fix="give the path of a graph file")
    if is_picture(path):
        return carried_graph(path)
    try:
        return decoded(path.read_bytes(), str(path))
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError(
            f"{path} cannot be read: {reason}", fix="check who may read it"
        ) from None


def carried_graph(path: Path) -> str:
    """Return the graph that a picture carries, inside or beside it.

    Raises:
        DocumentError: It carries none.
    """
    from studio.facts.pictures import read_carried

    text = read_carried(path).graph
    if not text:
        raise DocumentError(
            f"{path} carries no graph", fix="pictures keep it only as long as no program removes it"
        )
    return text


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file.

    Args:
        data: Its content.
        name: For the error.

    Raises:
        DocumentError: It is no UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name} is not text in UTF-8 ({error.reason})") from None
