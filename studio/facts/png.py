"""Texts in PNG files.

Source:
    PNG Specification, third edition, W3C 2025, sections 5 and 11.3.3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator, Mapping

MAGIC = b"\x89PNG\r\n\x1a\n"

_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_SIGNED = b"caBX"
_CHUNKS = 1 << 20


def texts(data: bytes, names: Collection[str], limit: int) -> dict[str, str]:
    """Return the texts of some keywords.

    Args:
        data: A PNG file.
        names: Keywords that are wanted.
        limit: Most bytes of one text after it is unpacked; longer ones count as absent.

    Raises:
        ValueError: The file is damaged before its end.
    """
    found: dict[str, str] = {}
    for kind, start, end in _chunks(data):
        if kind not in _TEXTS:
            continue
        name, _, rest = data[start:end].partition(b"\0")
        keyword = name.decode("latin-1")
        if keyword in names and keyword not in found:
            text = _text(kind, rest, limit)
            if text is not None:
                found[keyword] = text
    return found


def is_signed(data: bytes) -> bool:
    """Tell whether there are content credentials.

    Raises:
        ValueError: The file is damaged before its end.
    """
    return any(kind == _SIGNED for kind, _, _ in _chunks(data))


def with_texts(data: bytes, new: Mapping[str, str]) -> bytes:
    """Return the file with texts set, before its pixels, where all readers find them.

    Text in Latin letters becomes a plain chunk and other text an international one, both
    uncompressed: packed texts over 1 MiB are refused by Pillow.

    Raises:
        ValueError: The file is damaged.
    """
    pieces = [MAGIC]
    placed = False
    for kind, start, end in _chunks(data):
        keyword = data[start:end].partition(b"\0")[0].decode("latin-1")
        if kind in _TEXTS and keyword in new:
            continue
        if kind == b"IDAT" and not placed:
            pieces += [_written(name, text) for name, text in new.items()]
            placed = True
        pieces.append(data[start - 8 : end + 4])
    if not placed:
        raise ValueError("a PNG without pixels")
    return b"".join(pieces)


def _written(name: str, text: str) -> bytes:
    text = text.replace("\0", "")
    keyword = name.encode("latin-1")
    try:
        if name == "wirebrush":
            raise UnicodeError  # one way for our own text, whatever its letters
        return _chunk(b"tEXt", keyword + b"\0" + text.encode("latin-1"))
    except UnicodeError:
        return _chunk(b"iTXt", keyword + b"\0\0\0\0\0" + text.encode("utf-8", "replace"))


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each chunk, and where its content begins and ends."""
    position = len(MAGIC)
    for _ in range(_CHUNKS):
        if position + 12 > len(data):
            raise ValueError("a PNG that ends early")
        length, kind = struct.unpack_from(">I4s", data, position)
        start, end = position + 8, position + 8 + length
        if end + 4 > len(data):
            raise ValueError("a PNG that ends early")
        yield kind, start, end
        if kind == b"IEND":
            return
        position = end + 4
    raise ValueError("a PNG of too many chunks")


def _text(kind: bytes, rest: bytes, limit: int) -> str | None:
    """Return the text behind a keyword, or ``None`` when it is damaged or too long."""
    if kind == b"tEXt":
        return rest.decode("latin-1") if len(rest) <= limit else None
    packed = True
    if kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    else:
        rest = rest[1:]
    content = _unpacked(rest, limit) if packed else rest
    if content is None or len(content) > limit:
        return None
    return content.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")


def _unpacked(content: bytes, limit: int) -> bytes | None:
    """Unpack up to a limit, so that a small file cannot fill the memory."""
    unpacker = zlib.decompressobj()
    try:
        made = unpacker.decompress(content, limit)
    except zlib.error:
        return None
    return made if unpacker.eof else None
