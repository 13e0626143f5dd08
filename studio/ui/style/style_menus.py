"""How menus and the menu bar look: icon, name, chord, one line each."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionMenuItem

from studio.ui.kit.painting import paint_ground, paint_icon, paint_text
from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import Theme

_ICON_LEFT, _TEXT_LEFT, _RIGHT, _GAP = 11, 36, 14, 28
_INSET = 5
_BAR_PAD = 9
_SEPARATOR = 9
_State = QStyle.StateFlag


def item_size(theme: Theme, option: QStyleOptionMenuItem) -> QSize:
    """Return the room of one line of a menu."""
    if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
        return QSize(10, _SEPARATOR)
    name, _, chord = option.text.partition("\t")
    metrics = QFontMetrics(theme.font("label"))
    beside = metrics.horizontalAdvance(chord) if chord else 0
    wide = _TEXT_LEFT + metrics.horizontalAdvance(_plain(name)) + _GAP + beside + _RIGHT
    return QSize(max(wide, 160), theme.size("menu_row"))


def bar_item_size(theme: Theme, option: QStyleOptionMenuItem) -> QSize:
    """Return the room of one name in the menu bar."""
    metrics = QFontMetrics(theme.font("value"))
    wide = metrics.horizontalAdvance(_plain(option.text)) + 2 * _BAR_PAD
    return QSize(wide, theme.size("button"))


def paint_item(painter: QPainter, looks: Looks, option: QStyleOptionMenuItem) -> None:
    """Paint one line of a menu."""
    theme, rect = looks.theme, QRectF(option.rect)
    if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
        middle = round(rect.center().y())
        painter.fillRect(QRectF(0, middle, rect.width(), 1), theme.color("border.subtle"))
        return
    enabled = bool(option.state & _State.State_Enabled)
    if enabled and option.state & _State.State_Selected:
        paint_ground(painter, theme, rect.adjusted(_INSET, 0, -_INSET, 0), "accent.soft")
    _paint_mark(painter, looks, option, enabled)
    _paint_words(painter, looks, option, enabled)


def _paint_mark(
    painter: QPainter, looks: Looks, option: QStyleOptionMenuItem, enabled: bool
) -> None:
    """Paint the icon, or the check of what is on."""
    checkable = option.checkType != QStyleOptionMenuItem.CheckType.NotCheckable
    place = QRect(_ICON_LEFT, option.rect.top(), 16, option.rect.height())
    if checkable and option.checked:
        role = "accent.text" if enabled else "text.disabled"
        paint_icon(painter, looks, QRectF(place), "ph.check-bold", role, 14)
    elif not option.icon.isNull():
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        middle = place.adjusted(0, (place.height() - 16) // 2, 0, 0)
        middle.setHeight(16)
        option.icon.paint(painter, middle, Qt.AlignmentFlag.AlignCenter, mode)


def _paint_words(
    painter: QPainter, looks: Looks, option: QStyleOptionMenuItem, enabled: bool
) -> None:
    theme, rect = looks.theme, QRectF(option.rect)
    name, _, chord = option.text.partition("\t")
    role = "text.primary" if enabled else "text.disabled"
    room = rect.adjusted(_TEXT_LEFT, 0, -_RIGHT, 0)
    paint_text(painter, theme, room, _plain(name), role=role)
    if option.menuItemType == QStyleOptionMenuItem.MenuItemType.SubMenu:
        caret = QRectF(rect.right() - 26, rect.top(), 16, rect.height())
        paint_icon(painter, looks, caret, "ph.caret-right", "text.muted", 12)
    elif chord:
        role = "text.muted" if enabled else "text.disabled"
        paint_text(painter, theme, room, chord, role=role, align=Qt.AlignmentFlag.AlignRight)


def paint_bar_item(painter: QPainter, looks: Looks, option: QStyleOptionMenuItem) -> None:
    """Paint one name in the menu bar."""
    theme, rect = looks.theme, QRectF(option.rect)
    lit = bool(option.state & (_State.State_Selected | _State.State_Sunken))
    if lit:
        paint_ground(painter, theme, rect, "bg.hover")
    role = "text.primary" if lit else "text.secondary"
    centre = Qt.AlignmentFlag.AlignHCenter
    paint_text(painter, theme, rect, _plain(option.text), role=role, font="value", align=centre)


def _plain(text: str) -> str:
    """Return a name without the marks of mnemonics."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
