"""Editors of parameters, by the kind of widget in the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.widgets import (
    Asset,
    Boxes,
    Choice,
    Color,
    Curve,
    FilePath,
    ModelFile,
    Paint,
    Points,
    Range,
    Seed,
    Table,
    Text,
    Toggle,
    Widget,
)
from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.editors.choice import ChoiceEditor
from studio.ui.inspector.editors.color import ColorEditor
from studio.ui.inspector.editors.curve import CurveEditor
from studio.ui.inspector.editors.field import FieldEditor
from studio.ui.inspector.editors.model_file import ModelFileEditor
from studio.ui.inspector.editors.number import NumberEditor
from studio.ui.inspector.editors.path import AssetEditor, PathEditor
from studio.ui.inspector.editors.prompt import PromptEditor
from studio.ui.inspector.editors.seed import SeedEditor
from studio.ui.inspector.editors.segments import SegmentsEditor
from studio.ui.inspector.editors.table import TableEditor
from studio.ui.inspector.editors.text import TextEditor
from studio.ui.inspector.editors.toggle import ToggleEditor
from studio.ui.inspector.editors.viewer_tool import BoxesEditor, PaintEditor, PointsEditor

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.core.spec import Input
    from studio.ui.studio import Studio

EDITORS: dict[type[Widget], type[Editor]] = {
    Range: NumberEditor,
    Seed: SeedEditor,
    Text: FieldEditor,
    Choice: ChoiceEditor,
    Toggle: ToggleEditor,
    ModelFile: ModelFileEditor,
    FilePath: PathEditor,
    Asset: AssetEditor,
    Color: ColorEditor,
    Curve: CurveEditor,
    Table: TableEditor,
    Paint: PaintEditor,
    Boxes: BoxesEditor,
    Points: PointsEditor,
}


def kind_for(item: Input) -> type[Editor] | None:
    """Return the class that edits a parameter; ``None`` for a socket."""
    widget = item.widget
    if isinstance(widget, Text) and widget.syntax == "prompt":
        return PromptEditor
    if isinstance(widget, Text) and widget.lines > 1:
        return TextEditor
    if isinstance(widget, Choice) and SegmentsEditor.fits(widget):
        return SegmentsEditor
    return EDITORS.get(type(widget)) if widget else None


def editor_for(studio: Studio, item: Input, parent: QWidget | None = None) -> Editor | None:
    """Make the editor of a parameter, which is shown a value next; ``None`` for a socket."""
    kind = kind_for(item)
    return kind(studio, item, parent) if kind else None
