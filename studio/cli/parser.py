"""What the command line understands."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("run", "check", "nodes", "cache", "queue", "open")

EPILOG = """\
without a command, the window opens, with the graphs and pictures that are named.

examples:
  wirebrush graph.json
  wirebrush run graph.json --set prompt.text="a blue star" --seed 7 --out pictures
  wirebrush check graph.json
  wirebrush nodes sample
  wirebrush open picture.png > graph.json

exit codes: 0 done, 1 failed, 2 wrong usage, 3 some items failed, 4 a model file is missing,
5 out of memory, 130 interrupted
"""


def files_for_window(arguments: Sequence[str]) -> bool:
    """Tell whether arguments are no command but files for the window, or nothing at all."""
    if not arguments:
        return True
    first = arguments[0]
    return first not in COMMANDS and not first.startswith("-") and bool(Path(first).suffix)


def build() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="wirebrush",
        description="A node-graph studio for local generative image and video work.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_run(commands)
    _add_check(commands)
    _add_nodes(commands)
    _add_cache(commands)
    _add_queue(commands)
    _add_open(commands)
    return parser


Commands = argparse._SubParsersAction  # argparse has no public name for it


def _add_run(commands: Commands[argparse.ArgumentParser]) -> None:
    run = commands.add_parser("run", help="run a graph", description="Run a graph file.")
    run.add_argument(
        "graph", help="graph file, a picture that carries one, or - for standard input"
    )
    run.add_argument(
        "--set", action="append", default=[], metavar="NODE.PARAM=VALUE", dest="assignments",
        help="change a parameter; the node by id or title; may be repeated",
    )  # fmt: skip
    run.add_argument("--out", metavar="DIR", default="output", help="where files go (./output)")
    run.add_argument("--seed", type=int, metavar="N", help="set every seed that has no link")
    run.add_argument("--json", action="store_true", help="one JSON event a line")
    run.add_argument("--device", choices=("auto", "cpu", "cuda"), help="where networks run")
    run.add_argument("--dry-run", action="store_true", help="print the plan and stop")
    run.add_argument(
        "--no-cache", action="store_true", help="neither read nor write stored results"
    )


def _add_check(commands: Commands[argparse.ArgumentParser]) -> None:
    check = commands.add_parser(
        "check", help="check a graph without running it",
        description="List everything that is wrong or odd in a graph.",
    )  # fmt: skip
    check.add_argument(
        "graph", help="graph file, a picture that carries one, or - for standard input"
    )
    check.add_argument("--json", action="store_true", help="one JSON issue a line")


def _add_nodes(commands: Commands[argparse.ArgumentParser]) -> None:
    nodes = commands.add_parser(
        "nodes", help="list node types, or explain one", description="The manual of the nodes."
    )
    nodes.add_argument("id", nargs="?", help="node type, such as sample")
    form = nodes.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="as Markdown pages")
    form.add_argument("--json", action="store_true", help="as JSON")


def _add_cache(commands: Commands[argparse.ArgumentParser]) -> None:
    cache = commands.add_parser(
        "cache", help="stored results", description="Show or clear the stored results."
    )
    cache.add_argument("action", nargs="?", choices=("show", "clear"), default="show")


def _add_queue(commands: Commands[argparse.ArgumentParser]) -> None:
    queue = commands.add_parser(
        "queue", help="runs that wait", description="Show, resume or clear runs that were left."
    )
    queue.add_argument("action", nargs="?", choices=("show", "resume", "clear"), default="show")


def _add_open(commands: Commands[argparse.ArgumentParser]) -> None:
    opened = commands.add_parser(
        "open", help="print the graph that a picture carries",
        description="Print the graph that a picture carries.",
    )  # fmt: skip
    opened.add_argument("picture", help="a PNG, JPEG or WebP file that Wirebrush wrote")
