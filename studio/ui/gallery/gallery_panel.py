"""The gallery: the pictures of the output folder, with the graphs that they carry."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QFile,
    QFileSystemWatcher,
    QPoint,
    QRectF,
    QSize,
    Qt,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui.gallery.files import PictureFile, folders_in, pictures_in, small
from studio.ui.gallery.gallery_model import FILE, GalleryModel, Index
from studio.ui.gallery.picture_view import as_image
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.painting import paint_edge, paint_ground, paint_text, rounded
from studio.ui.kit.sections import EmptyState
from studio.ui.looks.looks import Looks
from studio.ui.threads.bridge import Bridge
from studio.ui.threads.desk import Desk

if TYPE_CHECKING:
    from studio.ui.gallery.display import Bytes
    from studio.ui.studio import Studio

CELL = QSize(104, 124)
_NAME = 18
_CALM_MS = 400
"""How long a folder must be quiet before it is read again."""


class GalleryPanel(QWidget):
    """Shows the newest pictures first.

    Enter opens the graph of a picture; it can be dragged onto the canvas.

    Args:
        studio: What the window shares.

    Attributes:
        count: How many pictures there are.
    """

    count_changed = Signal(int)
    load_asked = Signal(Path)
    """A picture is to be loaded into the graph."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.count = 0
        self._bridge = Bridge(lambda call: call(), lambda: None, self)
        self._lister, self._maker = Desk("gallery", self._bridge), Desk("thumbnails", self._bridge)
        self.model = GalleryModel(self._want, self)
        self._watcher = QFileSystemWatcher(self)
        self._calm = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._lay_out()
        self._watcher.directoryChanged.connect(self._calm_down)
        self._calm.timeout.connect(self.refresh)
        studio.session.runs_changed.connect(self._calm_down)
        studio.preferences.changed.connect(self._preferred)
        self.refresh()

    def _lay_out(self) -> None:
        looks, actions = self._studio.looks, self._studio.actions
        self.list = PictureList(looks, self.model, self)
        self.list.activated.connect(lambda _index: actions.trigger("gallery.open_graph"))
        self.list.menu_asked.connect(self._open_menu)
        self.list.delete_asked.connect(partial(actions.trigger, "gallery.delete"))
        self.empty = EmptyState(
            looks, "ph.image-square", "No pictures yet",
            "What runs save into the output folder is listed here.",
        )  # fmt: skip
        self.stack = QStackedLayout()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.stack)
        folder = IconButton(looks, "ph.folder-open", "Open the folder", self)
        folder.clicked.connect(lambda: actions.trigger("run.open_folder"))
        self.header_widgets: tuple[QWidget, ...] = (folder,)
        self.setFocusProxy(self.list)

    def close_threads(self) -> None:
        """End what works in the background."""
        self._calm.stop()
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())
        self._lister.close(finish=False)
        self._maker.close(finish=False)
        self._bridge.close()

    # --- What can be done ---

    @property
    def chosen(self) -> Path | None:
        """The picture that is chosen."""
        index = self.list.currentIndex()
        file: PictureFile | None = index.data(FILE) if index.isValid() else None
        return file.path if file else None

    def refresh(self) -> None:
        """Read the folder again, in a thread."""
        session = self._studio.session
        folder, runs = session.output_folder, session.runs
        written = [Path(file) for run in runs for file in run.files]

        def work() -> tuple[tuple[PictureFile, ...], tuple[str, ...]]:
            return pictures_in(folder, written), folders_in(folder)

        self._lister.do(work, self._listed, about="list")

    def open_graph(self) -> None:
        """Open the graph of the chosen picture in a tab."""
        if self.chosen:
            self._studio.documents.open_later(self.chosen, self._opened)

    def load(self) -> None:
        """Ask for a node that reads the chosen picture."""
        if self.chosen:
            self.load_asked.emit(self.chosen)

    def delete(self) -> None:
        """Ask, and move the chosen picture to the trash."""
        path = self.chosen
        if path:
            sentence = f"{path.name} goes to the trash of this system."
            answers = ("Delete", "Keep")
            self._studio.questions.confirm(
                "Delete this picture?", sentence, answers, partial(self._delete, path)
            )

    def show_folder(self) -> None:
        """Show the folder of the chosen picture."""
        if self.chosen:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.chosen.parent)))

    def show_text(self) -> None:
        """Say with which parameters the chosen picture was made."""
        path = self.chosen
        if path:
            self._lister.do(partial(_parameters, path), partial(self._tell, path))

    # --- Inside ---

    def _listed(self, found: tuple[tuple[PictureFile, ...], tuple[str, ...]]) -> None:
        files, folders = found
        chosen = self.chosen
        self.model.show_files(files)
        row = self.model.row_of(chosen) if chosen else -1
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row))
        self.stack.setCurrentWidget(self.list if files else self.empty)
        missing = [folder for folder in folders if folder not in self._watcher.directories()]
        if missing:
            self._watcher.addPaths(missing)
        if len(files) != self.count:
            self.count = len(files)
            self.count_changed.emit(self.count)
        self._studio.actions.refresh()

    def _want(self, file: PictureFile) -> None:
        self._maker.do(partial(small, file.path), partial(self._made, file))

    def _made(self, file: PictureFile, pixels: Bytes | None) -> None:
        if pixels is not None:
            self.model.put(file, as_image(pixels).copy())

    def _calm_down(self, _path: str = "") -> None:
        self._calm.start()

    def _preferred(self, name: str) -> None:
        if name == "output":
            self.refresh()

    def _opened(self, found: object) -> None:
        if isinstance(found, Exception):
            self._studio.messages.say(str(found), "error")

    def _delete(self, path: Path, answer: str) -> None:
        if answer == "Delete":
            self._lister.do(partial(_to_trash, path), partial(self._deleted, path))

    def _deleted(self, path: Path, done: bool) -> None:
        if not done:
            said = f"{path.name} could not be moved to the trash; delete it by hand."
            self._studio.messages.say(said, "error")
        self.refresh()

    def _tell(self, path: Path, text: str) -> None:
        none = "It carries no parameters."
        self._studio.questions.confirm(path.name, text or none, ("Close",), lambda _answer: None)

    def _open_menu(self, at: QPoint) -> None:
        actions, menu = self._studio.actions, QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("open_graph", "load", "parameters", "show_folder", "delete"):
            menu.addAction(actions.qaction(f"gallery.{name}", menu))
        menu.popup(at)


class PictureList(QListView):
    """A grid of small pictures with their names."""

    menu_asked = Signal(QPoint)
    delete_asked = Signal()

    def __init__(self, looks: Looks, model: GalleryModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._painter = _Cells(looks, model, self)
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName("Pictures")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete with Del."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a picture."""
        if self.indexAt(event.pos()).isValid():
            self.menu_asked.emit(event.globalPos())


class _Cells(QStyledItemDelegate):
    """Paints a small picture and its name."""

    def __init__(self, looks: Looks, model: GalleryModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks, self._model = looks, model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a cell."""
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        file: PictureFile = index.data(FILE)
        theme, cell = self._looks.theme, QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        place = cell.adjusted(4, 4, -4, -_NAME - 4)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            role = "accent.soft" if chosen else "bg.hover"
            paint_ground(painter, theme, cell.adjusted(1, 1, -1, -1), role)
        paint_ground(painter, theme, place, "bg.viewer")
        image = self._model.image(file)
        if image:
            painter.setClipPath(rounded(theme, place))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = image.size().toSizeF().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            fitted = QRectF(place.center().x() - size.width() / 2, place.center().y() - size.height() / 2,
                            size.width(), size.height())  # fmt: skip
            painter.drawImage(fitted, image)
            painter.setClipping(False)
        name = QRectF(place.left(), place.bottom() + 2, place.width(), _NAME)
        role = "text.primary" if chosen else "text.secondary"
        paint_text(painter, theme, name, file.path.name, role=role, font="caption")
        if state & QStyle.StateFlag.State_HasFocus:
            paint_edge(painter, theme, cell.adjusted(1, 1, -1, -1), "focus", width=2)
        painter.restore()


def _to_trash(path: Path) -> bool:
    return QFile(str(path)).moveToTrash()


def _parameters(path: Path) -> str:
    from studio.facts.pictures import read_carried

    try:
        return read_carried(path).parameters
    except OSError:
        return ""
