"""The pictures of a folder as a model: names at once, small pictures when they are seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
)
from PySide6.QtGui import QImage

from studio.ui.gallery.files import PictureFile

Index = QModelIndex | QPersistentModelIndex
FILE = Qt.ItemDataRole.UserRole
HELD = 600
"""Small pictures that are kept."""


class GalleryModel(QAbstractListModel):
    """Lists pictures, newest first.

    Args:
        want: Called with a picture whose small one is needed; the answer goes to `put`.
    """

    def __init__(self, want: Callable[[PictureFile], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._want = want
        self.files: tuple[PictureFile, ...] = ()
        self._rows: dict[PictureFile, int] = {}
        self._images: OrderedDict[PictureFile, QImage | None] = OrderedDict()

    def show_files(self, files: tuple[PictureFile, ...]) -> None:
        """List these; what stays keeps its small picture."""
        if files == self.files:
            return
        self.beginResetModel()
        self.files = files
        self._rows = {file: row for row, file in enumerate(files)}
        self.endResetModel()

    def put(self, file: PictureFile, image: QImage) -> None:
        """Keep a small picture."""
        self._images[file] = image
        while len(self._images) > HELD:
            self._images.popitem(last=False)
        row = self._rows.get(file)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))

    def image(self, file: PictureFile) -> QImage | None:
        """Return the small picture of a file, or ask for it."""
        if file in self._images:
            self._images.move_to_end(file)
        else:
            self._images[file] = None
            self._want(file)
        return self._images[file]

    def row_of(self, path: Path) -> int:
        """Return the row of a file; -1: it is not listed."""
        return next((row for row, file in enumerate(self.files) if file.path == path), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many there are."""
        return len(self.files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the file, or its name."""
        if not 0 <= index.row() < len(self.files):
            return None
        file = self.files[index.row()]
        if role == FILE:
            return file
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return file.path.name
        return str(file.path) if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let pictures be dragged away."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Return that files are dragged."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the files that are dragged."""
        made = QMimeData()
        made.setUrls([QUrl.fromLocalFile(str(self.files[i.row()].path)) for i in indexes])
        return made
