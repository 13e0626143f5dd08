"""``wirebrush run``: run a graph file."""

from __future__ import annotations

import argparse
import sys
import uuid
from contextlib import closing
from pathlib import Path

from studio.cli.check import code_of
from studio.cli.codes import OK, USAGE
from studio.cli.frontend import FrontEnd, open_front
from studio.cli.issues import issue_line, told
from studio.cli.needed import for_this_run
from studio.cli.overrides import assign, seeded
from studio.cli.report import Outcome, reporter
from studio.cli.setup import folder_of, opened_graph
from studio.core.check import issues
from studio.core.document import write
from studio.core.errors import Issue, StudioError
from studio.core.expand import expand
from studio.core.graph import Graph, Node
from studio.core.sub_graphs import specs
from studio.engine.events import RunRequest
from studio.facts.files import FileFacts
from studio.paths import real


def main(options: argparse.Namespace) -> int:
    """Run the graph, or print what would be done."""
    with told(options.json):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    front = open_front(use_store=not options.no_cache)
    graph, request = requested(front, options)
    places = front.places(request)
    found = issues(graph, front.registry, FileFacts(front.registry, places))
    found = for_this_run(found, graph, front.registry, front.host.cache.usable)
    if said := _say_issues(found, options.json):
        return said
    if options.dry_run:
        return _dry(front, graph, request, options.json)
    _say_orphans(front)
    with closing(reporter(options.json, titles(graph, front))) as outcome:
        front.queue.add(request)
        return carry_out(front, graph, request, outcome)


def requested(front: FrontEnd, options: argparse.Namespace) -> tuple[Graph, RunRequest]:
    """Return the graph with all overrides, and the run that the command line asks for."""
    graph = opened_graph(options.graph, front.registry, front.paths)
    try:
        with told(options.json):
            graph, granted = assign(graph, front.registry, options.assignments)
            if options.seed is not None:
                graph = seeded(graph, front.registry, options.seed)
    except StudioError as wrong:
        sys.stderr.write(f"{wrong.code}: {wrong}\n")
        raise SystemExit(USAGE) from None
    request = RunRequest(
        run=uuid.uuid4().hex,
        graph=write(graph),
        output=str(real(options.out)),
        base=folder_of(options.graph),
        granted=tuple(granted),
        title=graph.title or ("graph" if options.graph == "-" else Path(options.graph).stem),
        source="" if options.graph == "-" else str(real(options.graph)),
        use_store=not options.no_cache,
        device=options.device or "",
    )
    return graph, request


def carry_out(front: FrontEnd, graph: Graph, request: RunRequest, outcome: Outcome) -> int:
    """Do a run that is in the queue, so that it survives a kill, and return its exit code."""
    runs = front.queue
    runs.start(request.run)
    try:
        finished = front.perform(request, front.plan(graph, request), outcome)
    except BaseException as error:  # noted and raised again: only a kill leaves it
        stopped = isinstance(error, KeyboardInterrupt)
        runs.finish(request.run, "cancelled" if stopped else "failed", str(error))
        raise
    text = "; ".join(str(item["text"]) for item in finished.issues)
    runs.finish(request.run, finished.status, text)
    return outcome.code(finished)


def titles(graph: Graph, front: FrontEnd) -> dict[str, str]:
    """Return what people call each node, and those inside of sub-graphs."""
    spec_of = specs(graph, front.registry)

    def called(name: str, node: Node) -> str:
        spec = spec_of(node.type)
        return node.title or (spec.title if spec else name)

    found = {name: called(name, node) for name, node in graph.nodes.items()}
    for name, node in expand(graph, front.registry).nodes.items():
        outer = name.partition("/")[0]
        found.setdefault(name, f"{found.get(outer, outer)}: {called(name, node)}")
    return found


def _say_issues(found: list[Issue], as_json: bool) -> int:
    """Print issues; return the exit code if the graph cannot run."""
    for issue in found:
        if as_json:
            sys.stdout.write(issue_line(issue))
        else:
            sys.stderr.write(f"{issue.severity}: {issue}\n")
    return code_of(found)


def _dry(front: FrontEnd, graph: Graph, request: RunRequest, as_json: bool) -> int:
    from studio.cli.plan_text import as_json as in_json
    from studio.cli.plan_text import as_text

    description = front.plan(graph, request).describe(front.host.costs)
    sys.stdout.write((in_json if as_json else as_text)(description) + "\n")
    return OK


def _say_orphans(front: FrontEnd) -> None:
    waiting = len(front.queue.orphans())
    if waiting:
        runs = "run waits" if waiting == 1 else "runs wait"
        sys.stderr.write(f"{waiting} interrupted {runs}: wirebrush queue resume\n")
