"""The queue: the run at work, those that wait, those that are over."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from studio.engine.events import Thumbnail
from studio.ui.actions.actions import native
from studio.ui.looks.looks import Looks
from studio.ui.rows import PADDING, Emptiness, RowList, RowPainter, Spot
from studio.ui.session.judged import in_seconds
from studio.ui.session.runs import RunInfo
from studio.ui.session.thumbnails import as_image

if TYPE_CHECKING:
    from studio.ui.studio import Studio

MARKS = {
    "waiting": ("ph.hourglass-medium", "state.waiting"),
    "running": ("ph.circle-bold", "state.running"),
    "done": ("ph.check-bold", "status.success"),
    "failed": ("ph.warning-octagon-fill", "status.error"),
    "cancelled": ("ph.prohibit-bold", "text.muted"),
}
_OPEN = ("waiting", "running")
_PICTURE, _MARK, _STEP, _BAR, _TIME, _BUTTON = 28, 14, 108, 92, 92, 24
_STEP_NARROW, _TIME_NARROW = 88, 76
_WIDE_ENOUGH_FOR_BAR, _WIDE_ENOUGH_FOR_STEP = 500, 360


class QueuePainter(RowPainter):
    """Paints runs: picture, mark, name, step, bar, time, button."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks)
        self._pictures: dict[str, tuple[Thumbnail, QImage]] = {}

    def key(self, item: RunInfo) -> Hashable:
        """Return the id of the run."""
        return item.id

    def words(self, item: RunInfo) -> str:
        """Return a run for the screen reader."""
        parts = (item.title, item.what, item.status, item.step, time_text(item))
        return ", ".join(filter(None, parts))

    def movable(self, item: RunInfo) -> bool:
        """Say whether a run waits."""
        return item.status == "waiting"

    def spots(self, rect: QRect, item: RunInfo) -> list[Spot]:
        """Return the button that stops a run, or that shows what it wrote."""
        at = QRect(0, 0, _BUTTON, _BUTTON)
        at.moveCenter(QPoint(rect.right() - PADDING - _BUTTON // 2 + 4, rect.center().y()))
        if item.status in _OPEN:
            return [Spot("cancel", at, "Stop" if item.status == "running" else "Remove")]
        return [Spot("open", at, "Show the files")] if item.files else []

    def paint(self, painter: QPainter, rect: QRect, item: RunInfo, hot: str) -> None:
        """Paint a run."""
        self._picture(painter, rect, item)
        left = rect.left() + PADDING + _PICTURE + 10
        self._mark(painter, QPoint(left + _MARK // 2, rect.center().y() + 1), item)
        right = rect.right() - PADDING - _BUTTON
        taken = _TIME if rect.width() >= _WIDE_ENOUGH_FOR_BAR else _TIME_NARROW
        time = QRect(right - taken, rect.top(), taken - 8, rect.height())
        self.text(painter, time, time_text(item), color="text.secondary", right=True)
        right = time.left()
        if rect.width() >= _WIDE_ENOUGH_FOR_BAR:
            bar = QRect(right - _BAR, rect.center().y() - 1, _BAR - 8, 4)
            if item.status == "running":
                self._bar(painter, bar, item.share)
            right = bar.left() - 8
        if rect.width() >= _WIDE_ENOUGH_FOR_STEP:
            wide = _STEP if rect.width() >= _WIDE_ENOUGH_FOR_BAR else _STEP_NARROW
            step = QRect(right - wide, rect.top(), wide, rect.height())
            self.text(painter, step, item.step or item.status, color="text.primary")
            right = step.left()
        left += _MARK + 8
        self._name(painter, QRect(left, rect.top(), right - 8 - left, rect.height()), item)
        for spot in self.spots(rect, item):
            icon = "ph.x" if spot.name == "cancel" else "ph.arrow-square-out"
            self.button(painter, spot, icon, hot=hot == spot.name)

    def _name(self, painter: QPainter, at: QRect, item: RunInfo) -> None:
        width = self.text(painter, at, item.title, font="label_strong")
        at.setLeft(at.left() + width + 8)
        self.text(painter, at, item.what, color="text.secondary")

    def _mark(self, painter: QPainter, at: QPoint, item: RunInfo) -> None:
        icon, role = MARKS[item.status]
        if item.status != "running":
            self.icon(painter, at, icon, role, _MARK)
            return
        ring = QRectF(at.x() - 5.5, at.y() - 5.5, 11, 11)
        color = self.looks.theme.color(role)
        faint = self.looks.theme.color("border.default")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(faint, 2))
        painter.drawEllipse(ring)
        painter.setPen(QPen(color, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, 90 * 16, int(-360 * 16 * max(item.share, 0.05)))

    def _bar(self, painter: QPainter, rect: QRect, share: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.looks.theme.color("border.default"))
        painter.drawRoundedRect(rect, 2, 2)
        done = QRect(rect)
        done.setWidth(int(rect.width() * max(share, 0.0)))
        painter.setBrush(self.looks.theme.color("state.running"))
        painter.drawRoundedRect(done, 2, 2)

    def _picture(self, painter: QPainter, rect: QRect, item: RunInfo) -> None:
        room = QRect(rect.left() + PADDING, 0, _PICTURE, _PICTURE)
        room.moveTop(rect.center().y() - _PICTURE // 2 + 1)
        path = QPainterPath()
        radius = self.looks.theme.radius("small")
        path.addRoundedRect(QRectF(room), radius, radius)
        painter.fillPath(path, self.looks.theme.color("bg.field"))
        if item.picture is None:
            self.icon(painter, room.center(), "ph.image", "text.disabled", 14)
            return
        painter.save()
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        image = self._image(item.id, item.picture)
        size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        whole = QRect(QPoint(), size)
        whole.moveCenter(room.center())
        painter.drawImage(whole, image)
        painter.restore()

    def _image(self, run: str, picture: Thumbnail) -> QImage:
        held = self._pictures.get(run)
        if held is None or held[0] is not picture:
            size = QSize(3 * _PICTURE, 3 * _PICTURE)
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
            small = as_image(picture).scaled(size, keep, smooth.SmoothTransformation)
            held = self._pictures[run] = (picture, small)
        return held[1]

    def forget(self, runs: set[str]) -> None:
        """Keep the pictures of these runs alone."""
        self._pictures = {run: held for run, held in self._pictures.items() if run in runs}


def time_text(item: RunInfo) -> str:
    """Say how long a run takes, or took."""
    if item.status == "running":
        return f"{in_seconds(item.left)} left" if item.left is not None else ""
    if item.status == "waiting":
        return f"about {in_seconds(item.left)}" if item.left is not None else "first run"
    return in_seconds(item.seconds) if item.seconds else ""


class QueuePanel(QWidget):
    """Shows the runs of this window.

    Args:
        studio: What the window shares.
    """

    count_changed = Signal(int)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._session = studio.session
        self.count = 0
        self._painter = QueuePainter(studio.looks)
        self.list = RowList(self._painter, "Queue", self._emptiness, self)
        self.list.allow_moves()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        self.setFocusProxy(self.list)
        self._unplaced = QWidget(self)
        self._unplaced.hide()
        commands = ("run.pause", "run.clear", "run.open_folder")
        self.header_widgets: tuple[QWidget, ...] = tuple(map(self._button, commands))
        self.list.clicked_spot.connect(self._pressed)
        self.list.removed.connect(self._remove)
        self.list.chosen.connect(self._choose)
        self.list.moved.connect(self._move)
        self._session.runs_changed.connect(self._refresh)
        self._session.progress.connect(self._progressed)
        studio.looks.changed.connect(self.list.viewport().update)
        self._refresh()

    def _button(self, command: str) -> QToolButton:
        """Return a button for the header, for a declared command."""
        button = QToolButton(self._unplaced)  # until a header takes it
        action = self._studio.actions.qaction(command, button)
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setAccessibleName(self._studio.actions.action(command).text)
        return button

    def _refresh(self) -> None:
        runs = self._session.runs
        self.list.show_items(runs)
        self._painter.forget({run.id for run in runs})
        count = sum(run.status in _OPEN for run in runs)
        if count != self.count:
            self.count = count
            self.count_changed.emit(count)

    def _progressed(self, info: RunInfo) -> None:
        self.list.show_items(self._session.runs)

    def _pressed(self, item: RunInfo, spot: str) -> None:
        if spot == "cancel":
            self._session.cancel(item.id)
        else:
            self._show_files(item)

    def _remove(self, item: RunInfo) -> None:
        if item.status in _OPEN:
            self._session.cancel(item.id)

    def _choose(self, item: RunInfo) -> None:
        """Show the graph that a run is of."""
        documents = self._studio.documents
        found = next((one for one in documents.items if one.id == item.document), None)
        if found:
            documents.set_current(found)

    def _move(self, item: RunInfo, row: int) -> None:
        first = next((i for i, run in enumerate(self._session.runs) if run.status == "waiting"), 0)
        self._session.move(item.id, row - first)

    def _show_files(self, item: RunInfo) -> None:
        folder = Path(item.files[-1]).parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _emptiness(self) -> Emptiness:
        chords = self._studio.actions.chords("run.all")
        key = f" ({native(chords[0])})" if chords else ""
        return Emptiness("ph.queue", "Nothing runs", f"Run the graph{key}, and its runs are here.")
