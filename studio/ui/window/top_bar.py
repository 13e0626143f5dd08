"""The bar over everything: menus, the run at work, what starts and stops it, and memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenuBar, QWidget

from studio.ui.kit.buttons import Button, IconButton, SplitButton, keep_keyboard
from studio.ui.kit.painting import paint_focus, paint_text
from studio.ui.kit.progress import paint_line, paint_ring
from studio.ui.looks.logo import Logo
from studio.ui.looks.looks import Looks
from studio.ui.session.judged import in_seconds
from studio.ui.window.menus import Menus

if TYPE_CHECKING:
    from studio.ui.session.runs import RunInfo
    from studio.ui.studio import Studio

NARROW = 1100
"""Windows that are less wide have all menus behind one button."""
_SETTINGS = "edit.settings"
_GIGABYTE = 2**30
_RUN_WIDE, _MEMORY_WIDE = 234, 118
_RIGHT = Qt.AlignmentFlag.AlignRight


class RunStatus(QAbstractButton):
    """Which node is at work, how far it is, and how long it still takes; shows it when pressed."""

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self.run: RunInfo | None = None
        self.setToolTip("Show the queue")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(_RUN_WIDE, 36)

    def show_run(self, run: RunInfo | None) -> None:
        """Show a run, or nothing."""
        self.run = run
        self.setVisible(run is not None)
        self.setAccessibleName(f"{_what(run)}, {run.step}" if run else "Nothing runs")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring, the words and the line."""
        if self.run is None:
            return
        theme, painter = self._looks.theme, QPainter(self)
        rect = QRectF(self.rect())
        paint_ring(painter, theme, QRectF(0, 11, 14, 14), self.run.share)
        words = QRectF(20, 0, rect.width() - 20, rect.height())
        left = f"{in_seconds(self.run.left)} left" if self.run.left else ""
        taken = paint_text(painter, theme, words, left, role="text.secondary", align=_RIGHT)
        words.setWidth(words.width() - taken - 8)
        name = paint_text(painter, theme, words, _what(self.run), font="label_strong")
        step = "" if self.run.step == _what(self.run) else self.run.step
        words.adjust(name + 8, 0, 0, 0)
        paint_text(painter, theme, words, step, role="text.secondary", font="value")
        line = QRectF(0, rect.height() - 4, rect.width(), 2)
        paint_line(painter, theme, line, max(self.run.share, 0.0))
        if self.hasFocus():
            paint_focus(painter, theme, rect)


class Memory(QAbstractButton):
    """How much memory the worker holds; pressing it frees what is not in use."""

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self._held, self._budget = 0, 0
        self.setToolTip("Free memory that is not in use")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(_MEMORY_WIDE, 36)
        self.show_bytes(0, 0)

    @property
    def words(self) -> str:
        """What it says."""
        held = f"{self._held / _GIGABYTE:.1f}"
        return f"{held} / {self._budget / _GIGABYTE:.0f} GB" if self._budget else f"{held} GB"

    def show_bytes(self, held: int, budget: int) -> None:
        """Show what is held, and what may be."""
        self._held, self._budget = held, budget
        self.setAccessibleName(f"Memory {self.words}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words and the line."""
        theme, painter, rect = self._looks.theme, QPainter(self), QRectF(self.rect())
        role = "text.primary" if self.underMouse() else "text.secondary"
        paint_text(painter, theme, rect, "Memory", role=role)
        paint_text(painter, theme, rect, self.words, font="value", align=_RIGHT)
        share = self._held / self._budget if self._budget else 0.0
        color = "status.warning" if share > 0.95 else "text.muted"
        paint_line(painter, theme, QRectF(0, rect.height() - 4, rect.width(), 2), share, color)
        if self.hasFocus():
            paint_focus(painter, theme, rect)


class TopBar(QWidget):
    """The bar itself.

    Args:
        studio: What the window shares.
        menus: What the menu bar opens.

    Attributes:
        bar: The menu bar; one button in narrow windows.
    """

    def __init__(self, studio: Studio, menus: Menus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, looks = studio, studio.looks
        self.setFixedHeight(looks.theme.layout("top_bar"))
        self.logo = Logo(looks, self)
        self.bar = QMenuBar(self)
        self.bar.setFixedHeight(looks.theme.size("button"))
        for menu in menus.tops:
            self.bar.addMenu(menu)
        self.burger = IconButton(looks, "ph.list", "Menus", self, 20)
        self.burger.clicked.connect(partial(_open_below, self.burger, menus))
        self.run_status = RunStatus(looks, self)
        self.live = Button(looks, "Live", "quiet", "ph.lightning", self)
        self.live.setCheckable(True)
        self.stop = Button(looks, "Stop", "normal", "ph.stop-fill", self)
        self.run = SplitButton(looks, "Run", menus.menu("Run"), "ph.play-fill", self)
        self.memory = Memory(looks, self)
        self.settings = IconButton(looks, "ph.gear-six", "Settings", self)
        keep_keyboard(self.burger, self.live, self.stop, self.run, self.settings)
        self._lay_out()
        self._follow()

    def sizeHint(self) -> QSize:
        """Return the height of the bar."""
        return QSize(800, self._studio.looks.theme.layout("top_bar"))

    def set_narrow(self, narrow: bool) -> None:
        """Put all menus behind one button, or beside each other."""
        self.bar.setVisible(not narrow)
        self.burger.setVisible(narrow)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 12, 0)
        row.setSpacing(8)
        left: tuple[QWidget, ...] = (self.logo, self.burger, self.bar)
        right: tuple[QWidget, ...] = (self.run_status, self.live, self.stop, self.run)
        for widget in left:
            row.addWidget(widget)
        row.addStretch(1)
        for widget in right:
            row.addWidget(widget)
        row.addSpacing(16)
        row.addWidget(self.memory)
        row.addWidget(self.settings)
        self.set_narrow(False)

    def _follow(self) -> None:
        session, actions = self._studio.session, self._studio.actions
        for button, name in (
            (self.run, "run.all"), (self.stop, "run.cancel"), (self.live, "run.live"),
            (self.memory, "run.free_memory"), (self.settings, _SETTINGS),
            (self.run_status, "view.panel.queue"),
        ):  # fmt: skip
            button.clicked.connect(partial(_give, actions.trigger, name))
        session.runs_changed.connect(self.refresh)
        session.progress.connect(self.run_status.show_run)
        session.worker_changed.connect(self.refresh)
        self._studio.documents.current_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show what can be started and stopped now."""
        session, actions = self._studio.session, self._studio.actions
        self.run_status.show_run(session.active)
        self.memory.show_bytes(session.worker.memory, session.worker.budget)
        self.stop.setEnabled(actions.enabled("run.cancel"))
        self.run.setEnabled(actions.enabled("run.all"))
        self.live.setChecked(actions.checked("run.live"))
        self.settings.setVisible(actions.enabled(_SETTINGS))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the lines."""
        painter, theme = QPainter(self), self._studio.looks.theme
        painter.fillRect(self.rect(), theme.color("bg.app"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("border.subtle"))
        left = self.memory.geometry().left() - 14
        painter.fillRect(left, 11, 1, self.height() - 22, theme.color("border.default"))


def _what(run: RunInfo) -> str:
    return run.node_title or run.title


def _give(trigger: Callable[[str], object], name: str, _checked: bool = False) -> None:
    trigger(name)


def _open_below(button: QWidget, menus: Menus, _checked: bool = False) -> None:
    menus.whole().popup(button.mapToGlobal(button.rect().bottomLeft()))
