"""Offers the documents of a program that died: what was open, when, and how much was not saved."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QWidget

from studio.ui.documents.recovery import Lost, Recovery
from studio.ui.kit.dialog import Dialog
from studio.ui.looks.looks import Looks


class RecoverDialog(Dialog):
    """Recovers or discards what has a tick; the rest is offered again at the next start.

    Args:
        looks: The theme.
        recovery: Opens documents again.
        lost: What was found.
    """

    def __init__(
        self,
        looks: Looks,
        recovery: Recovery,
        lost: Sequence[Lost],
        parent: QWidget | None = None,
    ) -> None:
        several = len(lost) > 1
        super().__init__(
            looks,
            "Recover your work" if several else f"Recover {lost[0].found.head.title}?",
            "Wirebrush did not end in order. These edits were not saved.",
            parent,
        )
        self._recovery = recovery
        self._lost = list(lost)
        self.boxes = [self._box(item) for item in lost]
        self.discard = self.add_button("Discard", "danger", self._discard, left=True)
        self.add_button("Not now", "normal")
        self.recover = self.add_button("Recover", "primary", self._recover)
        for box in self.boxes:
            box.toggled.connect(self._chosen_changed)
        self._chosen_changed()

    @property
    def chosen(self) -> list[Lost]:
        """The documents with a tick."""
        pairs = zip(self._lost, self.boxes, strict=True)
        return [item for item, box in pairs if box.isChecked()]

    def _box(self, item: Lost) -> QCheckBox:
        box = QCheckBox(described(item, time.time()), self)
        box.setChecked(True)
        box.setToolTip(item.found.head.path or "It was never saved.")
        self.body.addWidget(box)
        return box

    def _chosen_changed(self) -> None:
        count = len(self.chosen)
        which = "" if len(self.boxes) == 1 else " all" if count == len(self.boxes) else f" {count}"
        for word, button in (("Recover", self.recover), ("Discard", self.discard)):
            button.setText(word + which)
            button.setEnabled(count > 0)

    def _recover(self) -> None:
        self._recovery.recover(self.chosen)

    def _discard(self) -> None:
        self._recovery.discard(self.chosen)


def described(item: Lost, now: float) -> str:
    """Return a document in one line.

    Args:
        item: The document.
        now: Seconds since 1970.
    """
    head, when = item.found.head, time.localtime(item.found.when)
    edits = "1 edit" if head.edits == 1 else f"{head.edits} edits"
    same = time.strftime("%Y-%m-%d", when) == time.strftime("%Y-%m-%d", time.localtime(now))
    day = "today" if same else time.strftime("on %d %B %Y", when)
    return f"{head.title}: {edits}, last {day} at {time.strftime('%H:%M', when)}"
