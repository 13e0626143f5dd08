"""The canvas: one widget that paints a graph and turns what Qt hears into gestures.

What is where is asked of `studio.canvas.scene`, what a gesture means of `studio.canvas.tools`, how it
looks of `studio.ui.canvas.painter`; here events are passed on, and no graph is ever kept.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.canvas.fits import End
from studio.canvas.state import NOTHING, Camera, Hit, Point, Selection
from studio.canvas.tools import tool_for
from studio.canvas.tools.base import Pointer, Tool
from studio.canvas.tools.gestures import Gestures
from studio.canvas.tools.view import wheeled
from studio.ui.canvas import accessible, drops, menus, opening
from studio.ui.canvas.adding import Adding
from studio.ui.canvas.editor import Editors
from studio.ui.canvas.events import CURSORS, HeldKeys, button_of, pixel_of, pointer_of, turn_of
from studio.ui.canvas.finding import FindBar
from studio.ui.canvas.view import CanvasView
from studio.ui.documents.document import Document
from studio.ui.studio import Studio


class CanvasWidget(CanvasView):
    """Shows the graph of one document at a time, and lets the user work on it.

    Args:
        studio: Everything that exists once.
        document: What is shown first.
        parent: Who it belongs to.

    Attributes:
        held: Keys that are held for a gesture.
        editors: The one editor over a value.
        adding: The search for a new node.
        finder: The bar that finds nodes.
        target: What a context menu was opened on.
    """

    hint = Signal(str)
    """What the pointer can do; for the status bar."""
    node_opened = Signal(str)
    """A node, by its expanded id, whose result is to be shown."""

    def __init__(
        self, studio: Studio, document: Document | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(studio, parent)
        accessible.install()
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.target = NOTHING
        self.held = HeldKeys()
        self.editors = Editors(studio, self)
        self.adding = Adding(studio, self)
        self.finder = FindBar(studio, self)
        self._pointer: Pointer | None = None
        self._jumping = False
        self._connect()
        self.set_document(document)

    def _connect(self) -> None:
        self.stage.hinted.connect(self.hint)
        self.stage.focused.connect(self._tell_focus)
        self.stage.asked.connect(self.adding.ask)
        self.stage.opened.connect(self.open)
        self.shown_changed.connect(self.editors.follow)
        self.hand.changed.connect(self._follow_hand)
        self.studio.actions.changed.connect(self._read_gestures)
        self._read_gestures()
        self.studio.actions.attach(self, "canvas")

    # --- What others ask ---

    def set_document(self, document: Document | None) -> None:
        """Show another document, or none."""
        self.leave_everything()
        self.painter.forget(None)
        self.stage.set_document(document)
        self.setEnabled(document is not None)

    def show_node(self, node: str, name: str = "") -> None:
        """Go to a node, and to one of its parameters.

        Args:
            node: Expanded id, such as ``poster/frame``.
            name: Of the parameter; empty: none.
        """
        if self.document is None:
            return
        *trail, key = node.split("/")
        if tuple(trail) != self.document.trail:
            self.document.go(tuple(trail))
        if key in self.scene.graph.nodes:
            self.document.select(Selection(frozenset({key})), key)
            self.fit([key])
            self.setFocus()
            if name and self.scene.layout(key).row(name):
                self.editors.open_field(key, name)

    def leave_everything(self) -> None:
        """End the gesture without a trace, and close what is open over the canvas."""
        self.hand.cancel()
        self.held.forget()
        self.editors.close()
        self.adding.close()
        while self.keys.escape():
            pass

    def cancel(self) -> None:
        """Go back one step: the gesture, what the keyboard was at, the selection."""
        self.held.armed.clear()
        if self.finder.isVisible():
            self.finder.hide()
        elif not self.hand.cancel() and not self.keys.escape():
            self.stage.select(Selection())

    def enter(self) -> None:
        """Go a step further by keyboard: put down, into the node, to a link, into a field."""
        end = self.keys.socket
        if self.hand.carries:
            self.hand.release(self.pointer())
        elif end and not self.keys.linking and self._is_typed(end):
            self.editors.open_field(end.node, end.name)
        else:
            self.keys.enter()

    def _is_typed(self, end: End) -> bool:
        row = self.scene.layout(end.node).row(end.name) if end.side == "input" else None
        return row is not None and not row.linked

    def leave(self) -> None:
        """Give the keyboard to the next panel."""
        self.focusNextChild()

    def take_tool(self, tool: Tool) -> None:
        """Begin a gesture that goes on without a button, where the pointer is."""
        self.hand.press(tool, self.pointer(), carried=True)

    def pointer(self) -> Pointer:
        """Return where the pointer is; the middle while it is elsewhere."""
        pixel = self.mapFromGlobal(self.cursor().pos())
        at = pixel if self._pointer is None else QPoint(*map(round, self._pointer.pixel))
        if not self.rect().contains(at):
            at = self.rect().center()
        place = (float(at.x()), float(at.y()))
        return Pointer(self.camera.to_canvas(place), place)

    # --- Gestures ---

    def _read_gestures(self) -> None:
        keymap = self.studio.actions.keymap
        self._gestures = Gestures.read(keymap.gestures if keymap else {})

    def _tell_focus(self) -> None:
        accessible.tell_focus(self)

    def _follow_hand(self) -> None:
        tool = self.hand.tool
        self._repaint_overlay()
        self.setCursor(CURSORS[tool.cursor if tool else "arrow"])
        self.hint.emit(tool.hint if tool else "")
        if tool is None:
            self.refresh.painted()

    def _hover(self, pointer: Pointer) -> None:
        hit = self.scene.hit(pointer.at, self.camera.zoom)
        self.stage.hover(hit)
        self.setCursor(CURSORS[menus.cursor_over(hit)])
        self.hint.emit(menus.hint_over(hit))

    def open(self, hit: Hit) -> None:
        """Open what was clicked: an editor, a sub-graph, a result, the fix of an issue."""
        opening.open_hit(self, hit)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self._press(event, 1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture with the second click."""
        self._press(event, 2)

    def _press(self, event: QMouseEvent, clicks: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.show_focus(False)
        self.editors.close()
        self.hand.flush()
        self.target = NOTHING
        button = button_of(event)
        pointer = pointer_of(event, self.camera, self.held, button, clicks)
        self.held.used()
        self._pointer = pointer
        if not button or self.hand.tool:
            self._press_while_busy(pointer)
            return
        if self.shows_minimap and self.minimap_rect().contains(event.position().toPoint()):
            self._jump(pointer)
            return
        while self.keys.escape():
            pass
        hit = self.scene.hit(pointer.at, self.camera.zoom)
        kind = tool_for(hit, pointer, self._gestures)
        if kind:
            self.hand.press(kind(self.stage, hit), pointer)

    def _press_while_busy(self, pointer: Pointer) -> None:
        """Put down what hangs on the pointer; the right button lets go of any gesture."""
        if pointer.button == "right":
            self.hand.cancel()
        elif self.hand.carries and pointer.button == "left":
            self.hand.release(pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        tool = self.hand.tool
        button = tool.pressed.button if tool else ""
        self._pointer = pointer_of(event, self.camera, self.held, button)
        if tool is None and self._jumping:
            self._jump(self._pointer)
        else:
            self.hand.move(self._pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a gesture; without one, the right button opens the menu."""
        self._jumping = False
        button = button_of(event)
        pointer = pointer_of(event, self.camera, self.held, button)
        self.hand.flush()
        tool = self.hand.tool
        if tool is None:
            if button == "right":
                self._open_menu(pointer, event.globalPosition().toPoint())
        elif not self.hand.carries and tool.pressed.button == button:
            self.held.armed.clear()
            self.hand.release(pointer)

    def leaveEvent(self, event: QEvent) -> None:
        """Let nothing be under the pointer."""
        self._pointer = None
        if self.hand.tool is None:
            self.stage.hover(NOTHING)
            self.hint.emit("")

    def _jump(self, pointer: Pointer) -> None:
        """Go to the place in the minimap."""
        self._jumping = True
        at = self.painter.minimap_point(self.scene, self.frame(), pointer.pixel)
        if at:
            wide, high = self.width() / self.camera.zoom, self.height() / self.camera.zoom
            self.stage.look(Camera(at[0] - wide / 2, at[1] - high / 2, self.camera.zoom))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of what the keyboard is at; the pointer's comes with its release."""
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            return
        focus = self.stage.state.focus
        hit = Hit("header", focus) if focus else NOTHING
        rect = self.scene.rect(focus) if focus else None
        at = self.camera.to_widget(rect[:2]) if rect else (self.width() / 2, self.height() / 2)
        self._popup(hit, self.mapToGlobal(QPoint(round(at[0]), round(at[1]))))

    def _open_menu(self, pointer: Pointer, at: QPoint) -> None:
        self._popup(self.scene.hit(pointer.at, self.camera.zoom), at)

    def _popup(self, hit: Hit, at: QPoint) -> None:
        self.stage.select(menus.chosen_for(hit, self.stage.state.selection))
        self.target = hit
        menu = menus.menu_for(hit, self)
        menu.popup(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer, or pan."""
        turn = turn_of(event, str(self.studio.preferences.value("pointer")))
        pixel = pixel_of(event.position())
        if turn.kind == "zoom":
            self._look_while_busy(wheeled(self.camera, pixel, turn.notches), pixel)
        else:
            self._look_while_busy(self.camera.panned(turn.push), pixel)
        event.accept()

    def _look_while_busy(self, camera: Camera, pixel: Point) -> None:
        """Look elsewhere; a gesture goes on where the pointer is then."""
        self.stage.look(camera)
        tool = self.hand.tool
        held = self.held.names
        button = tool.pressed.button if tool else ""
        self.hand.move(Pointer(self.camera.to_canvas(pixel), pixel, button, held))

    # --- Keys ---

    def event(self, event: QEvent) -> bool:
        """Hear Tab, which Qt keeps for moving on, and pinching."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if self._is_tab(event) and self._tap("Tab"):
                return True
        elif isinstance(event, QNativeGestureEvent) and self._pinch(event):
            return True
        return super().event(event)

    def _is_tab(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        return event.key() == Qt.Key.Key_Tab and plain

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        pixel = pixel_of(event.position())
        self._look_while_busy(self.camera.zoomed(pixel, 1 + event.value()), pixel)
        return True

    def _tap(self, chord: str) -> bool:
        """Do what a key means that Qt's shortcuts leave to the canvas."""
        return self.studio.actions.trigger(self.studio.actions.at(chord, "canvas"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hold Space or X for a gesture."""
        if event.isAutoRepeat() and self.held.keys:
            return
        if not self.held.press(event.key(), event.modifiers()):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Take a tap of Space for what the keymap says."""
        if event.isAutoRepeat():
            return
        tapped = self.held.release(event.key())
        if tapped:
            self._tap(tapped)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is, if it came here by keys."""
        reasons = Qt.FocusReason
        by_keys = (reasons.TabFocusReason, reasons.BacktabFocusReason, reasons.ShortcutFocusReason)
        self.show_focus(event.reason() in by_keys)  # Qt's own would paint everything at each click

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take held keys for released, for nobody will tell."""
        self.held.forget()
        self.show_focus(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave nothing running."""
        self.leave_everything()
        self.close_view()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """End the gesture when the window is left."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.hand.cancel()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show everything when there is room for the first time."""
        self.stage.resized()
        self.finder.place()

    # --- Drag and drop ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what can be dropped here."""
        drops.welcome(self, event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show what a drop would do."""
        drops.follow(self, event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget it."""
        self.stage.hover(NOTHING)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the node, or open the file."""
        drops.drop(self, event)
