"""The XMP packet that carries a graph in JPEG and WebP files.

Source:
    ISO 16684-1, XMP data model and serialisation.
"""

from __future__ import annotations

import re
from html import escape  # that of xml.sax imports all of http
from xml.parsers import expat

SPACE = "urn:wirebrush:1"
_GRAPH = f"{SPACE} graph"
_LIMIT = 96 << 20
_FOREIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def packet(text: str) -> bytes:
    """Return a packet with a graph's text, which is JSON."""
    # What XML cannot hold stands only inside the strings of a JSON text, where it may be escaped.
    text = _FOREIGN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    inner = escape(text, quote=False).replace("\r", "&#13;")
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:wirebrush="{SPACE}">'
        f"<wirebrush:graph>{inner}</wirebrush:graph>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode("utf-8", "replace")


def graph(data: bytes) -> str:
    """Return the graph's text in a packet, or nothing; packets with entities are not read."""
    if len(data) > _LIMIT:
        return ""
    reader = _Reader()
    try:
        reader.parse(data)
    except (expat.ExpatError, ValueError):
        return ""
    return "".join(reader.pieces)


class _Reader:
    """Collects the text of our property, whatever prefix another program gave it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._inside = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def parse(self, data: bytes) -> None:
        self._parser.Parse(data, True)

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document type has no place in XMP")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._inside = name == _GRAPH
        if not self.pieces and _GRAPH in attributes:
            self.pieces.append(attributes[_GRAPH])

    def _end(self, name: str) -> None:
        self._inside = False

    def _text(self, text: str) -> None:
        if self._inside:
            self.pieces.append(text)
