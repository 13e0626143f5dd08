"""Texts in JPEG files: the segments before the pixels.

Source:
    ITU-T T.81 annex B; Adobe XMP Specification part 3, 1.1.3; C2PA 2.1, A.3.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\xff\xd8\xff"

_APP1, _APP11 = 0xE1, 0xEB
_SCAN, _END = 0xDA, 0xD9
_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MOST = 65533
_OURS = b"urn:wirebrush"


@dataclass(frozen=True, slots=True)
class Segments:
    """What the segments of a file hold.

    Attributes:
        xmp: The first XMP packet.
        exif: The first EXIF block, from its TIFF header on.
        signed: Whether there are content credentials.
    """

    xmp: bytes = b""
    exif: bytes = b""
    signed: bool = False


def segments(data: bytes) -> Segments:
    """Return what the segments hold.

    Raises:
        ValueError: The file is damaged before its pixels.
    """
    packet = block = b""
    signed = False
    for marker, start, end in _segments(data):
        content = data[start:end]
        if marker == _APP1 and content.startswith(_XMP):
            packet = packet or content[len(_XMP) :]
        elif marker == _APP1 and content.startswith(_EXIF):
            block = block or content[len(_EXIF) :]
        elif marker == _APP11:
            signed |= b"jumb" in content[:64] or b"c2pa" in content[:256]
    return Segments(packet, block, signed)


def with_segments(data: bytes, packet: bytes, block: bytes) -> bytes | None:
    """Return the file with an XMP packet and an EXIF block.

    Args:
        data: A JPEG file.
        packet: XMP; takes the place of ours, never of another program's.
        block: EXIF from its TIFF header on; left out when it is empty, does not fit, or the file
            has one.

    Returns:
        ``None`` when the packet does not fit, or its place is taken by another program's.

    Raises:
        ValueError: The file is damaged.
    """
    held = segments(data)
    foreign = held.xmp and _OURS not in held.xmp
    if foreign or len(_XMP) + len(packet) > _MOST:
        return None
    new = b""
    if block and not held.exif and len(_EXIF) + len(block) <= _MOST:
        new += _segment(_EXIF + block)
    new += _segment(_XMP + packet)
    pieces, last, place = [data[:2]], 2, 0
    for marker, start, end in _segments(data):
        if marker == _APP1 and data[start:end].startswith(_XMP):
            pieces.append(data[last : start - 4])
            last = end
        elif marker == 0xE0 and not place:  # JFIF stays first
            pieces.append(data[last:end])
            last, place = end, len(pieces)
    pieces.append(data[last:])
    pieces.insert(place or 1, new)
    return b"".join(pieces)


def _segment(content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, _APP1, len(content) + 2) + content


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the marker of each segment before the pixels, and where its content is."""
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            raise ValueError("a JPEG with something between its segments")
        marker = data[position + 1]
        if marker == 0xFF:  # padding
            position += 1
            continue
        if marker in (_SCAN, _END):
            return
        (length,) = struct.unpack_from(">H", data, position + 2)
        end = position + 2 + length
        if length < 2 or end > len(data):
            break
        yield marker, position + 4, end
        position = end
    raise ValueError("a JPEG that ends early")
