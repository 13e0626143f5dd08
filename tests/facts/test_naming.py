"""Names of saved files: tokens, hostile names, two processes at once."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from studio.core.errors import RangeError, UnsafeFileError, WriteError
from studio.facts.naming import Facts, folder_for, safe, save_new
from tests.counts import count

FACTS = Facts("My graph", "save", 7, datetime(2026, 3, 4, 5, 6, 7))

WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from studio.facts.naming import Facts, save_new
folder, who, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(times):
    text = f"{who} {number} ".encode() * 2000
    save_new(folder, "{graph}_{index:04}", Facts("g", "n", 1, datetime.now()), ".png", text)
"""


def saved(folder: Path, pattern: str, times: int = 1) -> list[str]:
    paths = [save_new(folder, pattern, FACTS, ".png", b"x") for _ in range(times)]
    return [path.name for path in paths]


def test_tokens_are_filled_in(tmp_path: Path) -> None:
    pattern = "{graph} {node} {seed} {date} {time} {index:03}"
    assert saved(tmp_path, pattern) == ["My graph save 7 2026-03-04 05-06-07 001.png"]


def test_the_index_goes_on_after_the_highest(tmp_path: Path) -> None:
    (tmp_path / "a_0041.png").touch()
    (tmp_path / "a_0007.png").touch()
    assert saved(tmp_path, "a_{index:04}", 2) == ["a_0042.png", "a_0043.png"]


def test_letter_case_and_other_endings_are_other_names(tmp_path: Path) -> None:
    (tmp_path / "A_0003.png").touch()
    (tmp_path / "a_0009.jpg").touch()
    assert saved(tmp_path, "a_{index:04}") == ["a_0004.png"]


def test_without_an_index_a_number_is_added_only_when_the_name_is_taken(tmp_path: Path) -> None:
    assert saved(tmp_path, "face", 3) == ["face.png", "face_2.png", "face_3.png"]


def test_a_folder_whose_name_is_too_long_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="too long"):
        save_new(tmp_path / ("long" * 100), "a", FACTS, ".png", b"x")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    first = save_new(tmp_path, "a", FACTS, ".png", b"first")
    save_new(tmp_path, "a", FACTS, ".png", b"second")
    assert first.read_bytes() == b"first"


def test_a_picture_without_a_sampler_has_no_seed(tmp_path: Path) -> None:
    facts = Facts("", "save", None, FACTS.moment)
    assert save_new(tmp_path, "{graph}_{seed}", facts, ".png", b"").name == "untitled_noseed.png"


@pytest.mark.parametrize("pattern", ["{seed:04}", "{index:}x{index:4d}", "{index:99}", "{index:x}"])
def test_a_token_that_makes_no_sense_is_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(RangeError, match="in a name"):
        saved(tmp_path, pattern)


def test_other_braces_stay_because_names_may_come_from_files(tmp_path: Path) -> None:
    assert saved(tmp_path, "{cat} {1}") == ["{cat} {1}.png"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "_._.._etc_passwd"),
        ("a:b*c?d|e<f>g\"h\\i", "a_b_c_d_e_f_g_h_i"),
        ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("com1 .a", "_com1 .a"), ("LPT9", "_LPT9"),
        ("console", "console"), ("  spaced. . ", "spaced"), (".hidden", "_hidden"),
        ("", "image"), ("...", "image"), ("new\nline\x7f", "new_line_"), ("\u202egnp.exe", "_gnp.exe"),
        ("Ünïcödé 图片 \U0001f600", "Ünïcödé 图片 \U0001f600"), ("e\u0301", "é"), ("\ud800", "_"),
    ],
)  # fmt: skip
def test_every_name_becomes_one_that_all_file_systems_take(name: str, expected: str) -> None:
    assert safe(name) == expected


@pytest.mark.parametrize("letter", ["x", "图", "\U0001f600"])
def test_a_long_name_is_cut_and_still_counts(tmp_path: Path, letter: str) -> None:
    names = saved(tmp_path, letter * 900 + "_{index:04}", 2)
    assert len(set(names)) == 2
    assert all(len(name.encode()) < 256 for name in names)


def test_a_graph_cannot_name_its_way_out(tmp_path: Path) -> None:
    facts = Facts("../../x", "/etc/n", 1, FACTS.moment)
    path = save_new(tmp_path, "{graph}{node}/../y", facts, ".png", b"")
    assert path.parent == tmp_path
    assert folder_for(tmp_path, "{graph}/{node}", facts).is_relative_to(tmp_path)


def test_folders_may_have_tokens(tmp_path: Path) -> None:
    assert folder_for(tmp_path, "a/{date}\\{graph}", FACTS) == tmp_path / "a/2026-03-04/My graph"
    assert folder_for(tmp_path, "", FACTS) == tmp_path


@pytest.mark.parametrize(
    "folder",
    ["..", "a/../..", "/tmp", "\\\\server\\share", "C:\\x", "c:", "~/x", "a\\..\\b", "a\0"],
)
def test_a_folder_that_leads_out_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(UnsafeFileError, match="leads out"):
        folder_for(tmp_path, folder, FACTS)


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "door").symlink_to(tmp_path)
    with pytest.raises(UnsafeFileError, match="link"):
        folder_for(root, "door/x", FACTS)


def test_an_index_in_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RangeError, match="index"):
        folder_for(tmp_path, "a{index}", FACTS)


def test_two_processes_never_take_one_name(tmp_path: Path) -> None:
    times = count(50, 300)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), who, str(times)])
        for who in ("one", "two")
    ]
    assert [writer.wait(100) for writer in writers] == [0, 0]
    contents = [path.read_bytes() for path in tmp_path.iterdir()]
    whole = {
        f"{who} {number} ".encode() * 2000 for who in ("one", "two") for number in range(times)
    }
    assert len(contents) == 2 * times
    assert set(contents) == whole
