"""Parts of panels: headers, sections that fold, cards, rows, and what an empty panel says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.ui.kit.buttons import Button
from studio.ui.kit.labels import Badge, Words
from studio.ui.kit.painting import (
    paint_edge,
    paint_focus,
    paint_ground,
    paint_icon,
    paint_text,
)
from studio.ui.looks import Looks


class PanelHeader(QWidget):
    """The 32 px over a panel: title, count, and what can be done with all of it.

    Args:
        looks: The theme.
        title: Of the panel.
        buttons: At the right end.
    """

    def __init__(
        self,
        looks: Looks,
        title: str,
        buttons: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.looks = looks
        self.setFixedHeight(looks.theme.layout("panel_header"))
        self._title = Words(looks, title, "label_strong")
        self._count = Badge(looks)
        row = QHBoxLayout(self)
        row.setContentsMargins(looks.theme.space("l"), 0, looks.theme.space("m"), 0)
        row.setSpacing(looks.theme.space("s"))
        row.addWidget(self._title)
        row.addWidget(self._count)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)

    def set_title(self, title: str) -> None:
        """Say what the panel is about."""
        self._title.setText(title)

    def set_count(self, count: int) -> None:
        """Say how many there are; 0 says nothing."""
        self._count.set_text(str(count) if count else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line below."""
        color = self.looks.theme.color("border.subtle")
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, color)


class SectionHead(QAbstractButton):
    """The line over a group of rows: folds it away.

    Attributes:
        note: Said at the right.
    """

    def __init__(self, looks: Looks, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looks, self.note = looks, ""
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        looks.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the height of a section's head."""
        return QSize(120, self.looks.theme.size("section"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a line, the caret, the title and the note."""
        theme, painter, rect = self.looks.theme, QPainter(self), QRectF(self.rect())
        if self.underMouse():
            painter.fillRect(rect, theme.color("bg.hover"))
        painter.fillRect(QRectF(0, 0, rect.width(), 1), theme.color("border.subtle"))
        caret = "ph.caret-down-fill" if self.isChecked() else "ph.caret-right-fill"
        paint_icon(
            painter, self.looks, QRectF(6, 0, 18, rect.height()), caret, "text.secondary", 12
        )
        room = rect.adjusted(26, 0, -theme.space("l"), 0)
        paint_text(painter, theme, room, self.text(), font="label_strong")
        right = Qt.AlignmentFlag.AlignRight
        paint_text(painter, theme, room, self.note, role="text.muted", align=right)
        if self.hasFocus():
            paint_focus(painter, theme, rect.adjusted(2, 2, -2, -2))


class Section(QWidget):
    """A group of rows under a head that folds it away.

    Attributes:
        body: Holds the rows; give it a layout.
        head: The line above.
    """

    def __init__(
        self, looks: Looks, title: str, parent: QWidget | None = None, *, is_open: bool = True
    ) -> None:
        super().__init__(parent)
        self.head = SectionHead(looks, title, self)
        self.body = QWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.body)
        self.head.toggled.connect(self.body.setVisible)
        self.head.setChecked(is_open)


class Card(QWidget):
    """A raised box around what belongs together."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looks = looks
        looks.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and edge."""
        painter, theme, rect = QPainter(self), self.looks.theme, QRectF(self.rect())
        paint_ground(painter, theme, rect, "bg.raised", "card")
        paint_edge(painter, theme, rect, "border.default", radius="card")


class ListRow(QWidget):
    """One line of a list that holds widgets: give it a layout.

    Attributes:
        is_chosen: Whether it is painted as the chosen one.
    """

    pressed = Signal()
    activated = Signal()
    """Enter or a double click."""

    def __init__(self, looks: Looks, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looks, self.is_chosen = looks, False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        looks.changed.connect(self.updateGeometry)

    def choose(self, on: bool) -> None:
        """Paint it as chosen, or no longer."""
        self.is_chosen = on
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of a row of a list."""
        return QSize(160, self.looks.theme.size("list_row"))

    def minimumSizeHint(self) -> QSize:
        """Return the same height."""
        return QSize(0, self.looks.theme.size("list_row"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say that it was pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Say that it is meant."""
        self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do the same with Enter and Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit()
        elif event.key() == Qt.Key.Key_Space:
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the state that it is in."""
        painter, theme = QPainter(self), self.looks.theme
        if self.is_chosen:
            painter.fillRect(self.rect(), theme.color("accent.soft"))
        elif self.underMouse():
            painter.fillRect(self.rect(), theme.color("bg.hover"))
        if self.hasFocus():
            paint_focus(painter, theme, QRectF(self.rect()))


class EmptyState(QWidget):
    """What a panel says while there is nothing in it, and what can be done about that.

    Args:
        looks: Theme and icons.
        icon: Name of an icon.
        title: What is missing.
        sentence: How it comes here.
        button: A word on a button; empty: none.
        key: The chord that does the same, as this system writes it.
        does: What the button does.
        is_large: Whether it stands for the whole canvas, not for a panel.
    """

    def __init__(
        self,
        looks: Looks,
        icon: str,
        title: str,
        sentence: str,
        button: str = "",
        key: str = "",
        does: Callable[[], object] | None = None,
        parent: QWidget | None = None,
        *,
        is_large: bool = False,
    ) -> None:
        super().__init__(parent)
        self.looks, self._icon = looks, icon
        column = QVBoxLayout(self)
        column.setSpacing(looks.theme.space("xs"))
        column.addStretch(1)
        column.addSpacing(looks.tokens["icon"]["empty"] + looks.theme.space("l"))
        for words in (
            Words(looks, title, "display" if is_large else "title"),
            Words(looks, sentence, "body" if is_large else "label", "text.secondary", wraps=True),
        ):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(words)
        if button:
            column.addSpacing(looks.theme.space("m"))
            offered = Button(looks, button, "primary")
            offered.clicked.connect(does or (lambda: None))
            column.addWidget(offered, 0, Qt.AlignmentFlag.AlignHCenter)
            chord = Words(looks, key, "caption", "text.muted")
            column.addWidget(chord, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._column = column

    def offer(self, words: str, does: Callable[[], object]) -> None:
        """Offer something else below the button."""
        link = Button(self.looks, words, "link")
        link.clicked.connect(does)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._column.insertWidget(self._column.count() - 1, link, 0, centre)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon over the words."""
        size = self.looks.tokens["icon"]["empty"]
        first = self.findChildren(Words)[0].geometry().top()
        top = first - size - self.looks.theme.space("l")
        at = QPointF((self.width() - size) / 2, max(top, 0))
        place = QRectF(at, QSize(size, size).toSizeF())
        paint_icon(QPainter(self), self.looks, place, self._icon, "text.muted", size)
