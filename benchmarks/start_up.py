"""How long the program takes to answer: help, a check of 1,000 nodes, a run whose results are held.

Prints the median wall time of whole processes, and its ratio to an interpreter that does nothing.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from studio.core.document import write
from studio.core.graph import Graph, Link, Node

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 7


def chain(length: int) -> Graph:
    """Return a graph of one picture and a chain of adjustments."""
    graph = Graph()
    graph = graph.with_node("seed", Node("logic.number", params={"value": 1.0}))
    for index in range(length - 1):
        graph = graph.with_node(f"n{index}", Node("logic.number", params={"value": float(index)}))
        source = f"n{index - 1}" if index else "seed"
        graph = graph.with_link(Link(source, "value", f"n{index}", "value"))
    return graph


def wall(command: list[str], environment: dict[str, str]) -> float:
    """Return the median seconds of a command, after one warm-up."""
    times = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "WIREBRUSH_HOME": folder}
        long_graph = Path(folder, "long.json")
        long_graph.write_text(write(chain(1000)), "utf-8")
        example = str(ROOT / "resources/graphs/text_to_image.json")
        run = [sys.executable, "main.py", "run", example, "--out"]
        subprocess.run([*run, f"{folder}/first"], check=True, env=environment, cwd=ROOT)
        nothing = wall([sys.executable, "-c", "pass"], environment)
        rows = {
            "--help": [sys.executable, "main.py", "--help"],
            "check, 1,000 nodes": [sys.executable, "main.py", "check", str(long_graph)],
            "run, everything held": [*run, f"{folder}/first"],
        }
        print(f"{'an interpreter that does nothing':40} {nothing:.3f} s")
        for name, command in rows.items():
            seconds = wall(command, environment)
            print(f"{name:40} {seconds:.3f} s  {seconds / nothing:5.1f} x")
        seconds = other_folder(run, folder, environment)
        print(
            f"{'run, held, another --out each time':40} {seconds:.3f} s  {seconds / nothing:5.1f} x"
        )


def other_folder(run: list[str], folder: str, environment: dict[str, str]) -> float:
    """Return the median seconds of runs that only have to save."""
    times = []
    for index in range(REPEATS):
        start = time.perf_counter()
        command = [*run, f"{folder}/other{index}"]
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
