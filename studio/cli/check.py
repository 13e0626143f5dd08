"""``wirebrush check``: everything that is wrong or odd in a graph, without running it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from studio.cli.codes import FAILED, MISSING, OK
from studio.cli.issues import issue_line, told
from studio.cli.setup import builtin_registry, digests, folder_of, opened_graph, settings
from studio.core.check import issues
from studio.core.errors import Issue
from studio.facts.files import FileFacts
from studio.paths import find_paths
from studio.roots import roots


def main(options: argparse.Namespace) -> int:
    """Print the issues of a graph."""
    with told(options.json):
        found, count = _found(options)
    if options.json:
        sys.stdout.writelines(map(issue_line, found))
    else:
        sys.stdout.writelines(f"{issue.severity}: {issue}\n" for issue in found)
        sys.stdout.write(_summary(found, count))
    return code_of(found)


def _found(options: argparse.Namespace) -> tuple[list[Issue], int]:
    """Return the issues of a graph, and how many nodes it has."""
    registry = builtin_registry()
    paths = find_paths()
    graph = opened_graph(options.graph, registry, paths)
    chosen = settings(paths)
    locate = digests(paths, chosen).having
    places = roots(paths, chosen, folder_of(options.graph), locate=locate)
    return issues(graph, registry, FileFacts(registry, places)), len(graph.nodes)


def _summary(found: Sequence[Issue], count: int) -> str:
    nodes = f"{count} node{'' if count == 1 else 's'}"
    kinds = [issue.severity for issue in found]
    counted = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
    return f"{nodes}: {', '.join(counted) or 'nothing is wrong'}\n"


def code_of(found: Sequence[Issue]) -> int:
    """Return the exit code for these issues: a missing model file has its own."""
    errors = {issue.code for issue in found if issue.severity == "error"}
    if errors == {"G007"}:
        return MISSING
    return FAILED if errors else OK
