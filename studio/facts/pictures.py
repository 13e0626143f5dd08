"""What pictures carry besides pixels: the graph that made them, and A1111 parameters.

Bytes in, bytes out, without decoding a pixel. Our graph is PNG text, or XMP in JPEG and WebP; the
parameters are where others look for them. Files come from anywhere: all reading is bounded, and
what makes no sense counts as absent. A picture that is signed (C2PA) is never touched, because any
change makes the signature say "tampered": its graph goes into a file beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.facts import exif, jpeg, png, webp, xmp

SIDECAR = ".wirebrush.json"
"""Added to the whole name of a picture: ``a.jpg.wirebrush.json``."""

TEXT_LIMIT = 32 << 20
"""Most bytes of a graph in PNG and WebP; Pillow, and all that use it, refuse 64 MiB of text."""
READ_LIMIT = 1 << 30

_GRAPH = "wirebrush"
_PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class Carried:
    """What a picture carries.

    Attributes:
        graph: Text of a saved graph; empty when there is none.
        parameters: A1111 parameters; empty when there are none.
        signed: Whether it has content credentials (C2PA).
    """

    graph: str = ""
    parameters: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Attached:
    """A picture with texts put into it.

    Attributes:
        data: The whole file.
        sidecar: Text of the graph, when the file could not take it; else empty.
    """

    data: bytes
    sidecar: str = ""


def kind_of(data: bytes) -> str:
    """Return ``png``, ``jpeg``, ``webp`` or nothing, by the first bytes."""
    if data.startswith(png.MAGIC):
        return "png"
    if data.startswith(jpeg.MAGIC):
        return "jpeg"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def attach(data: bytes, graph: str, parameters: str = "") -> Attached:
    """Put a graph and parameters into a picture, in place of those it may have.

    Args:
        data: A PNG, JPEG or WebP file.
        graph: Text of a saved graph.
        parameters: A1111 parameters; left out where there is no room for them.

    Returns:
        The new file, and the graph once more when it must go beside: the file is signed, is of
        another kind or is damaged, or the graph is too long for it.
    """
    put = {"png": _into_png, "jpeg": _into_jpeg, "webp": _into_webp}.get(kind_of(data))
    try:
        made = None if put is None or carried(data).signed else put(data, graph, parameters)
    except ValueError:
        made = None
    return Attached(data, graph) if made is None else Attached(made)


def carried(data: bytes) -> Carried:
    """Return what a picture carries; nothing for other and for damaged files."""
    take = {"png": _from_png, "jpeg": _from_jpeg, "webp": _from_webp}.get(kind_of(data))
    try:
        return take(data) if take else Carried()
    except ValueError:
        return Carried()


def read_carried(path: Path) -> Carried:
    """Return what a picture file carries, inside or beside it.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        found = carried(file.read(READ_LIMIT))
    beside = path.with_name(path.name + SIDECAR)
    if found.graph or not beside.is_file() or beside.stat().st_size > 2 * TEXT_LIMIT:
        return found
    return Carried(beside.read_text("utf-8", errors="replace"), found.parameters, found.signed)


# --- PNG ---


def _into_png(data: bytes, graph: str, parameters: str) -> bytes | None:
    if _size(graph) + _size(parameters) > TEXT_LIMIT:
        return None
    texts = {_GRAPH: graph, _PARAMETERS: parameters}
    return png.with_texts(data, {name: text for name, text in texts.items() if text})


def _from_png(data: bytes) -> Carried:
    texts = png.texts(data, (_GRAPH, _PARAMETERS), 2 * TEXT_LIMIT)
    return Carried(texts.get(_GRAPH, ""), texts.get(_PARAMETERS, ""), png.is_signed(data))


# --- JPEG ---


def _into_jpeg(data: bytes, graph: str, parameters: str) -> bytes | None:
    packet = xmp.packet(graph)
    return jpeg.with_segments(data, packet, exif.with_comment(parameters) if parameters else b"")


def _from_jpeg(data: bytes) -> Carried:
    found = jpeg.segments(data)
    return Carried(xmp.graph(found.xmp), exif.comment(found.exif), found.signed)


# --- WebP ---


def _into_webp(data: bytes, graph: str, parameters: str) -> bytes | None:
    if _size(graph) + _size(parameters) > TEXT_LIMIT:
        return None
    comment = exif.with_comment(parameters) if parameters else b""
    return webp.with_chunks(data, xmp.packet(graph), comment)


def _from_webp(data: bytes) -> Carried:
    chunks = webp.chunks(data)
    return Carried(
        xmp.graph(chunks.get(webp.XMP, b"")),
        exif.comment(chunks.get(webp.EXIF, b"")),
        webp.SIGNED in chunks,
    )


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
