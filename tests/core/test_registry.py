"""Node types from packages, folders and packs, with what is broken as data."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from studio.core.define import spec_of
from studio.core.errors import NodeDefinitionError
from studio.core.registry import ENTRY_POINTS, Registry, load_function
from tests import fakes

NODE = '''
from __future__ import annotations
from studio.core.define import node

@node("{id}", category="Test")
def {name}(a: float = 0.0) -> float:
    """Return it.

    Args:
        a: A number.
    """
    return a
'''


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a package with good, broken and nested modules, and return its name."""
    name = f"pack_{tmp_path.name.replace('-', '_')}"
    write(tmp_path / name / "__init__.py", "")
    write(tmp_path / name / "good.py", NODE.format(id="pack.good", name="good"))
    write(tmp_path / name / "broken.py", "import no_such_module_at_all\n")
    write(tmp_path / name / "leaving.py", "raise SystemExit(3)\n")
    write(tmp_path / name / "deep/__init__.py", "")
    write(tmp_path / name / "deep/inner.py", NODE.format(id="pack.inner", name="inner"))
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def test_scanning_finds_nodes_in_all_modules_and_reports_the_broken_ones(pack: str) -> None:
    registry = Registry()
    registry.scan(import_module(pack))
    assert set(registry.specs) == {"pack.good", "pack.inner"}
    assert {failure.module for failure in registry.failures} == {
        f"{pack}.broken",
        f"{pack}.leaving",
    }
    assert all("Traceback" in failure.traceback for failure in registry.failures)


def test_a_pack_cannot_shadow_a_built_in_node() -> None:
    registry = fakes.toy_registry()
    with pytest.raises(NodeDefinitionError, match=r"which tests\.fakes:add has"):
        registry.add(replace(spec_of(fakes.add), pack="p", implementation="evil:add"))
    assert registry.specs["toy.add"] == spec_of(fakes.add)


def test_a_built_in_node_displaces_one_of_a_pack() -> None:
    registry = Registry()
    registry.add(replace(spec_of(fakes.add), pack="p", implementation="evil:add"))
    registry.add(spec_of(fakes.add))
    assert registry.specs["toy.add"] == spec_of(fakes.add)
    assert [failure.module for failure in registry.failures] == ["evil"]


def test_a_former_id_finds_the_node_and_never_hides_another() -> None:
    registry = fakes.toy_registry()
    assert registry.spec("toy.plus") == registry.specs["toy.add"]
    registry.add(replace(spec_of(fakes.blur), id="pack.blur", replaces=("toy.plus", "toy.image")))
    assert registry.spec("toy.plus") == registry.specs["toy.add"]
    assert registry.spec("toy.image") == spec_of(fakes.image)


def test_parameters_are_brought_to_the_present_version() -> None:
    registry = fakes.toy_registry()
    assert registry.migrate("toy.plus", 1, {"x": 1, "z": 2}) == {"a": 1, "z": 2}
    assert registry.migrate("toy.add", 2, {"x": 1}) == {"x": 1}
    assert registry.migrate("who.knows", 1, {"x": 1}) == {"x": 1}


def test_a_migration_that_fails_keeps_the_parameters_and_is_reported() -> None:
    registry = fakes.toy_registry()
    registry.add(replace(spec_of(fakes.image), version=2, id="toy.worse"))
    registry.add_migration(replace(fakes._add_1.__node_migration__, id="toy.worse", change=fail))  # type: ignore[attr-defined]  # attached by the decorator
    assert registry.migrate("toy.worse", 1, {"x": 1}) == {"x": 1}
    assert "KeyError" in registry.failures[-1].text


def fail(params: dict[str, object]) -> dict[str, object]:
    raise KeyError("gone")


def test_the_users_folder_is_scanned_with_the_digest_of_each_file(tmp_path: Path) -> None:
    write(tmp_path / "mine.py", NODE.format(id="my.node", name="mine"))
    write(tmp_path / "bad.py", "1 / 0\n")
    registry = Registry()
    registry.scan_folder(tmp_path)
    spec = registry.specs["my.node"]
    assert len(spec.pack) == 64
    assert load_function(spec)(3.0) == 3.0
    assert [failure.text for failure in registry.failures] == [
        "ZeroDivisionError: division by zero"
    ]


def test_nodes_of_packs_run_as_only_the_computing_process_may_call_them(tmp_path: Path) -> None:
    folding = NODE.replace('"Test"', '"Test", folds=True')
    write(tmp_path / "mine.py", folding.format(id="my.literal", name="mine"))
    ours, packs = Registry(), Registry()
    packs.scan_folder(tmp_path)
    ours.collect(sys.modules["wirebrush_user.mine"])
    assert (ours.specs["my.literal"].folds, packs.specs["my.literal"].folds) == (True, False)


def test_installed_packs_are_found_by_their_entry_points(pack: str, tmp_path: Path) -> None:
    listed = f"[{ENTRY_POINTS}]\nmine = {pack}\ngone = no_such_pack_at_all\n"
    write(tmp_path / "mine-1.0.dist-info/entry_points.txt", listed)
    write(tmp_path / "mine-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mine\n")
    registry = Registry()
    registry.scan_entry_points()
    assert {len(registry.specs[name].pack) for name in ("pack.good", "pack.inner")} == {64}
    assert "no_such_pack_at_all" in [failure.module for failure in registry.failures]


def test_functions_are_found_by_their_spec() -> None:
    assert load_function(spec_of(fakes.add)) is fakes.add
    with pytest.raises(NodeDefinitionError, match="there is no function"):
        load_function(replace(spec_of(fakes.add), implementation="tests.fakes:gone"))


def test_scanning_the_nodes_imports_nothing_heavy_and_finds_no_fault() -> None:
    code = """
import sys
import nodes
from studio.core.registry import Registry
registry = Registry()
registry.scan(nodes)
registry.scan_entry_points()
heavy = {"numpy", "torch", "PIL", "cv2", "diffusers", "transformers", "safetensors", "asyncio"}
print(sorted(heavy & set(sys.modules)), registry.failures)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] ()"
