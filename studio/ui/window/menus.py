"""The menus, made of the actions: each is filled when it is first opened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from studio.ui.actions.actions import Actions

ORDER = ("File", "Edit", "View", "Graph", "Run", "Window", "Help")


class Menus:
    """All menus of a window.

    Args:
        actions: Every command, with the menu that it belongs to.
        window: Owns the menus.
    """

    def __init__(self, actions: Actions, window: QWidget) -> None:
        self._actions, self._window = actions, window
        self._menus: dict[str, QMenu] = {}
        self._filled: set[str] = set()
        self._whole: QMenu | None = None
        self.tops = [self.menu(name) for name in ORDER]

    def menu(self, path: str) -> QMenu:
        """Return the menu at a path such as ``File/Export``; its lines come when it opens."""
        if path not in self._menus:
            menu = QMenu(path.rpartition("/")[2], self._window)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(partial(self._fill, path))
            self._menus[path] = menu
        return self._menus[path]

    def whole(self) -> QMenu:
        """Return one menu with all others in it."""
        if self._whole is None:
            self._whole = QMenu(self._window)
            for menu in self.tops:
                self._whole.addMenu(menu)
        return self._whole

    def _fill(self, path: str) -> None:
        """Give a menu its lines, and ask what makes sense now."""
        if path not in self._filled:
            self._filled.add(path)
            self._add_lines(path, self._menus[path])
        self._actions.refresh()

    def _add_lines(self, path: str, menu: QMenu) -> None:
        """Add the actions of a menu; groups that differ in the first part of their ids are parted."""
        before, inner = "", set[str]()
        for action in self._actions.all():
            first = action.id.partition(".")[0]
            if action.menu == path:
                if before and first != before:
                    menu.addSeparator()
                menu.addAction(self._actions.qaction(action.id, menu))
                before = first
            elif action.menu.startswith(f"{path}/"):
                child = f"{path}/{action.menu[len(path) + 1 :].partition('/')[0]}"
                if child not in inner:
                    inner.add(child)
                    menu.addMenu(self.menu(child))
