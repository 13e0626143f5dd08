"""Messages between the front end and a computing process, as bytes and back.

A message of `studio.engine.messages` travels as one or more frames of at most 256 KiB, each with
its length and a checksum, so that a damaged stream is an error that says so and never a wrong
message. Values never travel here: they lie in the store, and `Fetched` says where.
"""

from __future__ import annotations

import json
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from studio.core.errors import RunError
from studio.engine.events import Event
from studio.engine.messages import Message, from_data, to_data
from studio.paths import Paths

MAGIC = b"WB"
FRAME_BYTES = 256 * 1024
MESSAGE_BYTES = 64 * 1024 * 1024
_FRAME = struct.Struct("<2sBxII")  # magic, whether more follows, length, CRC-32 of the payload
_HEADER = struct.Struct("<I")  # length of the JSON values; the bytes follow them
_ROOM = FRAME_BYTES - _FRAME.size


class FrameError(RunError):
    """The stream between two processes is damaged."""

    code = "E_FRAME"


@dataclass(frozen=True)
class Configure(Message):
    """What a worker needs to know before anything else; the first request.

    Attributes:
        data: Folder of settings, models and node packs.
        cache: Folder of the store.
        resources: Folder of what ships with the program.
        settings: Settings by name that differ from those in the settings file.
        packs: Whether third-party packs are loaded, which runs their code.
        store: Whether the store is opened; without it nothing outlives the worker.
    """

    data: str
    cache: str
    resources: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    packs: bool = True
    store: bool = True

    @classmethod
    def of(cls, paths: Paths, **settings: Any) -> Configure:
        """Say the folders of an installation, and settings that differ from its file."""
        return cls(str(paths.data), str(paths.cache), str(paths.resources), settings)

    @property
    def paths(self) -> Paths:
        """The folders as they were said."""
        return Paths(Path(self.data), Path(self.cache), Path(self.resources))


@dataclass(frozen=True)
class Fetch(Message):
    """Asks where a value lies; a value that was in memory alone is stored first.

    Attributes:
        key: Key of the result.
        output: Name of the output.
    """

    key: str
    output: str


@dataclass(frozen=True)
class Free(Message):
    """Asks for the device's memory back: the pool lets go of what is not in use."""


@dataclass(frozen=True)
class Specs(Message):
    """Asks for `WorkerReady` once more."""


@dataclass(frozen=True)
class Place(Message):
    """Where an array lies.

    Attributes:
        path: File.
        offset: First byte.
        dtype: Name as in safetensors.
        shape: Its size along each axis.
    """

    path: str
    offset: int
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Fetched(Event):
    """Answers `Fetch`.

    Attributes:
        key: Key of the result.
        output: Name of the output.
        held: Whether the store has the result.
        places: Its arrays; none when they are small and lie in the database.
    """

    key: str
    output: str
    held: bool
    places: tuple[Place, ...] = ()


def encode(message: Message) -> Iterator[bytes]:
    """Return the frames of a message.

    Raises:
        FrameError: The message is beyond 64 MiB; values travel through the store, not here.
    """
    blobs: list[bytes] = []
    data = to_data(message, blobs)
    header = json.dumps([data, [len(blob) for blob in blobs]], separators=(",", ":")).encode()
    whole = b"".join([_HEADER.pack(len(header)), header, *blobs])
    if len(whole) > MESSAGE_BYTES:
        raise FrameError(
            f"a {type(message).__name__} of {len(whole)} bytes is over {MESSAGE_BYTES}",
            fix="make the graph smaller, or keep large things in files",
        )
    for start in range(0, len(whole), _ROOM):
        part = whole[start : start + _ROOM]
        more = start + _ROOM < len(whole)
        yield _FRAME.pack(MAGIC, more, len(part), zlib.crc32(part)) + part


def decode(whole: bytes) -> Message:
    """Return the message that joined payloads hold.

    Raises:
        FrameError: They hold none.
    """
    try:
        (length,) = _HEADER.unpack_from(whole)
        data, sizes = json.loads(whole[_HEADER.size : _HEADER.size + length])
        return from_data(data, _cut(whole[_HEADER.size + length :], sizes))
    except (struct.error, ValueError, TypeError, AttributeError, RecursionError) as wrong:
        raise FrameError(f"a message cannot be read ({wrong})") from wrong


def _cut(body: bytes, sizes: list[int]) -> list[bytes]:
    if sum(sizes) != len(body):
        raise ValueError(f"{len(body)} bytes follow instead of {sum(sizes)}")
    blobs, start = [], 0
    for size in sizes:
        blobs.append(body[start : start + size])
        start += size
    return blobs


class Writer:
    """Sends messages; safe from several threads.

    Args:
        stream: Where the bytes go.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Send one message whole.

        Raises:
            FrameError: The message is too large.
            OSError: The other side is gone.
        """
        frames = list(encode(message))
        with self._lock:
            for frame in frames:
                self._stream.write(frame)
            self._stream.flush()


class Reader:
    """Receives messages.

    Args:
        stream: Where the bytes come from.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self) -> Message | None:
        """Wait for the next message; ``None`` when the other side has closed.

        Raises:
            FrameError: The stream is damaged or ends inside a message.
        """
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            head = self._exactly(_FRAME.size, may_end=not parts)
            if not head:
                return None
            more, part = self._payload(head)
            parts.append(part)
            size += len(part)
            if size > MESSAGE_BYTES:
                raise FrameError(f"a message is over {MESSAGE_BYTES} bytes")
        return decode(b"".join(parts))

    def __iter__(self) -> Iterator[Message]:
        """Go through the messages until the other side closes."""
        while (message := self.read()) is not None:
            yield message

    def _payload(self, head: bytes) -> tuple[bool, bytes]:
        magic, more, length, checksum = _FRAME.unpack(head)
        if magic != MAGIC or more > 1 or length > _ROOM:
            raise FrameError(f"a frame begins with {head.hex()}, which is no frame of ours")
        part = self._exactly(length)
        if zlib.crc32(part) != checksum:
            raise FrameError(f"a frame of {length} bytes does not match its checksum")
        return bool(more), part

    def _exactly(self, size: int, *, may_end: bool = False) -> bytes:
        """Read so many bytes; nothing only when the stream may end here."""
        parts: list[bytes] = []
        left = size
        while left:
            part = self._stream.read(left)
            if not part:
                if may_end and left == size:
                    return b""
                raise FrameError(f"the stream ends {left} bytes early")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
