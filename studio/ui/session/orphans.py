"""Runs that were interrupted, by a kill or a closed window: offered to be finished."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.core.errors import StudioError
from studio.engine.events import RunRequest
from studio.engine.queue import QueuedRun
from studio.ui.session.running import Running
from studio.ui.session.store_room import StoreRoom
from studio.ui.threads.desk import Desk

if TYPE_CHECKING:
    from studio.ui.documents.documents import Documents
    from studio.ui.messages import Messages


class Orphans:
    """Offers to finish interrupted runs.

    Args:
        room: Keeps the queue.
        desk: A thread for it.
        messages: What is said in passing.
        documents: The open graphs.
        running: Takes the runs that are to be finished.
    """

    def __init__(
        self,
        room: StoreRoom,
        desk: Desk,
        messages: Messages,
        documents: Documents,
        running: Running,
    ) -> None:
        self._room = room
        self._desk = desk
        self._messages = messages
        self._documents = documents
        self._running = running

    def look(self) -> None:
        """Look for them, and offer to finish them."""
        self._desk.do(self._room.orphans, self._offer)

    def _offer(self, found: list[QueuedRun]) -> None:
        if found:
            count = len(found)
            text = "A run was interrupted." if count == 1 else f"{count} runs were interrupted."
            self._messages.say(text, "info", "Finish", partial(self._adopt, found), stays=True)

    def _adopt(self, found: list[QueuedRun]) -> None:
        self._desk.do(partial(self._taken, found), self._resume)

    def _taken(self, found: list[QueuedRun]) -> list[RunRequest] | StudioError:
        try:
            return self._room.adopt(found)
        except StudioError as error:
            return error

    def _resume(self, requests: list[RunRequest] | StudioError) -> None:
        if isinstance(requests, StudioError):
            self._messages.say(f"The runs were not taken up: {requests}", "error")
            return
        self._running.resume_orphans(requests, self._document_of)

    def _document_of(self, request: RunRequest) -> str:
        """Return the id of the open document that a run is of, or nothing."""
        items = self._documents.items
        return next((item.id for item in items if str(item.file) == request.source), "")
