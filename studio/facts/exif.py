"""The EXIF user comment, where JPEG and WebP files carry A1111 parameters.

Source:
    CIPA DC-008 (Exif 3.0), sections 4.6.2 and 4.6.6; TIFF 6.0, section 2.
"""

from __future__ import annotations

import struct

_DIRECTORY = 0x8769
_COMMENT = 0x9286
_LONG, _UNDEFINED = 4, 7
_ENTRIES = 1000
_CODES = {b"UNICODE\0": "", b"ASCII\0\0\0": "ascii", b"\0\0\0\0\0\0\0\0": "utf-8"}


def with_comment(text: str) -> bytes:
    """Return an EXIF block, from its TIFF header on, that holds one comment."""
    content = b"UNICODE\0" + text.encode("utf-16-be", "surrogatepass")
    first = struct.pack(">HHHIII", 1, _DIRECTORY, _LONG, 1, 26, 0)
    second = struct.pack(">HHHIII", 1, _COMMENT, _UNDEFINED, len(content), 44, 0)
    return b"MM\0*" + struct.pack(">I", 8) + first + second + content


def comment(block: bytes) -> str:
    """Return the comment of an EXIF block, or nothing when there is none or it is damaged."""
    block = block.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return ""
    try:
        (start,) = struct.unpack_from(order + "I", block, 4)
        directory = _entry(block, order, start, _DIRECTORY)
        found = _entry(block, order, directory[1], _COMMENT) if directory else None
    except struct.error:
        return ""
    return _decoded(block[found[1] : found[1] + found[0]], order) if found else ""


def _entry(block: bytes, order: str, start: int, wanted: int) -> tuple[int, int] | None:
    """Return the count and the offset in an entry of a directory."""
    (count,) = struct.unpack_from(order + "H", block, start)
    for index in range(min(count, _ENTRIES)):
        tag, _, size, offset = struct.unpack_from(order + "HHII", block, start + 2 + 12 * index)
        if tag == wanted:
            return size, offset
    return None


def _decoded(content: bytes, order: str) -> str:
    """Read a comment; programs disagree about the byte order of its UTF-16."""
    code = _CODES.get(content[:8])
    if code is None:
        return content.decode("utf-8", "replace").strip("\0")
    if code:
        return content[8:].decode("utf-8", "replace").strip("\0")
    text = content[8:]
    # Western text has a zero in every other byte; which one tells the order.
    little = text[1:400:2].count(0) > text[0:400:2].count(0)
    native = "le" if order == "<" else "be"
    same = text[1:400:2].count(0) == text[0:400:2].count(0)
    return text.decode(f"utf-16-{native if same else 'le' if little else 'be'}", "replace")
