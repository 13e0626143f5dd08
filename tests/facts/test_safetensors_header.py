from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from studio.core.errors import DamagedFileError, StudioError
from studio.facts import safetensors_header
from studio.facts.families import describe
from studio.facts.header import read_header
from tests.counts import count
from tests.facts.files import entries, framed, safetensors

TENSORS = {"a.weight": ("F16", (4, 3)), "b.weight": ("F32", (5,)), "c": ("U8", ())}


def refused(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    with pytest.raises(DamagedFileError, match=why):
        read_header(file)


def changed(**changes: object) -> bytes:
    table = entries(TENSORS)
    entry = table["a.weight"]
    assert isinstance(entry, dict)
    entry |= changes
    return framed(json.dumps(table).encode(), bytes(45))


def test_a_plain_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(safetensors(TENSORS))
    header = read_header(file)
    assert header.shapes == {"a.weight": (4, 3), "b.weight": (5,), "c": ()}
    assert header.tensors["b.weight"].start == file.stat().st_size - 21


def test_a_header_padded_with_spaces_is_read(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(framed(json.dumps(entries(TENSORS)).encode() + b" " * 50, bytes(45)))
    assert len(read_header(file).tensors) == 3


@pytest.mark.parametrize("missing", [1, 20, 45])
def test_a_truncated_file_is_named(tmp_path: Path, missing: int) -> None:
    refused(tmp_path, safetensors(TENSORS)[:-missing], "interrupted download")


def test_bytes_behind_the_end_are_refused(tmp_path: Path) -> None:
    refused(tmp_path, safetensors(TENSORS) + b"x", "too long")


def test_a_header_beyond_the_limit_or_the_file_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, (2**40).to_bytes(8, "little") + b"{}", "are allowed")
    refused(tmp_path, (2**20).to_bytes(8, "little") + b"{}", "the file has")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"dtype": "F17"}, "unknown number format"),
        ({"shape": [-1]}, "has the shape"),
        ({"shape": [2.5]}, "has the shape"),
        ({"shape": [True]}, "has the shape"),
        ({"shape": [2**60, 2**60]}, "has the shape"),
        ({"shape": [2**40, 2**40, 0], "data_offsets": [0, 0]}, "has the shape"),
        ({"shape": [1] * 100}, "has the shape"),
        ({"shape": "4,3"}, "incomplete"),
        ({"data_offsets": [0]}, "incomplete"),
        ({"data_offsets": [24, 0]}, "needs 24 bytes"),
        ({"data_offsets": [-24, 0]}, "needs 24 bytes"),
        ({"data_offsets": [2**62, 2**62 + 24]}, "begins at"),
        ({"data_offsets": [20, 44]}, "begins at"),
        ({"shape": [4, 4]}, "needs 32 bytes"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(
    tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    refused(tmp_path, changed(**changes), why)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b"{", "no valid JSON"),
        (b'{"a": 1, "a": 2}', "occurs twice"),
        (b'{"a":' + b"[" * 100_000, "no valid JSON"),
        (b'{"\xff": 1}', "no valid JSON"),
        (b'{"\\ud800": {}}', "no valid JSON"),
        (b'{"a": 1}', "incomplete"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "no valid JSON"),
        (b'{"__metadata__": {"a": 1}}', "table of texts"),
        (b'{"__metadata__": []}', "table of texts"),
        (b'{"__metadata__": {"a": "' + b"x" * (5 * 2**20) + b'"}}', "its metadata is larger"),
    ],
)
def test_a_header_that_is_no_table_is_refused(tmp_path: Path, header: bytes, why: str) -> None:
    refused(tmp_path, framed(header, b""), why)


def test_too_many_tensors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safetensors_header, "TENSOR_LIMIT", 2)
    refused(tmp_path, safetensors(TENSORS), "it names 3 tensors; 2 are allowed")


def mutant(source: bytes, chance: random.Random) -> bytes:
    """Return a file with something wrong in its header."""
    raw = bytearray(source)
    end = 8 + int.from_bytes(raw[:8], "little")
    match chance.randrange(6):
        case 0:
            for _ in range(chance.randint(1, 6)):
                raw[chance.randrange(end)] ^= 1 << chance.randrange(8)
        case 1:
            del raw[chance.randrange(len(raw)) :]
        case 2:
            raw[:8] = chance.randrange(2 ** chance.randint(1, 64)).to_bytes(8, "little")
        case 3:
            at = chance.randrange(8, end)
            raw[at:at] = chance.choice([b'"', b"[", b"9" * 30, b"{}", b"\0", b"\xff", b"null"])
        case 4:
            start, stop = sorted((chance.randrange(8, end), chance.randrange(8, end)))
            raw[start:stop] = raw[start:stop][::-1]
        case _:
            digits = [i for i in range(8, end) if chr(raw[i]).isdecimal()]
            raw[chance.choice(digits)] = ord(str(chance.randrange(10)))
    return bytes(raw)


@pytest.mark.soak
def test_mutants_of_a_header_never_surprise_and_are_answered_at_once(tmp_path: Path) -> None:
    chance = random.Random(11)
    source = safetensors(TENSORS, {"modelspec.title": "a title", "x": "y"})
    file = tmp_path / "model.safetensors"
    refusals = 0
    for _ in range(count(600, 3000)):
        file.write_bytes(mutant(source, chance))
        started = time.process_time()
        try:
            describe(read_header(file))
        except StudioError:
            refusals += 1
        assert time.process_time() - started < 1
    assert refusals > count(600, 3000) // 2
