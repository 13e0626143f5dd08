"""Runs from the command line, on graphs of plain pictures."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from studio.cli import main
from studio.core import assets
from studio.engine.db import Database
from studio.facts.pictures import read_carried

ROOT = Path(__file__).resolve().parents[2]

GRAPH: dict[str, Any] = {
    "wirebrush": 1,
    "title": "Soft",
    "nodes": {
        "load": {"type": "load.image", "version": 1, "params": {"file": {"path": "cat.png"}}},
        "blur": {"type": "image.blur", "version": 1, "title": "Soften", "params": {"radius": 2}},
        "save": {"type": "output.save_image", "version": 1, "params": {}},
    },
    "links": ["load.image -> blur.image", "blur.image -> save.image"],
}


class Program:
    """The program in a folder of its own; it computes in processes of its own."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.patch, self.capture = patch, capture
        patch.chdir(folder)
        patch.setenv("WIREBRUSH_HOME", str(folder / "home"))
        self.environment = dict(os.environ)
        picture = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)
        cv2.imwrite(str(folder / "cat.png"), picture)
        self.save(GRAPH)

    def save(self, graph: dict[str, Any], name: str = "graph.json") -> None:
        (self.folder / name).write_text(json.dumps(graph), "utf-8")

    def __call__(self, *arguments: str, code: int = 0, text: str = "") -> str:
        self.patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))
        self.capture.readouterr()
        try:
            found = main(arguments)
        except SystemExit as stop:
            found = int(stop.code or 0)
        said = self.capture.readouterr()
        assert found == code, (found, said)
        return said.out + said.err

    def events(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self(*arguments, "--json", code=code).splitlines()]


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    return Program(tmp_path, monkeypatch, capsys)


def ran(events: list[dict[str, Any]]) -> list[str]:
    """Return the nodes that ran."""
    return [item["node"] for item in events if item["event"] == "node_finished"]


def test_a_run_writes_a_picture_and_the_second_one_nothing(program: Program) -> None:
    assert ran(program.events("run", "graph.json")) == ["load", "blur", "save"]
    again = program.events("run", "graph.json")
    assert ran(again) == []
    assert [item.name for item in (program.folder / "output").iterdir()] == ["Soft_0001.png"]
    held = next(item for item in again if item["event"] == "nodes_held")
    assert held["files"][0]["path"].endswith("Soft_0001.png")


def test_another_folder_runs_the_effect_alone_without_a_worker(program: Program) -> None:
    program("run", "graph.json")
    events = program.events("run", "graph.json", "--out", "other")
    assert ran(events) == ["save"]
    assert "worker_ready" not in [item["event"] for item in events]
    assert [item.name for item in (program.folder / "other").iterdir()] == ["Soft_0001.png"]


def test_a_check_needs_no_store(program: Program) -> None:
    store = program.folder / "home" / "cache" / "store"
    Database(store).close()
    (store / "store.sqlite-wal").mkdir()
    assert "cannot be opened" in program("run", "graph.json", code=1)
    assert "nothing is wrong" in program("check", "graph.json")


def test_a_changed_parameter_runs_what_depends_on_it(program: Program) -> None:
    program("run", "graph.json")
    again = ran(program.events("run", "graph.json", "--set", "Soften.radius=3"))
    # What took less than 50 ms is not kept for the next process, so a quick machine loads again.
    assert [node for node in again if node != "load"] == ["blur", "save"]
    assert ran(program.events("run", "graph.json")) == []


def test_a_sub_graph_reuses_what_the_same_nodes_made_outside(program: Program) -> None:
    ports = {
        "inputs": {
            "p1": {"name": "image", "type": "Image", "to": ["b.image"]},
            "p2": {"name": "softness", "type": "float", "to": ["b.radius"]},
        },
        "outputs": {"p3": {"name": "image", "type": "Image", "from": "b.image"}},
    }
    inside = {"title": "Poster", **ports, "nodes": {"b": {"type": "image.blur"}}, "links": []}
    graph = json.loads(json.dumps(GRAPH))
    graph["nodes"]["blur"] = {"type": "graph:poster", "version": 1, "params": {"p2": 2}}
    graph["links"] = ["load.image -> blur.p1", "blur.p3 -> save.image"]
    graph["graphs"] = {"poster": inside}
    program("run", "graph.json")
    program.save(graph, "nested.json")
    assert ran(program.events("run", "nested.json")) == []
    text = program("run", "nested.json", "--set", "blur.softness=3")
    assert "Poster: Blur" in text


def test_without_the_cache_everything_runs_and_nothing_is_kept(program: Program) -> None:
    assert ran(program.events("run", "graph.json", "--no-cache")) == ["load", "blur", "save"]
    assert ran(program.events("run", "graph.json", "--no-cache")) == ["load", "blur", "save"]
    assert not (program.folder / "home/cache/store").exists()
    assert "0 results" in program("cache")


def test_without_the_cache_a_store_that_cannot_be_written_is_no_trouble(program: Program) -> None:
    (program.folder / "home/cache").mkdir(parents=True)
    (program.folder / "home/cache/store").write_text("not a folder")
    program("run", "graph.json", code=1)
    assert ran(program.events("run", "graph.json", "--no-cache")) == ["load", "blur", "save"]


def test_a_dry_run_says_what_would_run_and_runs_nothing(program: Program) -> None:
    assert "no estimate" in program("run", "graph.json", "--dry-run")
    program("run", "graph.json")
    assert program("run", "graph.json", "--dry-run").startswith("0 to run, ")
    text = program("run", "graph.json", "--dry-run", "--set", "blur.radius=1")
    assert re.match(r"[23] to run, [01] unchanged\n", text)  # the first took long enough, or not
    assert "  Soften " in text
    assert "about 0." in text
    assert len(list((program.folder / "output").iterdir())) == 1


def test_a_picture_is_a_graph_file(program: Program) -> None:
    program("run", "graph.json")
    picture = "output/Soft_0001.png"
    carried = json.loads(program("open", picture))
    assert carried["nodes"]["blur"]["params"]["radius"] == 2
    assert "nothing is wrong" in program("check", "-", text=json.dumps(carried))


def masked(program: Program) -> None:
    """Save a graph that softens what is painted, and lay the painted mask beside it."""
    graph = json.loads(json.dumps(GRAPH))
    mask = np.zeros((24, 32), np.uint8)
    mask[:, 16:] = 255
    content = cv2.imencode(".png", mask)[1].tobytes()
    name = assets.name_of(content, ".png")
    (program.folder / "graph.assets").mkdir()
    (program.folder / "graph.assets" / name).write_bytes(content)
    painted = {"type": "image.paint_mask", "params": {"mask": {"path": f"graph.assets/{name}"}}}
    graph["nodes"] |= {"mask": painted, "blend": {"type": "image.blend"}}
    graph["links"] = [
        "load.image -> blur.image", "load.image -> mask.image", "mask.mask -> blend.mask",
        "load.image -> blend.images[0]", "blur.image -> blend.images[1]",
        "blend.image -> save.image",
    ]  # fmt: skip
    program.save(graph)


def test_a_picture_carries_what_belongs_to_its_graph_and_gives_it_back(program: Program) -> None:
    masked(program)
    program("run", "graph.json")
    shutil.rmtree(program.folder / "graph.assets")
    shutil.rmtree(program.folder / "home")
    made = (program.folder / "output/Soft_0001.png").rename(program.folder / "picture.png")
    (program.folder / "opened.json").write_text(program("open", "picture.png"), "utf-8")
    assert "nothing is wrong" in program("check", "opened.json")
    program("run", "picture.png", "--no-cache")
    again = program.folder / "output/Soft_0001.png"
    assert np.array_equal(np.asarray(cv2.imread(str(again))), np.asarray(cv2.imread(str(made))))
    assert assets.EMBEDDED in json.loads(read_carried(again).graph)


def test_a_picture_finds_what_its_graph_read_from_another_folder(program: Program) -> None:
    os.utime(program.folder / "cat.png", (1000, 1000))
    program("run", "graph.json")
    assert "nothing is wrong" in program("check", "output/Soft_0001.png")
    assert "done" in program("run", "output/Soft_0001.png", "--out", "again", "--seed", "1")
    assert len(list((program.folder / "again").iterdir())) == 1


def test_a_missing_model_has_its_own_exit_code(program: Program) -> None:
    graph = json.loads(json.dumps(GRAPH))
    graph["nodes"]["load"]["params"]["file"]["path"] = "dog.png"
    program.save(graph)
    assert "dog.png was not found" in program("run", "graph.json", code=4)
    near = program("run", "graph.json", "--set", "load.file=cta.png", code=4)
    assert "near names: cat.png" in near


def test_wrong_values_are_wrong_usage(program: Program) -> None:
    assert "outside 0 to" in program("run", "graph.json", "--set", "blur.radius=-1", code=2)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run", "graph.json", "--set", "blur.radius=-1"), 2, "E_RANGE"),
        (("run", "none.json"), 4, "E_FILE_MISSING"),
        (("check", "damaged.json"), 1, "E_DOCUMENT"),
    ],
)
def test_what_is_wrong_before_a_run_is_a_line_of_json_too(
    program: Program, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (program.folder / "damaged.json").write_text("{", "utf-8")
    line = program(*arguments, "--json", code=code).splitlines()[0]
    told = json.loads(line)
    assert (told["event"], told["code"], told["severity"]) == ("issue", said, "error")


def test_a_graph_opens_no_foreign_file_but_the_user_may(program: Program) -> None:
    foreign = program.folder / "elsewhere" / "dog.png"
    foreign.parent.mkdir()
    (program.folder / "cat.png").rename(foreign)
    graph = json.loads(json.dumps(GRAPH))
    graph["nodes"]["load"]["params"]["file"]["path"] = str(foreign)
    program.save(graph)
    said = program("run", "graph.json", code=4)
    assert "G007 load.file: the graph names" in said
    assert "outside of its own folders. Give the path yourself (--set)" in said
    assert "done" in program("run", "graph.json", "--set", f"load.file={foreign}")


def with_inbox(program: Program, **params: str) -> Path:
    """Let the graph read a folder of one picture, and return it."""
    inbox = program.folder / "inbox"
    inbox.mkdir()
    (inbox / "good.png").write_bytes((program.folder / "cat.png").read_bytes())
    os.utime(inbox / "good.png", (1000, 1000))
    graph = json.loads(json.dumps(GRAPH))
    params |= {"folder": "inbox"}
    graph["nodes"]["load"] = {"type": "load.folder", "version": 1, "params": params}
    graph["links"][0] = "load.images -> blur.image"
    program.save(graph)
    return inbox


@pytest.mark.parametrize("pattern", ["*", "*.PNG"])
def test_a_picture_finds_the_folder_that_its_graph_read(program: Program, pattern: str) -> None:
    inbox = with_inbox(program, pattern=pattern)
    program("run", "graph.json")
    assert "nothing is wrong" in program("check", "output/Soft_0001.png")
    assert "done" in program("run", "output/Soft_0001.png", "--set", "Soften.radius=3")
    (inbox / "notes.txt").write_text("not a picture")
    program("check", "output/Soft_0001.png", code=4 if pattern == "*" else 0)
    (inbox / "more.png").write_bytes((inbox / "good.png").read_bytes())
    assert "inbox was not found" in program("check", "output/Soft_0001.png", code=4)


def test_one_bad_picture_of_a_folder_does_not_stop_the_others(program: Program) -> None:
    (with_inbox(program) / "bad.png").write_bytes(b"not a picture")
    text = program("run", "graph.json", code=3)
    assert "bad.png" in text
    assert "Traceback" not in text
    assert len(list((program.folder / "output").iterdir())) == 1


def test_a_broken_node_that_nothing_needs_is_only_warned_of(program: Program) -> None:
    graph = json.loads(json.dumps(GRAPH))
    graph["nodes"]["odd"] = {"type": "pack.unknown", "version": 1, "params": {}}
    graph["nodes"]["half"] = {"type": "image.blur", "version": 1, "params": {}}
    program.save(graph)
    text = program("run", "graph.json")
    assert "warning: G005 odd" in text
    assert "warning: G001 half.image" in text
    assert "done" in text
    graph["links"].append("odd.image -> blur.radius")
    program.save(graph)
    assert "error: G005 odd" in program("run", "graph.json", code=1)


def test_a_damaged_graph_names_line_and_field(program: Program) -> None:
    assert "line 1, nodes.a.type" in program(
        "check", "-", code=1, text='{"wirebrush": 1, "nodes": {"a": {"type": 5}}}'
    )


def test_ctrl_c_ends_a_run_with_130_and_leaves_nothing_half_done(program: Program) -> None:
    graph = json.loads(json.dumps(GRAPH))
    graph["nodes"]["many"] = {
        "type": "logic.range",
        "version": 1,
        "params": {"start": 1, "stop": 4000},
    }
    graph["links"].append("many.values -> blur.radius")
    graph["nodes"]["blur"]["params"].pop("radius")
    program.save(graph)
    run = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "run", "graph.json", "--json"],
        stdout=subprocess.PIPE, cwd=program.folder, env=program.environment,
    )  # fmt: skip
    assert run.stdout
    for line in run.stdout:
        if json.loads(line)["event"] == "node_progress":
            break
    run.send_signal(signal.SIGINT)
    started = time.monotonic()
    rest = [json.loads(line) for line in run.stdout]
    run.stdout.close()
    assert run.wait() == 130
    assert time.monotonic() - started < 10
    assert rest[-1]["status"] == "cancelled"
    leftovers = list(program.folder.rglob(".wirebrush-*"))
    assert leftovers == []


STOPPED = """
import runpy, sys
class Stop:
    def find_spec(self, name, *_):
        if name == stop:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
stop, program = sys.argv[1:]
sys.path.insert(0, program.rpartition("/")[0])
sys.argv[:] = [program, "check", "graph.json"]
runpy.run_path(program, run_name="__main__")
"""


@pytest.mark.parametrize("module", ["studio.cli.parser", "studio.cli.check", "studio.core.check"])
def test_ctrl_c_while_it_starts_leaves_no_traceback(program: Program, module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, module, str(ROOT / "main.py")],
        capture_output=True, cwd=program.folder, env=program.environment, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (130, False), done.stderr


def test_a_run_that_could_not_say_anything_is_not_left_in_the_queue(program: Program) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "run", "graph.json"],
            stdout=full, stderr=subprocess.PIPE, cwd=program.folder, env=program.environment,
            text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "the output: No space left on device\n")
    assert program("queue").endswith("0 interrupted\n")


def test_pipes_get_utf_8_whatever_the_terminal_takes(program: Program) -> None:
    program.environment["PYTHONIOENCODING"] = "ascii"
    graph = json.loads(json.dumps(GRAPH))
    graph["nodes"]["blur"]["title"] = "Weiß ☃"
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "run", "-", "--out", "ö", "--dry-run", "--json"],
        input=json.dumps(graph, ensure_ascii=False).encode(), capture_output=True, check=False,
        cwd=program.folder, env=program.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["nodes"][1]["title"] == "Weiß ☃"


def test_the_cache_can_be_shown_and_cleared(program: Program) -> None:
    program("run", "graph.json")
    held = program("cache", "show").splitlines()[1].partition(",")[0]
    assert int(held.split()[0]) > 0  # what took no time is not stored
    assert f"removed {held}" in program("cache", "clear")
    assert ran(program.events("run", "graph.json", "--out", "b")) == ["load", "blur", "save"]


def test_a_cached_run_imports_no_torch(program: Program) -> None:
    program("run", "graph.json")
    code = (
        "import sys; from studio.cli import main; code = main(sys.argv[1:]);"
        "sys.exit(code or 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "graph.json", "--out", "other"],
        cwd=program.folder, env={**program.environment, "PYTHONPATH": str(ROOT)},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
