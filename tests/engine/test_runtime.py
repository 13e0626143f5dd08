"""One call of a node, as the engine sees it."""

from __future__ import annotations

from typing import Any

from studio.engine.cache import Cache
from studio.engine.codec import Codec
from studio.engine.events import Event, NodeWarned
from studio.engine.parts import StoredParts
from studio.engine.runtime import Call, Token


def test_what_all_parts_of_a_node_warn_of_is_reported_once() -> None:
    def unused(*given: Any) -> Any:
        raise AssertionError(given)

    said: list[Event] = []
    parts = StoredParts(Cache(), Codec(), "policy")
    call = Call(
        "run", "node", "Node", "test.node", 1, "0" * 40, Token(), said.append, unused, parts
    )
    for text in ("tile", "tile", "other", "tile"):
        call.warn("W_UNUSED", text)
    assert [event.text for event in said if isinstance(event, NodeWarned)] == ["tile", "other"]
