"""Messages as frames."""

from __future__ import annotations

import io
import os
import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.engine.events import NodeProgress, RunRequest, Thumbnail
from studio.engine.messages import Message
from studio.engine.protocol import (
    FRAME_BYTES,
    MESSAGE_BYTES,
    Fetch,
    FrameError,
    Free,
    Reader,
    Writer,
    encode,
)
from tests.counts import count


def through(*messages: Message) -> list[Message]:
    return list(Reader(io.BytesIO(b"".join(frame for item in messages for frame in encode(item)))))


def preview(data: bytes) -> NodeProgress:
    return NodeProgress("run", "sample", 1, 20, preview=Thumbnail(1, 1, data))


@given(st.text(), st.text(), st.binary())
def test_a_message_arrives_as_it_was_sent(run: str, graph: str, pixels: bytes) -> None:
    sent = [RunRequest(run, graph, ("a", "b"), settings={"threads": 2}), preview(pixels)]
    assert through(*sent) == sent


def test_a_large_message_travels_in_small_frames() -> None:
    message = RunRequest("run", "x" * 700_000)
    assert max(map(len, encode(message))) <= FRAME_BYTES
    assert through(message, Free()) == [message, Free()]


def test_a_message_beyond_the_limit_is_refused_by_its_sender() -> None:
    with pytest.raises(FrameError, match="over 67108864"):
        list(encode(RunRequest("run", "x" * MESSAGE_BYTES)))


def test_a_closed_stream_ends_and_a_cut_one_is_an_error() -> None:
    frame = b"".join(encode(Fetch("key", "image")))
    assert Reader(io.BytesIO(b"")).read() is None
    for cut in range(1, len(frame)):
        with pytest.raises(FrameError, match="early"):
            Reader(io.BytesIO(frame[:cut])).read()


@pytest.mark.soak
def test_a_damaged_stream_is_an_error_and_never_another_message() -> None:
    chance = random.Random(7)
    sent = preview(b"pixels")
    good = b"".join(encode(sent))
    for _ in range(count(300, 20_000)):
        bad = bytearray(good)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        try:
            assert Reader(io.BytesIO(bytes(bad))).read() == sent  # only the spare byte may differ
        except FrameError:
            continue


def test_messages_of_several_threads_do_not_mix() -> None:
    read, write = os.pipe()
    with os.fdopen(write, "wb") as sink, os.fdopen(read, "rb") as source:
        writer, reader = Writer(sink), Reader(source)

        def send(name: int) -> None:
            for _ in range(10):
                writer.send(preview(bytes([name]) * 300_000))

        senders = [threading.Thread(target=send, args=(name,)) for name in range(4)]
        for thread in senders:
            thread.start()
        got = [item for _, item in zip(range(40), reader, strict=False)]
        for thread in senders:
            thread.join()
    pixels = [item.preview.data for item in got if isinstance(item, NodeProgress) and item.preview]
    assert sorted(pixels) == [bytes([name]) * 300_000 for name in range(4) for _ in range(10)]
