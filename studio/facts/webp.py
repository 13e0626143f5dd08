"""Texts in WebP files: RIFF chunks beside the pixels.

Source:
    WebP Container Specification; RFC 6386 section 9.1; RFC 9649.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

EXIF, XMP, SIGNED = b"EXIF", b"XMP ", b"C2PA"

_HAS_ALPHA, _HAS_EXIF, _HAS_XMP = 0x10, 0x08, 0x04
_CHUNKS = 1 << 16
_OURS = b"urn:wirebrush"


def chunks(data: bytes) -> dict[bytes, bytes]:
    """Return the chunks beside the pixels, the first of each kind.

    Raises:
        ValueError: The file is damaged.
    """
    found: dict[bytes, bytes] = {}
    for kind, start, end in _chunks(data):
        if kind in (EXIF, XMP, SIGNED):
            found.setdefault(kind, data[start:end])
    return found


def with_chunks(data: bytes, packet: bytes, block: bytes) -> bytes | None:
    """Return the file with an XMP packet and an EXIF block.

    Args:
        data: A WebP file.
        packet: XMP; takes the place of ours, never of another program's.
        block: EXIF from its TIFF header on; left out when it is empty or the file has one.

    Returns:
        ``None`` when the place of the packet is taken by another program's.

    Raises:
        ValueError: The file is damaged.
    """
    held = chunks(data)
    if held.get(XMP) and _OURS not in held[XMP]:
        return None
    kept = [(kind, data[start:end]) for kind, start, end in _chunks(data) if kind != XMP]
    if kept[0][0] != b"VP8X":
        kept.insert(0, (b"VP8X", _extended(*kept[0])))
    flags = struct.unpack("<I", kept[0][1][:4])[0] | _HAS_XMP
    if block and EXIF not in held:
        kept.append((EXIF, block))
        flags |= _HAS_EXIF
    kept[0] = (b"VP8X", struct.pack("<I", flags) + kept[0][1][4:])
    kept.append((XMP, packet))
    body = b"WEBP" + b"".join(_chunk(kind, content) for kind, content in kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _extended(kind: bytes, content: bytes) -> bytes:
    """Return the header that a file with more than pixels needs, from its pixels."""
    if kind == b"VP8L" and content[:1] == b"\x2f" and len(content) >= 5:
        (bits,) = struct.unpack_from("<I", content, 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = _HAS_ALPHA if bits >> 28 & 1 else 0
    elif kind == b"VP8 " and content[3:6] == b"\x9d\x01\x2a" and len(content) >= 10:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 6))
        flags = 0
    else:
        raise ValueError("a WebP of an unknown kind")
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return struct.pack("<I", flags) + sides


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each chunk, and where its content begins and ends."""
    position = 12
    for count in range(_CHUNKS):
        if position + 8 > len(data):
            if count == 0:
                break
            return
        kind, length = struct.unpack_from("<4sI", data, position)
        start, end = position + 8, position + 8 + length
        if end > len(data):
            break
        yield kind, start, end
        position = end + length % 2
    raise ValueError("a WebP that ends early")
