from __future__ import annotations

import io

import pytest

from studio.facts.described import TensorFacts
from studio.facts.pickle_walk import Opaque, WalkError, walk
from tests.tools import evil

STORAGE = evil.row(
    evil.text("storage"),
    evil.name("torch:HalfStorage"),
    evil.text("0"),
    evil.text("cpu"),
    evil.number(6),
)
TENSOR = evil.call(
    evil.name("torch._utils:_rebuild_tensor_v2"),
    STORAGE + b"Q",
    evil.number(0),
    evil.row(evil.number(2), evil.number(3)),
    evil.row(evil.number(3), evil.number(1)),
)


def root(pickled: bytes) -> object:
    return walk(io.BytesIO(b"\x80\x02" + pickled + b".")).root


def test_dicts_lists_texts_and_numbers_are_read() -> None:
    pickled = b"}" + evil.text("a") + b"](K\x01M\x00\x01G?\xf8" + bytes(6) + b"\x8a\x01\xffe" + b"s"
    assert root(pickled) == {"a": [1, 256, 1.5, -1]}


def test_a_tensor_is_described_by_its_shape_and_number_format() -> None:
    assert root(TENSOR) == TensorFacts((2, 3), "F16")


def test_a_parameter_is_its_tensor() -> None:
    wrapped = evil.call(evil.name("torch._utils:_rebuild_parameter"), TENSOR, b"\x88", b"}")
    assert root(wrapped) == TensorFacts((2, 3), "F16")


def test_what_is_asked_for_is_noted_and_not_imported() -> None:
    pickled = b"\x80\x02" + evil.call(evil.name("no.such.module:thing"), b"N") + b"."
    found = walk(io.BytesIO(pickled))
    assert found.asked == {"no.such.module.thing"}
    assert isinstance(found.root, Opaque)


def test_reading_stops_behind_the_end() -> None:
    file = io.BytesIO(b"\x80\x02N.rest")
    walk(file)
    assert file.read() == b"rest"


@pytest.mark.parametrize(
    "pickled",
    [
        b"",
        b"0",
        b"h\x05",
        b"t",
        b"s",
        b"\x85",
        b"X\xff\xff\xff\xff",
        b"X\x02\x00\x00\x00\xff\xff",
        b"Q",
        b"NQ",
        b"\xfe",
        b"\x80",
        b"}(K\x01u",
        b"R",
        evil.name("torch:StrangeStorage"),
        evil.row(evil.text("storage"), evil.name("torch:OddStorage"), evil.text("0"),
                 evil.text("cpu"), evil.number(6)) + b"Q",
    ],
)  # fmt: skip
def test_nonsense_is_an_error_of_its_own_kind(pickled: bytes) -> None:
    with pytest.raises(WalkError):
        walk(io.BytesIO(b"\x80\x02" + pickled))
