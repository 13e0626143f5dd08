"""torch values in the store."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.compute.codec import torch_codec
from studio.compute.thumbnails import thumbnail
from studio.core.errors import TypeMismatchError
from studio.core.values import Conditioning, Latent, Segment
from studio.engine.codec import Codec
from studio.engine.db import Database
from studio.engine.store import Store

pytestmark = pytest.mark.torch

ALIGNMENT = 64


@pytest.mark.parametrize(
    "tensor",
    [
        torch.randn(2, 4, 3, 5),
        torch.randn(2, 4, 3, 5).to(memory_format=torch.channels_last),
        torch.randn(7).bfloat16(),
        torch.randn(3, 3).half().T,
        torch.tensor([True, False]),
        torch.arange(5),
        torch.empty(0, 4),
        torch.tensor(1.5),
        torch.tensor([float("nan"), float("inf"), -0.0]),
    ],
)
def test_tensors_come_back_bit_for_bit(tensor: torch.Tensor, tmp_path: Path) -> None:
    database = Database(tmp_path)
    store = Store(database, torch_codec())
    store.put("a" * 40, {"latent": Latent(tensor, "sd15"), "number": 3}, kind="test")
    assert store.flush()
    found = Store(database, torch_codec()).get("a" * 40)
    database.close()
    assert found
    back = found["latent"].samples
    assert (back.dtype, back.shape) == (tensor.dtype, tensor.shape)
    raw = [item.contiguous().reshape(-1).view(torch.uint8) for item in (back, tensor)]
    assert torch.equal(*raw)
    assert back.data_ptr() % ALIGNMENT == 0


def test_prompts_come_back_whole() -> None:
    codec = torch_codec()
    value = Conditioning(
        (Segment(torch.randn(1, 77, 8), torch.randn(1, 8), 0.25, 0.5),), "sdxl", (1, 2, 3, 4, 5, 6)
    )
    back = codec.decode(codec.encode(value))
    assert (back.family, back.size_ids) == (value.family, value.size_ids)
    assert (back.segments[0].start, back.segments[0].end) == (0.25, 0.5)
    assert torch.equal(back.segments[0].tokens, value.segments[0].tokens)
    pooled = back.segments[0].pooled
    assert value.segments[0].pooled is not None
    assert torch.equal(pooled, value.segments[0].pooled)


def test_a_process_without_torch_knows_that_it_cannot_read_them() -> None:
    encoded = torch_codec().encode(Latent(torch.zeros(1, 4, 2, 2), "sd15"))
    assert not Codec().reads(encoded.header)
    with pytest.raises(TypeMismatchError, match="torch arrays, unknown here"):
        Codec().decode(encoded)


def test_sparse_tensors_are_refused() -> None:
    with pytest.raises(TypeMismatchError, match="sparse"):
        torch_codec().encode(torch.zeros(3, 3).to_sparse())


def test_a_latent_has_a_small_picture() -> None:
    small = thumbnail(Latent(torch.ones(2, 4, 6, 8), "sd15"))
    assert small
    assert (small.width, small.height) == (8, 6)


def test_an_empty_latent_has_no_picture() -> None:
    assert thumbnail(Latent(torch.zeros(2, 4, 6, 8), "sd15")) is None
