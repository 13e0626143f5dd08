"""Networks for hints among the models."""

from __future__ import annotations

from pathlib import Path

from studio.core.registry import Registry
from studio.paths import Paths
from studio.roots import roots
from studio.settings import Settings
from studio.ui.models.model_list import facts_of, list_models, loader_of
from tests.tiny_onnx import Op, write


def test_annotators_are_listed_as_files_and_folders(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data", tmp_path / "cache", tmp_path / "resources")
    place = paths.models / "annotators"
    (place / "deep" / "v2").mkdir(parents=True)
    (place / "deep" / "v2" / "preprocessor_config.json").write_text("{}", "utf-8")
    (place / "deep" / "v2" / "model.safetensors").write_bytes(b"")
    write(place / "a.onnx", [Op("Abs", "x", "y")], {"x": (1,)}, {"y": (1,)})
    found = {entry.ref.path: entry for entry in list_models(roots(paths, Settings()))}
    assert list(found) == ["annotators/a.onnx", "annotators/deep/v2"]
    facts = facts_of(found["annotators/a.onnx"])
    assert (facts.family, facts.problem) == ("an ONNX network", "")


def test_annotators_are_dropped_as_the_nodes_that_take_them() -> None:
    import nodes

    registry = Registry()
    registry.scan(nodes)
    assert loader_of(registry, "annotators") == ("control.depth", "file")
