"""Parts of panels: heads that fold what is below, cards, and what an empty panel says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from studio.ui.kit.buttons import Button
from studio.ui.kit.labels import Words
from studio.ui.kit.painting import (
    paint_edge,
    paint_focus,
    paint_ground,
    paint_icon,
    paint_text,
)
from studio.ui.looks.looks import Looks


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

    def show_title(self, title: str, note: str, *, is_open: bool) -> None:
        """Show a title, and whether the section is open."""
        if (title, note, is_open) == (self.text(), self.note, self.isChecked()):
            return
        self.note = note
        self.setText(title)
        self.setChecked(is_open)
        self.setAccessibleName(f"{title}, {note}" if note else title)
        self.update()

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
