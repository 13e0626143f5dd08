"""A weights file from the model folders."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.core.widgets import FileRef, ModelFile
from studio.roots import Roots, roots
from studio.ui.inspector.editors.choice import ChoiceEditor
from studio.ui.inspector.editors.popup import Entry
from studio.ui.inspector.files import MODEL_SUFFIXES, as_written, model_files, stem_and_suffix
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.painting import paint_text
from studio.ui.threads.later import Later

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.studio import Studio

_GAP = 4


class ModelFileEditor(ChoiceEditor):
    """A choice among the files of a kind; amber when the file is missing."""

    ground = "bg.field"

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(studio, item, parent)
        self._files: tuple[FileRef, ...] | None = None
        self.locate = IconButton(studio.looks, "ph.folder-open", "Choose a file on disk", self, 14)
        self.locate.clicked.connect(self._ask)
        self._later = Later(self)

    @property
    def is_missing(self) -> bool:
        """Whether the file is known not to be there."""
        if self.target is None or not isinstance(self._value, FileRef):
            return False
        facts = self.studio.session.facts(self.target.document)
        return bool(self._value.path) and facts.problem(self._value) is not None

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show the file; missing is amber, none at all is an error."""
        super().show_value(value, problem)
        if self.is_missing:
            self.status = "warning"
        hint = "Locate the missing file" if self.is_missing else "Choose a file on disk"
        self.locate.setToolTip(hint)
        self.locate.setAccessibleName(hint)
        if not problem:
            self.setToolTip(value.path if isinstance(value, FileRef) else "")

    def open(self) -> None:
        """Open the list, and read the folders again meanwhile."""
        super().open()
        kind = self.item.widget.folder if isinstance(self.item.widget, ModelFile) else ""
        self._later.do(partial(model_files, self._roots(), kind), self._list)

    def entries(self) -> list[Entry]:
        """Return the files; before the folders were read, the present one."""
        files = self._files
        if files is None:
            files = (self._value,) if isinstance(self._value, FileRef) and self._value.path else ()
        return [_entry(ref) for ref in files]

    def chosen(self, value: Any) -> None:
        """Take a file; the same file keeps the digest that the graph was made with."""
        if isinstance(self._value, FileRef) and value.path == self._value.path:
            value = self._value
        super().chosen(value)

    def _list(self, files: tuple[FileRef, ...]) -> None:
        self._files = files
        if self.popup and self.popup.isVisible():
            self.popup.open_below(self, self.entries(), self._value)

    def _roots(self) -> Roots:
        base = self.target.document.base if self.target else ""
        return roots(self.studio.paths, self.studio.preferences.settings, base)

    def _ask(self) -> None:
        """Let the user choose any file."""
        kind = self.item.widget.folder if isinstance(self.item.widget, ModelFile) else ""
        endings = [f"*{suffix}" for suffix in MODEL_SUFFIXES]
        self.studio.questions.open_files(
            "Choose a file", str(self.studio.paths.models / kind),
            [("Weights", endings), ("All files", ["*"])], self._picked,
        )  # fmt: skip

    def _picked(self, paths: list[Path]) -> None:
        if paths:
            base = self.target.document.base if self.target else ""
            ref = as_written(Path(paths[0]), self._roots(), base)
            if Path(ref.path).is_absolute():
                self.studio.session.grant(ref.path)
            self.report(ref)

    @property
    def field_rect(self) -> QRectF:
        """The field without the button beside it."""
        return QRectF(self.rect()).adjusted(0, 0, -(self.height() + _GAP), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the button."""
        side = self.height()
        self.locate.setGeometry(self.width() - side, 0, side, side)

    def paint_value(self, painter: QPainter, room: QRectF) -> None:
        """Paint the icon, the stem, and the suffix quietly."""
        theme = self.studio.looks.theme
        missing = self.status == "warning"
        icon, role = (
            ("ph.warning-fill", "status.warning") if missing else ("ph.cube", "text.secondary")
        )
        pixmap = self.studio.looks.pixmap(icon, role, 14, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(8, (self.height() - 14) / 2), pixmap)
        room = room.adjusted(20, 0, 0, 0)
        if not isinstance(self._value, FileRef) or not self._value.path:
            text = "mixed" if self._value is MIXED else "choose a file"
            paint_text(painter, theme, room, text, role="text.muted", font="value")
            return
        stem, suffix = stem_and_suffix(self._value.path)
        quiet = "status.warning" if missing else "text.muted"
        painter.setFont(theme.font("label"))
        tail = painter.fontMetrics().horizontalAdvance(suffix)
        painter.setFont(theme.font("value"))
        wide = painter.fontMetrics().horizontalAdvance(stem)
        stem_room = QRectF(room.left(), 0, min(wide + 1, room.width() - tail), room.height())
        loud = "status.warning" if missing else "text.primary"
        drawn = paint_text(painter, theme, stem_room, stem, role=loud, font="value")
        rest = stem_room.adjusted(drawn, 0, 0, 0)
        rest.setRight(room.right())
        paint_text(painter, theme, rest, suffix, role=quiet)


def _entry(ref: FileRef) -> Entry:
    folder, _, name = ref.path.rpartition("/")
    return Entry(ref, name, folder, "ph.cube")
