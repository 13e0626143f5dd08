"""Words: in a role of the theme, cut in the middle, in a badge, or as keys."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from studio.ui.kit.painting import paint_edge, paint_ground, paint_text
from studio.ui.looks.looks import Looks

_CAP_PAD, _CAP_GAP, _CAP_HEIGHT = 6, 4, 18


class Words(QLabel):
    """A label in a font and a colour of the theme.

    Args:
        looks: The theme.
        text: What it says.
        font: Role of the font.
        role: Role of the colour.
        wraps: Whether it takes several lines.
    """

    def __init__(
        self,
        looks: Looks,
        text: str = "",
        font: str = "label",
        role: str = "text.primary",
        parent: QWidget | None = None,
        *,
        wraps: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self.looks, self._font_role, self._role = looks, font, role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        looks.changed.connect(self.dress)
        self.dress()

    def set_role(self, role: str) -> None:
        """Take another colour."""
        if role != self._role:
            self._role = role
            self.dress()

    def dress(self) -> None:
        """Take font and colour from the theme."""
        self.setFont(self.looks.theme.font(self._font_role))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, self.looks.theme.color(self._role))
        self.setPalette(palette)


class ElidedLabel(Words):
    """One line that is cut in the middle where room is short; the tool tip has all of it."""

    def __init__(
        self,
        looks: Looks,
        text: str = "",
        font: str = "label",
        role: str = "text.primary",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(looks, text, font, role, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        """Say something else."""
        super().setText(text)
        self._tell()

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters."""
        return QSize(24, self.looks.theme.line(self._font_role))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the tool tip say what is cut."""
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, cut in its middle."""
        paint_text(
            QPainter(self), self.looks.theme, QRectF(self.contentsRect()), self.text(),
            role=self._role, font=self._font_role, align=self.alignment(),
        )  # fmt: skip

    def _tell(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if cut else "")


def caps_width(looks: Looks, chord: str) -> float:
    """Return the width of a chord drawn as keys."""
    metrics = QFontMetrics(looks.theme.font("caption"))
    caps = keys_of(chord)
    wide = sum(max(metrics.horizontalAdvance(cap) + 2 * _CAP_PAD, _CAP_HEIGHT) for cap in caps)
    return wide + _CAP_GAP * max(len(caps) - 1, 0)


def paint_caps(painter: QPainter, looks: Looks, rect: QRectF, chord: str) -> None:
    """Paint a chord as keys, right-aligned in a rectangle."""
    theme = looks.theme
    metrics = QFontMetrics(theme.font("caption"))
    left = rect.right() - caps_width(looks, chord)
    for cap in keys_of(chord):
        wide = max(metrics.horizontalAdvance(cap) + 2 * _CAP_PAD, _CAP_HEIGHT)
        key = QRectF(left, rect.center().y() - _CAP_HEIGHT / 2, wide, _CAP_HEIGHT)
        paint_ground(painter, theme, key, "bg.field")
        paint_edge(painter, theme, key, "border.default")
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, theme, key, cap, role="text.secondary", font="caption", align=centre)
        left += wide + _CAP_GAP


def keys_of(chord: str) -> tuple[str, ...]:
    """Return the keys of a chord as this system writes them: ``Ctrl``, ``Shift``, ``+``."""
    if not chord:
        return ()
    # The plus key itself is written at the end of a chord: ``Ctrl++``.
    if chord.endswith("+"):
        return (*filter(None, chord[:-1].split("+")), "+")
    return tuple(chord.split("+"))
