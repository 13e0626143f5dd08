"""Edits documents by a script until it is killed; says before and after each edit what it is.

Run as ``python -m tests.ui.edited_until_killed FOLDER``. It writes ``FOLDER/said`` with lines
``will|did DOCUMENT DIGEST``, and ``file DOCUMENT PATH`` when a document has got a file.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from studio.core.graph import Graph, Link, Node, SubGraph
from studio.core.registry import Registry
from studio.core.written import to_data
from studio.ui.documents import journals
from studio.ui.documents.document import Document
from studio.ui.documents.documents import Documents
from studio.ui.documents.saving import digest_of
from tests.ui.stores import paths_in

START = Graph(
    {"a": Node("toy.blur"), "b": Node("toy.blur"), "sub": Node("graph:inner")},
    graphs={"inner": SubGraph("Inner", {}, {}, Graph({"x": Node("toy.blur")}))},
)


def digest(graph: Graph) -> str:
    """Return what tells one graph from another, whatever the order of its places.

    The title and the digests of models are left out: saves add them, without an edit.
    """
    whole = json.dumps(to_data(graph.with_title("")))
    plain = json.loads(whole, object_pairs_hook=_without_digest)
    return digest_of(json.dumps(plain, sort_keys=True).encode())


def _without_digest(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return {key: value for key, value in pairs if key != "blake3"}


class Journey:
    """Does one thing at a time, as fast as the event loop turns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.random = random.Random(7)
        self.said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.documents = Documents(paths_in(folder), Registry())
        for title in ("first", "second"):
            self.tell("did", self.documents.add(START, title), START)
        self.timer = QTimer()
        self.timer.timeout.connect(self.step)
        self.timer.start(0)
        self.count = 0

    def tell(self, word: str, document: Document, graph: Graph) -> None:
        os.write(self.said, f"{word} {document.id} {digest(graph)}\n".encode())

    def step(self) -> None:
        self.count += 1
        document = self.documents.items[self.random.randrange(2)]
        if self.count % 9 == 0:
            self.save(document)
        elif self.count % 5 == 0 and document.position:
            self.go(document, document.position - 1)
        elif self.count % 7 == 0 and document.position < len(document.steps):
            self.go(document, document.position + 1)
        else:
            self.edit(document)

    def edit(self, document: Document) -> None:
        after = changed(document.graph, self.random, self.count)
        self.tell("will", document, after)
        document.edit(f"Edit {self.count}", after)
        self.tell("did", document, after)

    def go(self, document: Document, position: int) -> None:
        self.tell("will", document, document.graphs[position])
        document.go_to(position)
        self.tell("did", document, document.graph)

    def save(self, document: Document) -> None:
        path = self.folder / f"{document.id}.json"
        os.write(self.said, f"file {document.id} {path}\n".encode())
        self.documents.save(document, path)


def changed(graph: Graph, dice: random.Random, number: int) -> Graph:
    """Return a graph after one of several kinds of edits."""
    node = dice.choice(list(graph.nodes))
    kind = dice.randrange(6)
    if kind == 0:
        return graph.with_node(f"n{number}", Node("toy.blur"))
    if kind == 1 and len(graph.nodes) > 8:
        return graph.without_nodes(node)
    if kind == 2 and node != "b" and "b" in graph.nodes:
        link = Link("b", "image", node, "image")
        return graph if graph.downstream([node]) & {"b"} else graph.with_link(link)
    if kind == 3:
        return graph.with_view(graph.view.moved({node: (number, 0)}))
    if kind == 4:
        inner = graph.graphs["inner"]
        edited = inner.graph.with_param("x", "radius", number)
        return graph.with_graph("inner", SubGraph("Inner", {}, {}, edited))
    return graph.with_param(node, "radius", number)


if __name__ == "__main__":
    journals.COMPACT_RECORDS = 20
    app = QCoreApplication(sys.argv)
    journey = Journey(Path(sys.argv[1]))
    app.exec()
