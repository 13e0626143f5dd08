"""The command line as a whole: help, usage, the manual."""

from __future__ import annotations

import json
import re

import pytest

from studio.cli import main
from studio.cli.codes import FAILED, MISSING, USAGE, exit_code
from studio.cli.parser import COMMANDS, files_for_window
from studio.core.errors import ISSUES, WARNINGS, all_errors


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("run", "check", "nodes", "cache", "queue", "open"))


def test_without_a_screen_the_window_says_what_works_without_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert main([]) == FAILED
    assert "wirebrush run GRAPH" in capsys.readouterr().err


@pytest.mark.parametrize("given", [[], ["a.json"], ["a.png", "b.json"], ["folder/a.json"]])
def test_files_and_nothing_open_the_window(given: list[str]) -> None:
    assert files_for_window(given)


@pytest.mark.parametrize("given", [["run", "a.json"], ["--help"], ["rnu"], ["nodes", "sample"]])
def test_commands_and_typing_errors_open_no_window(given: list[str]) -> None:
    assert not files_for_window(given)


def test_every_command_of_the_parser_is_known_to_open_no_window(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["rnu"])
    offered = capsys.readouterr().err.rpartition("choose from ")[2]
    assert re.findall(r"\w+", offered) == list(COMMANDS)


def test_an_unknown_flag_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as stop:
        main(["run", "graph.json", "--frobnicate"])
    assert stop.value.code == USAGE


def test_the_manual_lists_every_node(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes"]) == 0
    text = capsys.readouterr().out
    assert "load.checkpoint" in text
    assert "image.resize" in text


def test_the_manual_explains_one_node(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "image.blur"]) == 0
    text = capsys.readouterr().out
    assert "radius" in text
    assert "default" in text


def test_the_manual_as_json_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "image.blur", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "image.blur"


def test_the_manual_as_markdown_explains_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "--markdown"]) == 0
    text = capsys.readouterr().out
    assert all(f"| `{code}` |" in text for code in (*ISSUES, *WARNINGS, *all_errors()))


def test_an_unknown_node_offers_near_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "image.blurr"]) == USAGE
    assert "image.blur" in capsys.readouterr().err


def test_a_missing_graph_has_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere.json"]) == MISSING
    assert "nowhere.json" in capsys.readouterr().err


def test_exit_codes_follow_the_error() -> None:
    assert [exit_code(code) for code in ("E_FILE_MISSING", "E_OOM", "E_CANCELLED", "E_NODE")] == [
        4,
        5,
        130,
        1,
    ]
