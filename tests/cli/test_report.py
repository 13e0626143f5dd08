"""What a run prints."""

from __future__ import annotations

import io
import json

from studio.cli.report import Lines, People
from studio.engine import events

RUN = [
    events.RunStarted("r", 2, 1),
    events.NodesHeld("r", 1),
    events.NodeWarned("r", "sample", "W_EMPTY_MASK", "the mask is black"),
    events.NodeProgress("r", "sample", 1, 20),
    events.NodeFinished(
        "r", "sample", "k", seconds=1.25, thumbnail=events.Thumbnail(1, 1, b"0000")
    ),
    events.NodeFinished("r", "save", "s", files=(events.Written("save", "/out/a.png"),)),
    events.NodeFailed("r", "blur", "Blur", "E_RANGE", "radius -1 is outside", "choose 0", "radius"),
    events.RunFinished("r", "failed", ran=2, held=1, failed=1, seconds=1.5),
]


def test_every_line_for_machines_is_one_json_object_with_a_name() -> None:
    out = io.StringIO()
    lines = Lines(out)
    for event in RUN:
        lines.tell(event)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [item["event"] for item in told][:3] == ["run_started", "nodes_held", "node_warned"]
    assert len(told) == len(RUN)
    assert all("thumbnail" not in item for item in told)


def test_people_read_titles_files_and_what_to_do_next() -> None:
    out = io.StringIO()
    people = People(out, {"sample": "Sampler"})
    for event in RUN:
        people.tell(event)
    text = out.getvalue()
    assert "1 unchanged" in text
    assert "Sampler: the mask is black (W_EMPTY_MASK)" in text
    assert "/out/a.png" in text
    assert "blur, radius: radius -1 is outside (E_RANGE)\n    choose 0" in text
    assert text.endswith("failed in 1.5 s: 2 ran, 1 unchanged, 1 failed\n")


def test_without_a_terminal_there_are_no_bars() -> None:
    out = io.StringIO()
    People(out, {}).tell(events.NodeProgress("r", "sample", 1, 20))
    assert out.getvalue() == ""
