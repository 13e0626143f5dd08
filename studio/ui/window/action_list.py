"""A list of commands with their icons, menus and chords, for the palette and the help on keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.canvas.search import Texts, score
from studio.ui.actions.actions import native
from studio.ui.kit.labels import caps_width, paint_caps
from studio.ui.kit.painting import paint_ground, paint_icon, paint_text
from studio.ui.looks.looks import Looks
from studio.ui.window.menus import ORDER

if TYPE_CHECKING:
    from studio.ui.actions.action import Action
    from studio.ui.actions.actions import Actions

Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole
_NO_MENU = "Keyboard"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One line: a command, or the title over some.

    Attributes:
        text: What it is called.
        action: The command; ``None``: the line is a title.
        chords: As this system writes them, the one to show first.
        enabled: Whether it can be given now.
    """

    text: str
    action: Action | None = None
    chords: tuple[str, ...] = ()
    enabled: bool = True


def rows_for(actions: Actions, query: str) -> list[ActionRow]:
    """Return the commands for a text, the best first: those that can be given before others."""
    asked = " ".join(query.lower().split())
    scored = []
    for place, action in enumerate(actions.all()):
        points = score(_texts(action), asked)
        if points > 0:
            row = _row(actions, action)
            scored.append((not row.enabled, -points, place, row))
    return [row for *_, row in sorted(scored, key=lambda item: item[:3])]


def rows_by_menu(actions: Actions, query: str) -> list[ActionRow]:
    """Return the commands for a text or a chord, each menu under its title."""
    asked = " ".join(query.lower().split())
    groups: dict[str, list[ActionRow]] = {name: [] for name in (*ORDER, _NO_MENU)}
    for action in actions.all():
        row = _row(actions, action)
        if score(_texts(action, " ".join(row.chords)), asked) > 0:
            groups.setdefault(action.menu.partition("/")[0] or _NO_MENU, []).append(row)
    titled = {title: rows for title, rows in groups.items() if rows}
    return [row for title, rows in titled.items() for row in (ActionRow(title), *rows)]


@cache
def _texts(action: Action, chords: str = "") -> Texts:
    more = (action.menu, action.help, chords) if chords else (action.menu, action.help)
    return Texts(action.text, (action.id,), more)


def _row(actions: Actions, action: Action) -> ActionRow:
    chords = tuple(dict.fromkeys(native(chord) for chord in actions.chords(action.id)))
    return ActionRow(action.text, action, chords, actions.enabled(action.id))


class ActionModel(QAbstractListModel):
    """The lines of the list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ActionRow] = []

    def show(self, rows: Sequence[ActionRow]) -> None:
        """Have other lines."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a line, or its words for screen readers."""
        row = self.rows[index.row()]
        if role == _ROW:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (row.text, *row.chords[:1])))
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole and row.action:
            return row.action.help or None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let titles not be chosen."""
        row = self.rows[index.row()]
        on = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return on if row.action else Qt.ItemFlag.NoItemFlags


class ActionDelegate(QStyledItemDelegate):
    """Paints the lines.

    Args:
        looks: Theme and icons.
        all_chords: Whether every chord is shown, or the first.
    """

    def __init__(self, looks: Looks, parent: QObject, *, all_chords: bool) -> None:
        super().__init__(parent)
        self._looks, self._all_chords = looks, all_chords

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a line."""
        return QSize(200, self._looks.theme.size("search_row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a title, or a command with its chord."""
        row: ActionRow = index.data(_ROW)
        theme, rect = self._looks.theme, QRectF(option.rect)
        if row.action is None:
            paint_text(painter, theme, rect.adjusted(12, 6, 0, 0), row.text, font="label_strong")
            return
        chosen = option.state & QStyle.StateFlag.State_Selected
        if chosen:
            paint_ground(painter, theme, rect.adjusted(5, 0, -5, 0), "accent.soft")
        used = self._paint_chords(painter, rect.adjusted(0, 0, -14, 0), row)
        role = "text.primary" if row.enabled or self._all_chords else "text.disabled"
        icon = QRectF(rect.left() + 10, rect.top(), 20, rect.height())
        if row.action.icon:
            icon_role = "text.secondary" if row.enabled or self._all_chords else "text.disabled"
            paint_icon(painter, self._looks, icon, row.action.icon, icon_role, 16)
        words = QRectF(rect.left() + 40, rect.top(), rect.width() - 54 - used, rect.height())
        taken = paint_text(painter, theme, words, row.text, role=role)
        menu = "" if self._all_chords else row.action.menu.replace("/", " / ")
        quiet = "text.muted" if row.enabled else "text.disabled"
        words.adjust(taken + 10, 0, -8, 0)
        paint_text(painter, theme, words, menu, role=quiet, font="caption")

    def _paint_chords(self, painter: QPainter, rect: QRectF, row: ActionRow) -> float:
        right = rect.right()
        for chord in row.chords if self._all_chords else row.chords[:1]:
            paint_caps(
                painter,
                self._looks,
                QRectF(rect.left(), rect.top(), right - rect.left(), rect.height()),
                chord,
            )
            right -= caps_width(self._looks, chord) + 12
        return rect.right() - right


class ActionList(QListView):
    """The list itself.

    Args:
        looks: Theme and icons.
        name: For screen readers.
        all_chords: Whether every chord is shown, or the first.
    """

    given = Signal(str)
    """The id of a command that was clicked or chosen with Enter."""

    def __init__(
        self, looks: Looks, name: str, parent: QWidget | None = None, *, all_chords: bool = False
    ) -> None:
        super().__init__(parent)
        self.lines = ActionModel(self)
        self.setModel(self.lines)
        self._delegate = ActionDelegate(looks, self, all_chords=all_chords)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._give)
        self.activated.connect(self._give)

    def show_rows(self, rows: Sequence[ActionRow]) -> None:
        """Show other lines, and choose the first."""
        self.lines.show(rows)
        self.step(1)

    def step(self, by: int) -> None:
        """Choose a line further up or down."""
        rows, place = self.lines.rows, self.currentIndex().row()
        commands = [number for number, row in enumerate(rows) if row.action]
        if commands:
            now = commands.index(place) if place in commands else -1
            wanted = commands[max(0, min(now + by, len(commands) - 1))]
            self.setCurrentIndex(self.lines.index(wanted))

    def give(self) -> None:
        """Give the chosen command."""
        self._give(self.currentIndex())

    def _give(self, index: QModelIndex) -> None:
        row = index.data(_ROW) if index.isValid() else None
        if row and row.action:
            self.given.emit(row.action.id)
