"""Node types of packs in the window, which has their specs and not their code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from studio.core.graph import Graph, Node
from studio.core.registry import Registry
from studio.core.spec import spec_from_data
from studio.engine.fingerprint import Fingerprints
from studio.roots import Roots
from studio.ui.session.checks import Surroundings, judge

PACK = '''
from __future__ import annotations
from studio.core.define import node

@node("pack.seven", category="Test", folds=True)
def seven() -> int:
    """Return seven."""
    return 7
'''


def test_a_literal_of_a_pack_is_judged_without_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seven.py").write_text(PACK, "utf-8")
    worker, window = Registry(), Registry()
    worker.scan_folder(tmp_path)
    monkeypatch.delitem(sys.modules, "wirebrush_user.seven")
    window.add(spec_from_data(worker.specs["pack.seven"].as_data()))
    around = Surroundings(
        window, Roots(()), Fingerprints(), lambda keys: {}, None, tmp_path, "fake"
    )
    verdict = judge(Graph({"n": Node("pack.seven")}), around)
    assert verdict.key("n")
    assert verdict.jobs["n"].error is None
