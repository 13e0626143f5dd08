"""``wirebrush open``: print the graph that a picture carries."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from studio.core.errors import MissingFileError
from studio.facts.graph_files import carried_graph


def main(options: argparse.Namespace) -> int:
    """Print the graph and nothing else."""
    path = Path(options.picture)
    if not path.is_file():
        raise MissingFileError(f"{path} was not found", fix="give the path of a picture")
    sys.stdout.write(carried_graph(path).rstrip("\n") + "\n")
    return 0
