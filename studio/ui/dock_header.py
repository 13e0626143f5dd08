"""The 32 px over a panel: the tabs of all panels of its group, its own buttons, and a menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QWidget

from studio.ui.kit.buttons import IconButton
from studio.ui.kit.painting import paint_focus, paint_text
from studio.ui.looks import Looks

if TYPE_CHECKING:
    from studio.ui.docks import Dock

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
        dock: The panel.
    """

    folded = Signal()
    """A double click asks to fold the panel, or to open it again."""

    def __init__(self, looks: Looks, dock: Dock) -> None:
        super().__init__(dock)
        self._looks, self._dock = looks, dock
        self.count = 0
        self._group: tuple[Dock, ...] = ()
        self._tabs: list[HeaderTab] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2, 0, 6, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)
        self.more = IconButton(looks, "ph.dots-three", f"More for {dock.spec.title}", self)
        self.more.clicked.connect(self._open_menu)
        self._row.addWidget(self.more)

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

    def show_group(self, group: Sequence[Dock]) -> None:
        """Show a tab for each panel that shares the place."""
        if tuple(group) != self._group:
            self._group = tuple(group)
            self._make_tabs()
        for dock, tab in zip(self._group, self._tabs, strict=True):
            tab.setChecked(dock is self._dock)
            tab.set_count(dock.header.count)

    def _make_tabs(self) -> None:
        for tab in self._tabs:
            self._row.removeWidget(tab)
            tab.hide()
            tab.deleteLater()
        self._tabs = [HeaderTab(self._looks, dock.spec.title, self) for dock in self._group]
        for place, (dock, tab) in enumerate(zip(self._group, self._tabs, strict=True)):
            self._row.insertWidget(place, tab)
            tab.clicked.connect(partial(self._choose, dock))
            tab.show()

    def _choose(self, dock: Dock, _checked: bool = False) -> None:
        dock.raise_()
        for tab, other in zip(self._tabs, self._group, strict=True):
            tab.setChecked(other is self._dock)

    def _counted(self, count: int) -> None:
        self.count = count
        self._dock.regrouped.emit()

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        floating = self._dock.isFloating()
        menu.addAction("Put back" if floating else "Float", self._float)
        menu.addAction("Fold", self.folded.emit)
        menu.addAction("Close", self._dock.close)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _float(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the panel beside with the arrows."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        place = self._group.index(self._dock) + step
        if step and 0 <= place < len(self._group):
            self._group[place].bring()
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
