"""The rules of the house that a machine can check."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.file_sizes import too_long

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"torch", "diffusers", "transformers", "numpy", "cv2", "PIL", "safetensors", "PySide6"}


def modules_after(code: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter holds after some code."""
    tail = "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_no_file_is_too_long() -> None:
    assert too_long() == []


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "code",
    [
        "import studio.cli",
        "from studio.core.registry import Registry; import nodes; Registry().scan(nodes)",
        "import studio.core.document, studio.core.check, studio.core.graph",
        "import studio.engine.client, studio.engine.protocol",
        "import studio.settings, studio.roots, studio.files",
    ],
)
def test_light_things_import_nothing_heavy(code: str) -> None:
    assert modules_after(code) & HEAVY == set()


def test_weights_are_opened_in_one_place() -> None:
    door = re.compile(r"torch\.load\(|pickle\.loads?\(|from_single_file|trust_remote_code")
    found = [
        path.relative_to(ROOT).as_posix()
        for place in ("studio", "nodes")
        for path in (ROOT / place).rglob("*.py")
        if door.search(path.read_text("utf-8"))
    ]
    assert found == ["studio/diffusion/weights.py"]


def test_the_gate_calls_the_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = [line for line in readme.splitlines() if "python -m pytest" in line]
    assert len(commands) == 1
    assert "grep -m1 'python -m pytest' README.md" in (ROOT / ".ci/run").read_text("utf-8")


def test_constraints_name_one_version_of_everything_installed() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines)
    assert len({line.partition("==")[0].lower() for line in lines}) == len(lines)
