"""The menu of a row: reset, copy, promote, show where it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from studio.canvas.edits import ports
from studio.canvas.fits import End
from studio.canvas.state import Hit, Selection
from studio.core import ends
from studio.core.widgets import plain
from studio.ui.inspector.targets import MIXED, Target

if TYPE_CHECKING:
    from studio.ui.studio import Studio


def open_menu(studio: Studio, target: Target, at: QPoint, parent: QWidget) -> QMenu:
    """Open the menu of a target."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    linked = bool(target.links)
    if not target.item.is_socket:
        _add(menu, "Reset to default", target.reset, enabled=target.changed)
        _add(menu, "Copy value", lambda: copy_value(target), enabled=target.value is not MIXED)
    _add(menu, "Unlink", target.unlink, enabled=linked)
    menu.addSeparator()
    if not target.item.is_socket:
        text = "Remove from form" if in_form(target) else "Add to form"
        _add(menu, text, lambda: toggle_form(studio, target))
    inside = bool(target.document.trail) and not target.root
    if inside:
        _add(menu, "Show on the sub-graph", lambda: promote(studio, target))
    menu.addSeparator()
    if linked:
        _add(menu, "Go to source", lambda: go_to(studio, target, target.links[0].source))
    if not target.root:
        _add(menu, "Reveal socket", lambda: reveal(studio, target))
    menu.popup(at)
    return menu


def _add(menu: QMenu, text: str, does: Callable[[], None], *, enabled: bool = True) -> None:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: does())
    action.setEnabled(enabled)


def copy_value(target: Target) -> None:
    """Put the value on the clipboard: a text as it is, anything else as JSON."""
    value = plain(target.value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    QGuiApplication.clipboard().setText(text)


def in_form(target: Target) -> bool:
    """Tell whether the form shows the parameter of the first node itself."""
    at_top = target.root or not target.document.trail
    return at_top and _entry(target) in target.document.graph.form


def toggle_form(studio: Studio, target: Target) -> None:
    """Add a parameter to the form, through ports when it is in a sub-graph; or remove it."""
    document = target.document
    graph, entry = document.graph, _entry(target)
    if in_form(target):
        kept = (held for held in graph.form if held != entry)
        document.edit("Remove from form", graph.with_form(kept))
        return
    if document.trail and not target.root:
        spec_of = studio.session.spec_of(document)
        end = End(target.nodes[0], target.item.name, "input")
        graph, port = ports.promoted(graph, document.trail, end, spec_of, len(document.trail))
        entry = ends.join(document.trail[0], port)
    if entry not in graph.form:
        document.edit("Add to form", graph.with_form((*graph.form, entry)))


def promote(studio: Studio, target: Target) -> None:
    """Make a parameter inside a sub-graph one of the sub-graph's own."""
    document = target.document
    end = End(target.nodes[0], target.item.name, "input")
    spec_of = studio.session.spec_of(document)
    graph, _ = ports.promoted(document.graph, document.trail, end, spec_of)
    document.edit(f"Promote {target.item.name}", graph)


def go_to(studio: Studio, target: Target, node: str) -> None:
    """Choose a node and bring it into sight."""
    target.document.select(Selection(frozenset({node})), node)
    studio.actions.trigger("canvas.fit_selection")


def reveal(studio: Studio, target: Target) -> None:
    """Show the node with the socket of the parameter."""
    node = target.nodes[0]
    go_to(studio, target, node)
    target.document.state.hover = Hit("socket", node, target.item.name, "input")


def _entry(target: Target) -> str:
    return ends.join(target.nodes[0], target.item.name)
