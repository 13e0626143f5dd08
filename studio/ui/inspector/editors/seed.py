"""A seed: all 20 digits, the seed of the last run, and what happens to it after a run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from studio.ui.inspector.arithmetic import FormulaError
from studio.ui.inspector.editors.field import FieldEditor
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.scales import Scale
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.painting import paint_ground

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.inspector.targets import Target
    from studio.ui.studio import Studio

MODES = (
    ("fixed", "ph.lock-fill", "Keep the seed after a run"),
    ("random", "ph.shuffle-bold", "Choose a new seed after each run"),
    ("increment", "ph.plus-bold", "Add 1 to the seed after each run"),
)
_GAP = 2
_SLIM = 16
"""Least width of a button: its icon, and a pixel on either side."""
_LEAST = 100
"""Least pixels for the digits beside the buttons; where not even these are left, the field is alone."""
_FULL = "8" * 20
_MARGINS = 16
"""Pixels beside the digits that the line keeps for itself."""


class SeedEditor(FieldEditor):
    """Types, reuses and advances a seed."""

    font_role = "mono"
    hint = "Click types\u2003Lock, shuffle or + say what happens to it before the next run"

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        self._scale = Scale.of(item)
        super().__init__(studio, item, parent)
        self.reuse = IconButton(
            studio.looks, "ph.arrow-u-up-left", "Take the seed of the last run", self, 14
        )
        self.reuse.clicked.connect(self._take_last)
        self._group = QButtonGroup(self)
        self.modes = [self._mode_button(*mode) for mode in MODES]
        self._open = ""

    def _mode_button(self, mode: str, icon: str, hint: str) -> IconButton:
        button = IconButton(self.studio.looks, icon, hint, self, 14)
        button.setCheckable(True)
        button.clicked.connect(partial(self._choose_mode, mode))
        self._group.addButton(button)
        return button

    def aim(self, target: Target) -> None:
        """Serve a seed; what belongs to nodes shows only where there are some."""
        super().aim(target)
        self._lay_out()

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show the seed and what happens to it."""
        super().show_value(value, problem)
        mode = self.target.seed_mode if self.target else "fixed"
        for button, (name, _, _) in zip(self.modes, MODES, strict=True):
            button.setChecked(name == mode)
        last = self._last()
        self.reuse.setEnabled(last is not None and last != value)
        if last is not None:
            self.reuse.setToolTip(f"Take the seed of the last run: {last}")

    def _last(self) -> int | None:
        """Return the seed of the last run, of the first node."""
        target = self.target
        if target is None or not target.nodes:
            return None
        node = ("" if target.root else target.document.prefix) + target.nodes[0]
        return self.studio.session.last_seed(target.document, node, target.item.name)

    def _take_last(self) -> None:
        last = self._last()
        if last is not None and self.target:
            self.target.keep_seed(last)

    def _choose_mode(self, mode: str) -> None:
        if self.target:
            self.target.set_seed_mode(mode)

    # --- Typing: a seed is taken whole, not digit by digit ---

    def is_unread(self, text: str) -> bool:
        """Keep what was typed until it is taken."""
        return bool(self._open) and self.line.hasFocus()

    def typed(self, text: str) -> None:
        """Say what is wrong with what was typed so far."""
        self._open = text
        try:
            self.refused.emit(self.item.problem(self._read(text)) or "")
        except FormulaError as wrong:
            self.refused.emit(f"{wrong}" if text.strip() else "")

    def commit(self) -> None:
        """Take the seed, or keep a text that is none."""
        if not self._open or self._take():
            super().commit()
            self.line.selectAll()

    def cancel(self) -> None:
        """Go back to the seed that the graph has."""
        self._forget()
        super().cancel()

    def leave(self) -> None:
        """Take the seed; a text that is none is forgotten."""
        if self._open and not self._take():
            self._forget()
        super().leave()

    def _read(self, text: str) -> int:
        held = self._value if isinstance(self._value, int) else 0
        return int(self._scale.read(text, held))

    def _take(self) -> bool:
        try:
            value = self._read(self._open)
        except FormulaError:
            return False
        self._forget()
        if value != self._value:
            self.report(value)
        return True

    def _forget(self) -> None:
        self._open = ""
        self.refused.emit("")
        self.line.setText("" if self._value is MIXED else self.text_of(self._value))

    # --- Looks ---

    @property
    def _button_width(self) -> int:
        """Width of each button: as wide as high, unless the digits need the room."""
        metrics = QFontMetrics(self.studio.looks.theme.font(self.font_role))
        rest = self.width() - metrics.horizontalAdvance(_FULL) - _MARGINS - 2 * _GAP
        return max(min(self.height(), rest // 4), _SLIM)

    def _lay_out(self) -> None:
        """Place the buttons; a narrow editor, or one without nodes, is the field alone."""
        wide, high = self._button_width, self.height()
        room = wide * 4 + 2 * _GAP
        shown = self.target is not None and self.width() - room >= _LEAST
        self.beside = room if shown else 0
        x = self.width() - 3 * wide
        for button in self.modes:
            button.setVisible(shown)
            button.setGeometry(x, 0, wide, high)
            x += wide
        self.reuse.setVisible(shown)
        self.reuse.setGeometry(self.width() - room + _GAP, 0, wide, high)
        self.line.setGeometry(self.field_rect.toRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the buttons again."""
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, and the box around the three modes."""
        super().paintEvent(event)
        if self.beside:
            theme, wide = self.studio.looks.theme, self._button_width
            box = QRectF(self.width() - 3 * wide, 0, 3 * wide, self.height())
            painter = QPainter(self)
            paint_ground(painter, theme, box, "bg.field")
            paint_field_edge(painter, theme, box)
