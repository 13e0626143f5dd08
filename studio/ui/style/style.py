"""How Qt's own widgets look: a flat style over Fusion, in the colours of the theme. No QSS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComplex,
    QStyleOptionFrame,
    QStyleOptionMenuItem,
    QStyleOptionToolButton,
    QTabBar,
    QToolTip,
    QWidget,
)

from studio.ui.kit.buttons import paint_button
from studio.ui.kit.painting import paint_edge, paint_focus, paint_ground, paint_icon
from studio.ui.looks.looks import Looks
from studio.ui.style import style_bars, style_menus

_State = QStyle.StateFlag
_Primitive = QStyle.PrimitiveElement
_Control = QStyle.ControlElement
_Complex = QStyle.ComplexControl
_Metric = QStyle.PixelMetric
_Contents = QStyle.ContentsType
_Sub = QStyle.SubControl

_METRICS = {
    _Metric.PM_ScrollBarExtent: style_bars.EXTENT,
    _Metric.PM_ScrollBarSliderMin: 24,
    _Metric.PM_DockWidgetSeparatorExtent: style_bars.SEPARATOR,
    _Metric.PM_SplitterWidth: style_bars.SEPARATOR,
    _Metric.PM_DockWidgetFrameWidth: 0,
    _Metric.PM_DefaultFrameWidth: 1,
    _Metric.PM_MenuPanelWidth: 1,
    _Metric.PM_MenuHMargin: 0,
    _Metric.PM_MenuVMargin: 5,
    _Metric.PM_MenuBarPanelWidth: 0,
    _Metric.PM_MenuBarItemSpacing: 0,
    _Metric.PM_MenuBarHMargin: 0,
    _Metric.PM_MenuBarVMargin: 0,
    _Metric.PM_SmallIconSize: 16,
    _Metric.PM_ToolTipLabelFrameWidth: 6,
    _Metric.PM_ButtonShiftHorizontal: 0,
    _Metric.PM_ButtonShiftVertical: 0,
    _Metric.PM_IndicatorWidth: 16,
    _Metric.PM_IndicatorHeight: 16,
    _Metric.PM_ExclusiveIndicatorWidth: 16,
    _Metric.PM_ExclusiveIndicatorHeight: 16,
    _Metric.PM_TabBarTabHSpace: 24,
    _Metric.PM_TabBarTabVSpace: 12,
    _Metric.PM_TabBarBaseOverlap: 0,
    _Metric.PM_ToolBarFrameWidth: 0,
    _Metric.PM_ToolBarItemMargin: 0,
    _Metric.PM_ToolBarItemSpacing: 0,
    _Metric.PM_FocusFrameHMargin: 7,  # beside the text of a list's rows
    _Metric.PM_FocusFrameVMargin: 0,
}
_HINTS = {
    QStyle.StyleHint.SH_ScrollBar_Transient: 0,
    QStyle.StyleHint.SH_EtchDisabledText: 0,
    QStyle.StyleHint.SH_DitherDisabledText: 0,
    QStyle.StyleHint.SH_MenuBar_MouseTracking: 1,
    QStyle.StyleHint.SH_Menu_MouseTracking: 1,
    QStyle.StyleHint.SH_Menu_SloppySubMenus: 1,
    QStyle.StyleHint.SH_ComboBox_Popup: 0,
    QStyle.StyleHint.SH_UnderlineShortcut: 0,
    QStyle.StyleHint.SH_Slider_AbsoluteSetButtons: Qt.MouseButton.LeftButton.value,
    QStyle.StyleHint.SH_ToolTip_WakeUpDelay: 450,
    QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons: 0,
}

Paint = Callable[[Any, QPainter], None]


class StudioStyle(QProxyStyle):
    """Paints fields, buttons, menus, tabs and bars flat.

    Args:
        looks: Theme and icons.
    """

    def __init__(self, looks: Looks) -> None:
        super().__init__("Fusion")
        self.looks = looks
        self._primitives: dict[QStyle.PrimitiveElement, Paint] = {
            _Primitive.PE_PanelLineEdit: self._line_edit,
            _Primitive.PE_FrameLineEdit: self._frame,
            _Primitive.PE_Frame: self._frame,
            _Primitive.PE_FrameGroupBox: self._frame,
            _Primitive.PE_FrameFocusRect: self._focus,
            _Primitive.PE_PanelButtonCommand: self._push_button,
            _Primitive.PE_PanelButtonTool: self._tool_button,
            _Primitive.PE_IndicatorCheckBox: self._check_box,
            _Primitive.PE_IndicatorItemViewItemCheck: self._check_box,
            _Primitive.PE_IndicatorRadioButton: self._radio,
            _Primitive.PE_PanelTipLabel: self._raised,
            _Primitive.PE_PanelMenu: self._menu,
            _Primitive.PE_FrameMenu: self._nothing,
            _Primitive.PE_FrameDockWidget: self._nothing,
            _Primitive.PE_FrameStatusBarItem: self._nothing,
            _Primitive.PE_FrameTabBarBase: self._nothing,
            _Primitive.PE_PanelItemViewItem: self._item,
            _Primitive.PE_PanelItemViewRow: self._nothing,
            _Primitive.PE_IndicatorDockWidgetResizeHandle: self._separator,
        }
        self._controls: dict[QStyle.ControlElement, Paint] = {
            _Control.CE_MenuItem: self._menu_item,
            _Control.CE_MenuBarItem: self._menu_bar_item,
            _Control.CE_MenuBarEmptyArea: self._nothing,
            _Control.CE_MenuEmptyArea: self._nothing,
            _Control.CE_TabBarTabShape: self._tab,
            _Control.CE_Splitter: self._separator,
            _Control.CE_ProgressBarGroove: self._nothing,
            _Control.CE_ProgressBarContents: self._progress,
            _Control.CE_ToolBar: self._nothing,
        }
        self._complex: dict[QStyle.ComplexControl, Paint] = {
            _Complex.CC_ScrollBar: self._scroll_bar,
            _Complex.CC_Slider: self._slider,
            _Complex.CC_ComboBox: self._combo_box,
        }

    # --- Qt asks; option and widget may be missing, which the stubs of some of these deny ---

    def polish(self, target: Any) -> Any:
        """Let menus have round corners, and what reacts to the pointer know of it."""
        if isinstance(target, QMenu):
            target.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        return super().polish(target)

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        """Return a size of the house, or Fusion's."""
        known = _METRICS.get(metric)
        return known if known is not None else super().pixelMetric(metric, option, widget)

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        """Return a habit of the house, or Fusion's."""
        known = _HINTS.get(hint)
        return known if known is not None else super().styleHint(hint, option, widget, returned)

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Paint a part flat, or leave it to Fusion."""
        paint = self._primitives.get(element)
        if paint:
            _apart(painter, paint, option)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Paint a control flat, or leave it to Fusion."""
        paint = self._controls.get(element)
        if paint:
            _apart(painter, paint, option)
        else:
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Paint a control flat, or leave it to Fusion."""
        paint = self._complex.get(control)
        if paint:
            _apart(painter, paint, option)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def sizeFromContents(
        self,
        kind: QStyle.ContentsType,
        option: QStyleOption,
        size: QSize,
        widget: QWidget | None = None,
    ) -> QSize:
        """Give rows and controls the heights of the density."""
        theme = self.looks.theme
        if kind == _Contents.CT_MenuItem and isinstance(option, QStyleOptionMenuItem):
            return style_menus.item_size(theme, option)
        if kind == _Contents.CT_MenuBarItem and isinstance(option, QStyleOptionMenuItem):
            return style_menus.bar_item_size(theme, option)
        found = super().sizeFromContents(kind, option, size, cast(QWidget, widget))
        if kind == _Contents.CT_TabBarTab and isinstance(widget, QTabBar) and _is_of_docks(widget):
            return QSize(0, 0)
        if kind == _Contents.CT_PushButton:
            return QSize(found.width() + 8, theme.size("button"))
        if kind in (_Contents.CT_LineEdit, _Contents.CT_ComboBox, _Contents.CT_SpinBox):
            return QSize(found.width(), theme.size("control"))
        return found

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        """Leave the arrows of scroll bars away."""
        if control == _Complex.CC_ScrollBar:
            found = style_bars.scroll_part(option, part)
            if found is not None:
                return found
        return super().subControlRect(control, option, part, cast(QWidget, widget))

    def standardPixmap(
        self,
        pixmap: QStyle.StandardPixmap,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> QPixmap:
        """Return a Phosphor icon for the signs of message boxes."""
        signs = {
            QStyle.StandardPixmap.SP_MessageBoxInformation: ("ph.info-fill", "status.info"),
            QStyle.StandardPixmap.SP_MessageBoxQuestion: ("ph.question-fill", "status.info"),
            QStyle.StandardPixmap.SP_MessageBoxWarning: ("ph.warning-fill", "status.warning"),
            QStyle.StandardPixmap.SP_MessageBoxCritical: ("ph.warning-octagon-fill", "status.error"),
        }  # fmt: skip
        if pixmap in signs:
            return self.looks.pixmap(*signs[pixmap], 32)
        return super().standardPixmap(pixmap, cast(QStyleOption, option), widget)

    # --- Painting ---

    def _nothing(self, option: QStyleOption, painter: QPainter) -> None:
        """Paint nothing where Fusion would paint a bevel."""

    def _line_edit(self, option: QStyleOption, painter: QPainter) -> None:
        if isinstance(option, QStyleOptionFrame) and option.lineWidth == 0:
            return  # a line without a frame lies in a field that somebody else paints
        rect, theme = QRectF(option.rect), self.looks.theme
        paint_ground(painter, theme, rect, "bg.field")
        self._frame(option, painter)

    def _frame(self, option: QStyleOption, painter: QPainter) -> None:
        theme, rect = self.looks.theme, QRectF(option.rect)
        if option.state & _State.State_HasFocus:
            paint_focus(painter, theme, rect)
        else:
            hover = option.state & _State.State_MouseOver
            paint_edge(painter, theme, rect, "border.strong" if hover else "border.default")

    def _focus(self, option: QStyleOption, painter: QPainter) -> None:
        paint_focus(painter, self.looks.theme, QRectF(option.rect))

    def _push_button(self, option: QStyleOption, painter: QPainter) -> None:
        features = option.features if isinstance(option, QStyleOptionButton) else None
        default = features and features & QStyleOptionButton.ButtonFeature.DefaultButton
        rect = QRectF(option.rect)
        paint_button(
            painter, self.looks.theme, rect, "primary" if default else "normal",
            hover=bool(option.state & _State.State_MouseOver),
            pressed=bool(option.state & (_State.State_Sunken | _State.State_On)),
            enabled=bool(option.state & _State.State_Enabled),
        )  # fmt: skip
        if option.state & _State.State_HasFocus:
            paint_focus(painter, self.looks.theme, rect)
        if default:
            white = self.looks.theme.color("text.on_accent")
            option.palette.setColor(QPalette.ColorRole.ButtonText, white)

    def _tool_button(self, option: QStyleOptionToolButton, painter: QPainter) -> None:
        theme, rect = self.looks.theme, QRectF(option.rect)
        if option.state & _State.State_On:
            paint_ground(painter, theme, rect, "accent.soft")
        elif option.state & (_State.State_MouseOver | _State.State_Sunken):
            paint_ground(painter, theme, rect, "bg.hover")

    def _check_box(self, option: QStyleOption, painter: QPainter) -> None:
        theme, rect = self.looks.theme, QRectF(option.rect)
        if option.state & _State.State_Off:
            paint_ground(painter, theme, rect, "bg.field")
            paint_edge(painter, theme, rect, "border.strong")
            return
        paint_ground(painter, theme, rect, "accent.fill")
        mixed = option.state & _State.State_NoChange
        icon = "ph.minus-bold" if mixed else "ph.check-bold"
        paint_icon(painter, self.looks, rect, icon, "text.on_accent", 12)

    def _radio(self, option: QStyleOption, painter: QPainter) -> None:
        theme = self.looks.theme
        style_bars.paint_radio(painter, theme, option.rect, bool(option.state & _State.State_On))

    def _raised(self, option: QStyleOption, painter: QPainter) -> None:
        painter.fillRect(option.rect, self.looks.theme.color("bg.raised"))
        painter.setPen(self.looks.theme.color("border.default"))
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    def _menu(self, option: QStyleOption, painter: QPainter) -> None:
        theme, rect = self.looks.theme, QRectF(option.rect)
        paint_ground(painter, theme, rect, "bg.raised", "card")
        paint_edge(painter, theme, rect, "border.default", radius="card")

    def _item(self, option: QStyleOption, painter: QPainter) -> None:
        theme = self.looks.theme
        if option.state & _State.State_Selected:
            painter.fillRect(option.rect, theme.color("accent.soft"))
            text = theme.color("text.primary")  # that of the palette is for the strong accent
            option.palette.setColor(QPalette.ColorRole.HighlightedText, text)
        elif option.state & _State.State_MouseOver:
            painter.fillRect(option.rect, theme.color("bg.hover"))

    def _menu_item(self, option: QStyleOptionMenuItem, painter: QPainter) -> None:
        style_menus.paint_item(painter, self.looks, option)

    def _menu_bar_item(self, option: QStyleOptionMenuItem, painter: QPainter) -> None:
        style_menus.paint_bar_item(painter, self.looks, option)

    def _tab(self, option: QStyleOption, painter: QPainter) -> None:
        style_bars.paint_tab(painter, self.looks.theme, option)

    def _separator(self, option: QStyleOption, painter: QPainter) -> None:
        style_bars.paint_separator(painter, self.looks.theme, option)

    def _progress(self, option: Any, painter: QPainter) -> None:
        style_bars.paint_progress(painter, self.looks.theme, option)

    def _scroll_bar(self, option: Any, painter: QPainter) -> None:
        handle = self.subControlRect(_Complex.CC_ScrollBar, option, _Sub.SC_ScrollBarSlider)
        style_bars.paint_scroll_bar(painter, self.looks.theme, option, handle)

    def _slider(self, option: Any, painter: QPainter) -> None:
        handle = self.subControlRect(_Complex.CC_Slider, option, _Sub.SC_SliderHandle)
        style_bars.paint_slider(painter, self.looks.theme, option, handle)

    def _combo_box(self, option: QStyleOptionComplex, painter: QPainter) -> None:
        theme, rect = self.looks.theme, QRectF(option.rect)
        hover = bool(option.state & _State.State_MouseOver)
        paint_ground(painter, theme, rect, "bg.hover" if hover else "bg.raised")
        self._frame(option, painter)
        caret = QRectF(rect.right() - 24, rect.top(), 24, rect.height())
        paint_icon(painter, self.looks, caret, "ph.caret-down", "text.secondary", 14)


def _apart(painter: QPainter, paint: Paint, option: QStyleOption) -> None:
    """Paint without leaving pen or brush behind."""
    painter.save()
    paint(option, painter)
    painter.restore()


def _is_of_docks(bar: QTabBar) -> bool:
    """Tell whether Qt made a tab bar for docks; their headers are their tabs."""
    return isinstance(bar.parent(), QMainWindow)


def dress(app: QApplication, looks: Looks) -> None:
    """Give the whole program its style, palette and font, now and when the theme changes."""
    app.setStyle(StudioStyle(looks))
    redress(app, looks)


def redress(app: QApplication, looks: Looks) -> None:
    """Give the program the palette and font of the theme that is on."""
    palette = looks.theme.palette()
    app.setPalette(palette)
    app.setFont(looks.theme.font("label"))
    QToolTip.setPalette(palette)
    QToolTip.setFont(looks.theme.font("caption"))
