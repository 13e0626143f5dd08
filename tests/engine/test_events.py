"""Messages survive the trip through JSON."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from studio.engine.events import (
    NodeFinished,
    NodeProgress,
    NodesHeld,
    RunRequest,
    Thumbnail,
    WorkerReady,
    Written,
)
from studio.engine.messages import Message, from_data, kinds, to_data

PICTURE = Thumbnail(1, 1, b"\x01\x02\x03\xff")

SAMPLES: list[Message] = [
    RunRequest("r1", '{"nodes": {}}', ("save",), "/out", settings={"threads": 2}),
    NodesHeld("r1", 3000, (Written("save", "/out/a.png", 2),)),
    NodeProgress("r1", "sample", 3, 20, preview=PICTURE),
    NodeFinished("r1", "sample", "k", {"latent": "Latent"}, PICTURE, seconds=1.5, bytes=16),
    WorkerReady(1, "cpu", "p", ({"id": "x", "inputs": [{"name": "a"}]},)),
]


@pytest.mark.parametrize("message", SAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_survives_json(message: Message) -> None:
    blobs: list[bytes] = []
    data = json.loads(json.dumps(to_data(message, blobs)))
    assert from_data(data, blobs) == message


def test_bytes_are_left_out_where_nobody_takes_them() -> None:
    assert to_data(PICTURE)["data"] is None


def test_unknown_fields_are_ignored() -> None:
    assert from_data({"$": "Heartbeat", "run": "r", "mood": 1}) == from_data(
        {"$": "Heartbeat", "run": "r"}
    )


@pytest.mark.parametrize("data", [{}, {"$": "Nonsense"}, {"$": "NodeProgress", "run": "r"}])
def test_what_is_no_message_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not a message"):
        from_data(data)


def test_every_event_names_its_fields_in_the_docstring() -> None:
    undocumented = [
        f"{kind.__name__}.{item.name}"
        for kind in kinds().values()
        for item in fields(kind)
        if f"{item.name}:" not in (kind.__doc__ or "")
    ]
    assert undocumented == []
