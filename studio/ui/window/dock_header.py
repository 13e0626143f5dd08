"""The 32 px over a panel: the tabs of all panels of its group, its own buttons, and a menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from studio.ui.kit.buttons import IconButton
from studio.ui.kit.painting import paint_focus, paint_text
from studio.ui.looks.looks import Looks

_PAD = 10
_BADGE = 18


class HeaderTab(QAbstractButton):
    """The name of one panel, and how much is in it."""

    def __init__(self, looks: Looks, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks, self._count = looks, 0
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_count(self, count: int) -> None:
        """Say how much there is; 0 says nothing."""
        if count != self._count:
            self._count = count
            self.setAccessibleName(f"{self.text()}, {count}" if count else self.text())
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the room of the name and the number."""
        theme = self._looks.theme
        wide = QFontMetrics(theme.font("label_strong")).horizontalAdvance(self.text())
        return QSize(wide + self._badge_width() + 2 * _PAD, theme.layout("panel_header"))

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def _badge_width(self) -> int:
        if not self._count:
            return 0
        metrics = QFontMetrics(self._looks.theme.font("caption"))
        return max(metrics.horizontalAdvance(str(self._count)) + 10, _BADGE) + 6

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, the number, and the line under the one in front."""
        theme, painter, rect = self._looks.theme, QPainter(self), QRectF(self.rect())
        lit = self.isChecked() or self.underMouse()
        role = "text.primary" if lit else "text.secondary"
        font = "label_strong" if self.isChecked() else "value"
        name = rect.adjusted(_PAD, 0, 0, 0)
        used = paint_text(painter, theme, name, self.text(), role=role, font=font)
        if self._count:
            self._paint_count(painter, _PAD + used + 6)
        if self.isChecked():
            line = QRectF(_PAD, rect.height() - 3, rect.width() - 2 * _PAD, 2)
            painter.fillRect(line, theme.color("accent.line"))
        if self.hasFocus():
            paint_focus(painter, theme, rect.adjusted(2, 3, -2, -4))

    def _paint_count(self, painter: QPainter, left: float) -> None:
        theme, wide = self._looks.theme, self._badge_width() - 6
        pill = QRectF(left, (self.height() - _BADGE) / 2, wide, _BADGE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("bg.pressed"))
        painter.drawRoundedRect(pill, _BADGE / 2, _BADGE / 2)
        middle = Qt.AlignmentFlag.AlignHCenter
        text = str(self._count)
        paint_text(painter, theme, pill, text, role="text.secondary", font="caption", align=middle)


class DockHeader(QWidget):
    """Stands over a panel instead of Qt's title bar; its empty part moves the panel.

    Args:
        looks: The theme.
        title: What people call the panel.
    """

    folded = Signal()
    """A double click asks to fold the panel, or to open it again."""
    chosen = Signal(int, bool)
    """Place of the panel of the group that shall be in front, and whether the keyboard goes along."""
    counted = Signal()
    """There is more in the panel, or less."""
    menu_asked = Signal(QPoint)
    """What can be done with the panel shall be offered, at a place of the screen."""

    def __init__(self, looks: Looks, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.count = 0
        self._titles: tuple[str, ...] = ()
        self._tabs: list[HeaderTab] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2, 0, 6, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)
        self.more = IconButton(looks, "ph.dots-three", f"More for {title}", self)
        self.more.clicked.connect(self._ask_for_menu)
        self._row.addWidget(self.more)
        self.show_group([(title, 0)], 0)

    def sizeHint(self) -> QSize:
        """Return the height of headers."""
        return QSize(60, self._looks.theme.layout("panel_header"))

    def minimumSizeHint(self) -> QSize:
        """Return the same height."""
        return self.sizeHint()

    def carry(self, panel: QWidget) -> None:
        """Take over the buttons and the number of a panel."""
        for widget in getattr(panel, "header_widgets", ()):
            self._row.insertWidget(self._row.count() - 1, widget)
        counted = getattr(panel, "count_changed", None)
        if counted is not None:
            counted.connect(self._counted)
            self._counted(getattr(panel, "count", 0))

    def show_group(self, group: Sequence[tuple[str, int]], mine: int) -> None:
        """Show a tab for each panel that shares the place.

        Args:
            group: Title of each, and how much is in it; 0 says nothing.
            mine: Place of the panel that this stands over.
        """
        titles = tuple(title for title, _ in group)
        if titles != self._titles:
            self._titles = titles
            self._make_tabs()
        self._mine = mine
        for place, (tab, (_, count)) in enumerate(zip(self._tabs, group, strict=True)):
            tab.setChecked(place == mine)
            tab.set_count(count)

    def _make_tabs(self) -> None:
        for tab in self._tabs:
            self._row.removeWidget(tab)
            tab.hide()
            tab.deleteLater()
        self._tabs = [HeaderTab(self._looks, title, self) for title in self._titles]
        for place, tab in enumerate(self._tabs):
            self._row.insertWidget(place, tab)
            tab.clicked.connect(partial(self._choose, place))
            tab.show()

    def _choose(self, place: int, _checked: bool = False) -> None:
        for other, tab in enumerate(self._tabs):
            tab.setChecked(other == self._mine)
        self.chosen.emit(place, False)

    def _counted(self, count: int) -> None:
        self.count = count
        self.counted.emit()

    def _ask_for_menu(self) -> None:
        self.menu_asked.emit(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the panel beside with the arrows."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and 0 <= self._mine + step < len(self._tabs):
            self.chosen.emit(self._mine + step, True)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fold the panel, or open it again."""
        self.folded.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the line below."""
        painter, theme = QPainter(self), self._looks.theme
        painter.fillRect(self.rect(), theme.color("bg.panel"))
        line = self.rect().adjusted(0, self.height() - 1, 0, 0)
        painter.fillRect(line, theme.color("border.subtle"))
