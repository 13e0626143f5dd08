"""Load a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from studio.core.context import Progress, Steps
from studio.core.define import node
from studio.core.values import Image, Sequence
from studio.core.widgets import FilePath, Text


class Folder(NamedTuple):
    """The pictures of a folder, and what they are called.

    Attributes:
        images: One picture for each file, with its alpha; read when it is needed.
        names: File names without their endings, in the same order.
    """

    images: Sequence[Image]
    names: Sequence[str]


@node("load.folder", category="Load", title="Load folder")
def load_folder(
    folder: Annotated[Path, FilePath(folder=True)],
    pattern: Annotated[str, Text(limit=255)] = "*",
    order: Literal["natural", "alphabetical", "reversed"] = "natural",
) -> Steps[Folder]:
    """Take every picture of a folder.

    Linked to an input that takes one image, the nodes behind it run once for each picture; a new or
    changed file makes only its own picture run again.

    Args:
        folder: Where the pictures are. Other files are passed over.
        pattern: Which names are taken, such as ``cat*.png dog*``; letter case does not count.
        order: ``natural`` puts 2 before 10, ``alphabetical`` goes by letters alone, ``reversed`` is
            natural from the end.

    Raises:
        MissingFileError: There is no such folder, or no picture in it fits the pattern.
    """
    from studio.facts.listing import digest_of, pictures_in

    paths = pictures_in(folder, pattern, order)
    digests = []
    for path in paths:
        digests.append(digest_of(path))
        yield Progress(len(digests), len(paths))
    identity = tuple(digests)
    images: Sequence[Image] = Sequence(
        tuple(str(path) for path in paths), identity, "studio.diffusion.pictures:read_image"
    )
    return Folder(images, Sequence(tuple(path.stem for path in paths)))
