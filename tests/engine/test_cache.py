"""Results in memory, counted in bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core.values import DiffusionModel, Image, Patch, Sequence
from studio.engine.cache import Cache, size_of, with_keys
from studio.engine.db import Database
from studio.engine.store import Store


def picture(side: int = 16) -> dict[str, Image]:
    return {"image": Image(np.zeros((1, side, side, 3), np.float32))}


def test_the_least_recently_used_leaves_first() -> None:
    cache = Cache(budget=3 * size_of(picture()["image"]))
    for key in "abc":
        cache.keep(key, picture())
    cache.get("a")
    cache.keep("d", picture())
    assert cache.held("abcd") == set("acd")
    assert cache.bytes <= cache.budget


def test_what_is_larger_than_the_budget_is_not_held() -> None:
    cache = Cache(budget=100)
    cache.keep("a", picture())
    assert (len(cache), cache.bytes) == (0, 0)


def test_keeping_again_counts_once() -> None:
    cache = Cache()
    cache.keep("a", picture())
    before = cache.bytes
    cache.keep("a", picture())
    assert cache.bytes == before


def test_the_store_is_asked_and_then_remembered(tmp_path: Path) -> None:
    store = Store(Database(tmp_path))
    store.put("a", picture(), kind="test")
    cache = Cache(store=store)
    assert cache.held(["a", "b"]) == {"a"}
    found = cache.get("a")
    assert found is not None
    assert found["image"].key == "a.image"
    assert "a" in cache
    store.database.close()


@pytest.mark.parametrize("kept", [True, False], ids=["on disk", "in memory"])
def test_a_handle_whose_file_is_another_one_now_is_a_miss(tmp_path: Path, kept: bool) -> None:
    path = tmp_path / "model"
    path.write_text("first")
    outputs = {"model": DiffusionModel(str(path))}
    store = Store(Database(tmp_path / "store")) if kept else None
    cache = Cache(store=store)
    if store:
        store.put("a", outputs, kind="test")
    else:
        cache.keep("a", outputs)
    assert cache.get("a") is not None
    path.rename(tmp_path / "renamed")
    path.write_text("other")
    assert cache.get("a") is None
    if store:
        assert Cache(store=store).get("a") is None
        store.database.close()


def test_a_model_in_a_folder_is_another_one_when_a_file_in_it_is(tmp_path: Path) -> None:
    inner = tmp_path / "unet" / "model.safetensors"
    inner.parent.mkdir()
    inner.write_text("first")
    cache = Cache()
    cache.keep("a", {"model": DiffusionModel(str(tmp_path))})
    inner.write_text("longer")
    assert cache.get("a") is None


def test_a_handle_whose_file_is_gone_is_a_miss(tmp_path: Path) -> None:
    path = tmp_path / "model"
    cache = Cache()
    cache.keep("a", {"model": DiffusionModel(str(path))})
    cache.keep("b", {"images": Sequence((str(path),), ("d",), "m:f")})
    assert (cache.get("a"), cache.get("b")) == (None, None)
    path.touch()
    cache.keep("a", {"model": DiffusionModel(str(path))})
    assert cache.get("a") is not None


def test_a_handle_with_a_patch_of_which_a_file_is_gone_is_a_miss(tmp_path: Path) -> None:
    model, adapter, eye = (tmp_path / name for name in ("model", "adapter", "eye"))
    patch = Patch("ip_adapter", str(adapter), others=(str(eye),))
    cache = Cache()
    for file in (model, adapter):
        file.touch()
    cache.keep("a", {"model": DiffusionModel(str(model), patches=(patch,))})
    assert cache.get("a") is None
    eye.touch()
    cache.keep("a", {"model": DiffusionModel(str(model), patches=(patch,))})
    assert cache.get("a") is not None


def test_sizes_count_arrays_wherever_they_are() -> None:
    image = picture()["image"]
    assert size_of(Sequence((image, image))) >= 2 * image.pixels.nbytes
    assert size_of("x" * 1000) >= 1000


def test_keys_are_put_on_values_alone() -> None:
    made = with_keys("k", {"image": picture()["image"], "count": 3})
    assert (made["image"].key, made["count"]) == ("k.image", 3)
