"""The viewer over the whole screen, until Esc."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.gallery.viewer import ViewerPanel


class FullScreen(QWidget):
    """A window without frame that borrows the body of the viewer.

    Args:
        viewer: Gives its body away, and gets it back when this closes.
    """

    def __init__(self, viewer: ViewerPanel) -> None:
        super().__init__(viewer, Qt.WindowType.Window)
        self._viewer = viewer
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Wirebrush viewer")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(viewer.body)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the viewer its body back."""
        self._viewer.outside.addWidget(self._viewer.body)
        self._viewer.body.show()
        self._viewer.view.setFocus()
        super().closeEvent(event)
