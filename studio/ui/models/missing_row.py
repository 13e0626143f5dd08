"""One missing file in the dialog: what it is, what is offered, and a word that takes it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.kit.buttons import Button, IconButton
from studio.ui.kit.labels import ElidedLabel
from studio.ui.kit.painting import paint_icon
from studio.ui.kit.sections import Card

if TYPE_CHECKING:
    from studio.core.widgets import FileRef
    from studio.ui.looks.looks import Looks
    from studio.ui.models.missing_files import Missing, Offer

_ICON = 40
_WORDS = {"content": "same content", "near": "near name", "chosen": "chosen"}


class MissingRow(Card):
    """Shows a missing file.

    Args:
        looks: Theme and icons.
        missing: The file.

    Attributes:
        offer: What may be meant; ``None``: nothing was found.
        taken: Whether that is used.
        is_there: Whether the file was found at a place where it is looked for, under its own name.
    """

    changed = Signal()
    """It is taken, or no longer."""
    choose_asked = Signal(object)
    """This row: the user wants to say where the file is."""

    def __init__(self, looks: Looks, missing: Missing, parent: QWidget | None = None) -> None:
        super().__init__(looks, parent)
        self.missing = missing
        self.offer: Offer | None = None
        self.taken = False
        self.is_there = False
        self.setAccessibleName(missing.name)
        self.name = ElidedLabel(looks, missing.name, "value")
        self.name.setToolTip(missing.ref.path)
        self.says = ElidedLabel(looks, "looking for it ...", "label", "text.secondary")
        self.browse = IconButton(looks, "ph.folder-open", f"Choose a file for {missing.name}")
        self.browse.clicked.connect(self._ask)
        self.button = Button(looks, "Use it", "link")
        self.button.clicked.connect(self._turn)
        self.button.hide()
        self._arrange()

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.says)
        row = QHBoxLayout(self)
        row.setContentsMargins(_ICON, 8, 12, 8)
        row.setSpacing(self.looks.theme.space("m"))
        row.addLayout(words, 1)
        row.addWidget(self.browse)
        row.addWidget(self.button)

    @property
    def chosen(self) -> FileRef | None:
        """What is used in place of the file."""
        return self.offer.ref if self.offer and self.taken else None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is missing any more."""
        return self.taken or self.is_there

    def show_offer(self, offer: Offer | None, reading: str = "") -> None:
        """Show what may be meant; the same content, and what the user chose, is taken at once."""
        self.offer = offer
        self.taken = offer is not None and offer.how != "near"
        self._reading = reading
        self._say()

    def show_reading(self, reading: str) -> None:
        """Say how far a file is that may have the same content."""
        self.says.setText(reading)

    def show_there(self) -> None:
        """Say that the file was found under its own name."""
        self.is_there, self.offer, self.taken = True, None, False
        self._reading = ""
        self._say()

    def _say(self) -> None:
        self.button.setVisible(self.offer is not None)
        self.button.setText("Undo" if self.taken else "Use it")
        self.button.updateGeometry()
        self.browse.setVisible(not self.is_settled)
        self.says.setText(self._reading or self._sentence())
        self.changed.emit()
        self.update()

    def _sentence(self) -> str:
        if self.is_there:
            return "it is there now"
        if self.offer is None:
            where = f" in {self.missing.kind}" if self.missing.kind else ""
            return f"nothing like it{where}"
        return f"{_WORDS[self.offer.how]}: {PurePosixPath(self.offer.ref.path).name}"

    def _turn(self) -> None:
        self.taken = not self.taken
        self._say()

    def _ask(self) -> None:
        self.choose_asked.emit(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box and how it stands."""
        super().paintEvent(event)
        icon = ("ph.check-circle-fill", "status.success") if self.is_settled else (
            "ph.warning-fill", "status.warning",
        )  # fmt: skip
        place = QRectF(8, 7, 24, self.name.height() + 4)
        paint_icon(QPainter(self), self.looks, place, *icon, 16)
