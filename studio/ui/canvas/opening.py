"""What a click or double click on a part of the canvas opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.canvas.state import Hit

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget

_ISSUES = "view.panel.issues"


def open_hit(canvas: CanvasWidget, hit: Hit) -> None:
    """Open an editor, a sub-graph, a result, or do what a strip offers."""
    if hit.kind in ("frame", "frame_title"):
        canvas.editors.rename_frame(hit.index)
    elif hit.kind in ("note", "note_corner"):
        canvas.editors.open_note(hit.index)
    elif hit.node:
        _open_node(canvas, hit)


def _open_node(canvas: CanvasWidget, hit: Hit) -> None:
    document = canvas.document
    assert document is not None
    if hit.kind == "field":
        canvas.editors.open_field(hit.node, hit.name)
    elif hit.kind == "strip":
        _fix(canvas, document.prefix + hit.node)
    elif hit.kind == "badge":
        canvas.studio.actions.trigger(_ISSUES)
    elif hit.kind == "thumbnail":
        canvas.node_opened.emit(document.prefix + hit.node)
    elif canvas.stage.graph.nodes[hit.node].sub_graph:
        document.enter(hit.node)
    elif hit.kind == "header":
        canvas.editors.rename_node(hit.node)


def _fix(canvas: CanvasWidget, node: str) -> None:
    """Do what the strip of a node offers; else show what is wrong with it."""
    session, document = canvas.studio.session, canvas.document
    assert document is not None
    for issue in session.issues(document):
        if issue.place.node == node and session.fix_of(issue, document):
            session.fix(issue, document)
            return
    canvas.studio.actions.trigger(_ISSUES)
