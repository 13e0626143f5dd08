"""Names that no saved file can have are refused where they are typed."""

from __future__ import annotations

import pytest

from studio.core.widgets import Text


@pytest.mark.parametrize(
    "name", ["", "{graph}_{index:04}", "{index}", "{other:x}", "a {b", "{seed}"]
)
def test_tokens_and_other_braces_are_fine(name: str) -> None:
    assert Text(names="file").problem(name) is None


@pytest.mark.parametrize("name", ["{index:zz}", "{index:0400}", "{index:0}", "{seed:04}"])
def test_a_token_that_makes_no_sense_is_told(name: str) -> None:
    assert f"{name} in a name" in str(Text(names="file").problem(f"a_{name}"))


@pytest.mark.parametrize("folder", ["../x", "a/../b", "/tmp", "~/x", "C:\\x", "\\x"])
def test_a_folder_that_leads_out_is_told(folder: str) -> None:
    assert "leads out" in str(Text(names="folder").problem(folder))
    assert Text().problem(folder) is None


def test_an_index_in_a_folder_is_told() -> None:
    assert "only a name" in str(Text(names="folder").problem("a/{index}"))
    assert Text(names="folder").problem("{date}/{graph}") is None
