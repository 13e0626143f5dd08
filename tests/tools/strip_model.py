"""Write the header of a weights file as a fixture: names, shapes, number formats, metadata.

python -m tests.tools.strip_model FILE > tests/data/headers/NAME.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from studio.facts.described import Header, TensorFacts
from studio.facts.header import read_header


def text_of(header: Header) -> str:
    """Return a header as JSON, one tensor a line, as ``F16 320x4x3x3``."""
    tensors = {
        name: f"{facts.dtype} {'x'.join(map(str, facts.shape))}".strip()
        for name, facts in header.tensors.items()
    }
    found = {"format": header.format, "metadata": dict(header.metadata), "tensors": tensors}
    return json.dumps(found, indent=0, ensure_ascii=False) + "\n"


def header_of(path: Path) -> Header:
    """Return a fixture as the header that it was made from."""
    found = json.loads(path.read_text("utf-8"))
    tensors = {name: _facts(text) for name, text in found["tensors"].items()}
    return Header(path, found["format"], tensors, found["metadata"])


def from_shapes(tensors: Mapping[str, tuple[int, ...]], dtype: str = "F16") -> Header:
    """Return the header of a safetensors file of these shapes."""
    facts = {name: TensorFacts(tuple(shape), dtype) for name, shape in tensors.items()}
    return Header(Path("model.safetensors"), "safetensors", facts)


def _facts(text: str) -> TensorFacts:
    dtype, _, shape = text.partition(" ")
    return TensorFacts(tuple(int(length) for length in shape.split("x") if length), dtype)


if __name__ == "__main__":
    sys.stdout.write(text_of(read_header(sys.argv[1])))
