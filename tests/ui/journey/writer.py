"""Goes on journeys in a window until it is killed; says after each edit what it was.

Run as ``python -m tests.ui.journey.writer FOLDER``. It writes ``FOLDER/said``: a line
``DOCUMENT EDITS DIGEST`` for each edit after it was made, with the number of edits so far, and
``file DOCUMENT PATH`` before a document gets a file.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qt_compat import qt_api
from pytestqt.qtbot import QtBot

import nodes
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.ui.documents.document import Document
from tests.ui.edited_until_killed import digest
from tests.ui.journey.desk import Desk
from tests.ui.journey.steps import Journey


class Writer:
    """Notes every edit of every document.

    Args:
        desk: The window.
        folder: Takes the notes and the files.
    """

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.folder, self.desk = folder, desk
        self.said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.edits: dict[str, int] = {}
        desk.studio.documents.opened.connect(self.follow)

    def follow(self, document: Document) -> None:
        """Note the edits of a document."""
        self.edits[document.id] = 0
        self.tell(document, document.graph)
        document.changed.connect(partial(self.edited, document))

    def edited(self, document: Document, _before: Graph, after: Graph) -> None:
        """Note one edit."""
        self.edits[document.id] += 1
        self.tell(document, after)

    def tell(self, document: Document, graph: Graph) -> None:
        """Write a line."""
        self.write(f"{document.id} {self.edits[document.id]} {digest(graph)}")

    def write(self, line: str) -> None:
        """Write a line in one piece."""
        os.write(self.said, f"{line}\n".encode())

    def go(self) -> None:
        """Go on one journey after another."""
        number = 0
        while True:
            number += 1
            path = self.folder / f"made {number}.json"
            for name, does in Journey(self.desk, path).steps():
                if name == "save as a file":
                    self.write(f"file {self.desk.document.id} {path}")
                does()
                QCoreApplication.processEvents()


def main(folder: Path) -> None:
    """Open the window, and work in it."""
    app = QApplication(sys.argv[:1])  # noqa: F841  # lives as long as the window
    registry = Registry()
    registry.scan(nodes)
    qt_api.set_qt_api("pyside6")  # type: ignore[no-untyped-call]
    waiting = QtBot(cast(pytest.FixtureRequest, None))  # only its waiting is used
    Writer(Desk(folder, registry, waiting), folder).go()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
