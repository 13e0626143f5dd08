"""Everything that is wrong or odd with the graph, with a way to it and, where there is one, a fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.canvas.state import Selection
from studio.core.errors import Issue
from studio.ui.filter_row import FilterRow
from studio.ui.looks.looks import Looks
from studio.ui.rows import PADDING, Emptiness, RowList, RowPainter, Spot
from studio.ui.session.fixes import placed, seen_to_by

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

ICONS = {
    "error": ("ph.warning-octagon-fill", "status.error"),
    "warning": ("ph.warning-fill", "status.warning"),
    "info": ("ph.info-fill", "status.info"),
}
SEVERITIES = ("All", "Errors", "Warnings", "Hints")
_OF_CHOICE = {"Errors": "error", "Warnings": "warning", "Hints": "info"}
_ICON, _NAME, _BUTTON_PADDING, _BUTTON_GAP = 16, 148, 10, 6


class IssuePainter(RowPainter):
    """Paints issues: severity, node, sentence, fix.

    Args:
        looks: Theme, fonts and icons.
        title_of: Returns what people call the node of an issue.
        fix_of: Returns what one click would do about an issue.
        command_of: Returns the name of the command in which the user decides about an issue.
    """

    def __init__(
        self,
        looks: Looks,
        title_of: Callable[[Issue], str],
        fix_of: Callable[[Issue], str],
        command_of: Callable[[Issue], str],
    ) -> None:
        super().__init__(looks)
        self._title_of, self._fix_of, self._command_of = title_of, fix_of, command_of
        self.forget()

    def forget(self) -> None:
        """Ask again for titles and fixes, since the graph is another one."""
        # Only the rows in sight are asked for: there may be thousands.
        self.title = cache(self._title_of)
        self.fix = cache(self._fix_of)

    def key(self, item: Issue) -> Hashable:
        """Return the issue itself."""
        return item

    def words(self, item: Issue) -> str:
        """Return an issue for the screen reader."""
        return f"{item.severity}, {self.title(item)}: {item.text} {item.fix}"

    def spots(self, rect: QRect, item: Issue) -> list[Spot]:
        """Return the buttons of the fix and of the command, from the left."""
        metrics = QFontMetrics(self.looks.theme.font("label"))
        height = self.looks.theme.size("control")
        right, found = rect.right() - PADDING, list[Spot]()
        for name, words in reversed(self._buttons(item)):
            width = metrics.horizontalAdvance(words) + 2 * _BUTTON_PADDING
            at = QRect(right - width, rect.center().y() - height // 2, width, height)
            found.insert(0, Spot(name, at, item.fix))
            right = at.left() - _BUTTON_GAP
        return found

    def _buttons(self, item: Issue) -> list[tuple[str, str]]:
        """Return what the buttons are called by, and what they say."""
        both = (("command", self._command_of(item)), ("fix", self.fix(item)))
        return [(name, words) for name, words in both if words]

    def paint(self, painter: QPainter, rect: QRect, item: Issue, hot: str) -> None:
        """Paint an issue."""
        icon, role = ICONS[item.severity]
        at = QPoint(rect.left() + PADDING + _ICON // 2, rect.center().y() + 1)
        self.icon(painter, at, icon, role, _ICON)
        left = rect.left() + PADDING + _ICON + 10
        name = QRect(left, rect.top(), min(_NAME, rect.width() // 4), rect.height())
        self.text(painter, name, self.title(item), font="label_strong")
        spots = self.spots(rect, item)
        right = spots[0].rect.left() - 8 if spots else rect.right() - PADDING
        said = QRect(name.right() + 8, rect.top(), 0, rect.height())
        said.setRight(right)
        self.text(painter, said, item.text, color="text.secondary")
        for spot, (_, words) in zip(spots, self._buttons(item), strict=True):
            self._button(painter, spot, words, hot=hot == spot.name)

    def _button(self, painter: QPainter, spot: Spot, words: str, *, hot: bool) -> None:
        theme = self.looks.theme
        painter.setPen(theme.color("border.strong" if hot else "border.default"))
        painter.setBrush(theme.color("bg.hover" if hot else "bg.raised"))
        radius = theme.radius("control")
        painter.drawRoundedRect(spot.rect, radius, radius)
        inside = spot.rect.adjusted(_BUTTON_PADDING, 0, 0, 0)
        self.text(painter, inside, words)


class IssuesPanel(QWidget):
    """Shows the issues of the document in front.

    Args:
        studio: What the window shares.
    """

    count_changed = Signal(int)
    gone_to = Signal(object, str)
    """Document and the expanded id of the node that an issue was about."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._session = studio.session
        self.count = 0
        self._painter = IssuePainter(studio.looks, self._title, self._fix_text, self._command)
        self.list = RowList(self._painter, "Issues", self._emptiness, self)
        self.filter = FilterRow(studio.looks, SEVERITIES, "Filter issues", self._refresh, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filter)
        layout.addWidget(self.list)
        self.setFocusProxy(self.list)
        self.header_widgets: tuple[QWidget, ...] = (self.filter.toggle,)
        self.list.clicked_spot.connect(self._fix)
        self.list.chosen.connect(self.go_to)
        self._session.issues_changed.connect(self._changed)
        studio.documents.current_changed.connect(self._refresh)
        studio.looks.changed.connect(self.list.viewport().update)
        self._refresh()

    def counts(self) -> Counter[str]:
        """Return how many issues there are of each severity."""
        document = self._studio.documents.current
        found = self._session.issues(document) if document else ()
        return Counter(issue.severity for issue in found)

    def go_to(self, issue: Issue) -> None:
        """Show and select the node that an issue is about."""
        document = self._studio.documents.current
        if document is None or not issue.place.node:
            return
        trail, node = trail_of(document, issue.place.node)
        document.go(trail)
        if node in document.scene.nodes:
            document.select(Selection(frozenset([node])), node)
            self.gone_to.emit(document, issue.place.node)

    def _fix(self, issue: Issue, spot: str) -> None:
        document = self._studio.documents.current
        if document and spot == "fix":
            self._session.fix(issue, document)
        elif document:
            self.go_to(issue)
            self._studio.actions.trigger(seen_to_by(issue))

    def _changed(self, document: Document) -> None:
        if document is self._studio.documents.current:
            self._refresh()

    def _refresh(self, *_: object) -> None:
        document = self._studio.documents.current
        issues = self._session.issues(document) if document else ()
        self._painter.forget()
        self.list.show_items([issue for issue in issues if self._fits(issue)])
        if len(issues) != self.count:
            self.count = len(issues)
            self.count_changed.emit(self.count)
        self.list.viewport().update()

    def _title(self, issue: Issue) -> str:
        document, name = self._studio.documents.current, issue.place.node
        if document is None:
            return name
        owner, node = placed(document.graph, name)
        inner = document.graph.graphs[owner].graph if owner else document.graph
        item = inner.nodes.get(node)
        if item is None:
            return name or document.title
        spec = self._session.spec_of(document)(item.type)
        return item.title or (spec.title if spec else item.type)

    def _fix_text(self, issue: Issue) -> str:
        document = self._studio.documents.current
        return self._session.fix_of(issue, document) if document else ""

    def _command(self, issue: Issue) -> str:
        command = seen_to_by(issue)
        return self._studio.actions.action(command).text if command else ""

    def _fits(self, issue: Issue) -> bool:
        if issue.severity != _OF_CHOICE.get(self.filter.choice, issue.severity):
            return False
        words = self.filter.words
        return not words or words in f"{self._title(issue)} {issue.code} {issue.text}".casefold()

    def _emptiness(self) -> Emptiness:
        if self.count:
            return Emptiness("ph.funnel", "Nothing fits the filter", "There are other issues.")
        text = "Everything that can be checked without a run is fine."
        return Emptiness("ph.check-circle", "No issues", text)


def trail_of(document: Document, name: str) -> tuple[tuple[str, ...], str]:
    """Return the way into the sub-graphs that an expanded id names, and the node there."""
    owner, node = placed(document.graph, name)
    if not owner:
        return (), node
    if not name.startswith("graph:"):
        return tuple(name.split("/")[:-1]), node
    users = [key for key, item in document.graph.nodes.items() if item.sub_graph == owner]
    return ((users[0],), node) if users else ((), "")
