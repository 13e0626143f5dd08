"""What the engine costs: milliseconds a node, for cheap nodes.

Graphs of 10 to 3,000 nodes, as one chain and side by side; first run, unchanged rerun, last node
changed, first node changed, back to an earlier graph. The ratio is to calling the functions of the
nodes that ran, in a plain loop; the best of five where nothing runs. Usage: ``python -m benchmarks.engine [COUNT ...]``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from studio.core.define import node, spec_of
from studio.core.document import write
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.engine.events import Event, NodeStarted, RunRequest
from studio.engine.host import Host, open_host
from studio.engine.run import run
from studio.engine.runtime import Token

COUNTS = (10, 100, 1_000, 3_000)
LIMIT_MS = 0.15
REPEATS = 5


@node("bench.plus", category="Bench")
def plus(left: float = 0.0, right: float = 0.0, step: float = 1.0) -> float:
    """Add three numbers.

    Args:
        left: One.
        right: Another.
        step: A third.
    """
    return left + right + step


def chain(count: int, changed: int = -1) -> Graph:
    """Return a row of nodes; `changed` has another parameter."""
    links = [Link(f"n{index - 1}", "value", f"n{index}", "left") for index in range(1, count)]
    return Graph(_nodes(count, changed), tuple(links))


def wide(count: int, changed: int = -1) -> Graph:
    """Return one node, all others side by side behind it."""
    links = [Link("n0", "value", f"n{index}", "left") for index in range(1, count)]
    return Graph(_nodes(count, changed), tuple(links))


def _nodes(count: int, changed: int) -> dict[str, Node]:
    return {
        f"n{index}": Node("bench.plus", params={"step": index + 0.5 * (index == changed)})
        for index in range(count)
    }


def measure(host: Host, graph: Graph) -> tuple[float, float, int]:
    """Return seconds, seconds of the processor, and nodes that ran; reading the text is in it."""
    text = write(graph)
    events: list[Event] = []
    started, busy = time.perf_counter(), time.process_time()
    run(host, RunRequest("r", text), events.append, Token())
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    return seconds, busy, sum(isinstance(event, NodeStarted) for event in events)


def plain(count: int) -> float:
    """Return the seconds of as many plain calls."""
    started = time.perf_counter()
    for index in range(count):
        plus(1.0, 2.0, float(index))
    return time.perf_counter() - started


def report(name: str, count: int, taken: list[tuple[float, float, int]]) -> float:
    """Print one line and return the milliseconds a node."""
    seconds = min(item[0] for item in taken)  # whatever else the machine does only adds to it
    busy = min(item[1] for item in taken) / count * 1000
    ran = taken[0][2]
    calls = min(plain(max(ran, 1)) for _ in range(REPEATS))
    each = seconds / count * 1000
    ratio = f"{seconds / calls:10.0f}" if ran else "         -"
    print(f"  {name:<22}{ran:>7} ran {each:>9.4f} ms a node, {busy:.4f} busy {ratio} x plain calls")
    return each


def one(shape: Callable[[int, int], Graph], count: int) -> float:
    """Measure one graph in all situations and return the cost of the unchanged rerun."""
    registry = Registry()
    registry.add(spec_of(plus))
    with tempfile.TemporaryDirectory() as folder:
        host = open_host(Path(folder), registry, lambda ref, request: Path(ref.path))
        base = shape(count, -1)
        report("first run", count, [measure(host, base)])
        unchanged = report("unchanged", count, [measure(host, base) for _ in range(REPEATS)])
        report("last node changed", count, [measure(host, shape(count, count - 1))])
        report("first node changed", count, [measure(host, shape(count, 0))])
        report("back to the first", count, [measure(host, base) for _ in range(REPEATS)])
        host.close()
    return unchanged


def main(counts: tuple[int, ...]) -> int:
    """Print everything; return 1 when an unchanged rerun costs more than its limit."""
    worst = 0.0
    for shape in (chain, wide):
        for count in counts:
            print(f"{shape.__name__} of {count} nodes")
            each = one(shape, count)
            worst = max(worst, each if count >= 100 else 0.0)
    print(f"unchanged rerun, from 100 nodes: at most {worst:.4f} ms a node (limit {LIMIT_MS})")
    return int(worst > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main(tuple(map(int, sys.argv[1:])) or COUNTS))
