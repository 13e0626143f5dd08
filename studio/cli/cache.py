"""``wirebrush cache``: what is stored, and how to be rid of it."""

from __future__ import annotations

import argparse
import sys

from studio.cli.setup import open_store, settings
from studio.cli.units import duration, size
from studio.paths import find_paths


def main(options: argparse.Namespace) -> int:
    """Show or clear the stored results."""
    paths = find_paths()
    store = open_store(paths, settings(paths))
    if options.action == "clear":
        before = store.clear()
        left = store.stats()
        gone, freed = before.results - left.results, before.bytes - left.bytes
        kept = f"; {left.results} are frozen or in use and stay" if left.results else ""
        sys.stdout.write(f"removed {_results(gone)}, {size(freed)}{kept}\n")
        return 0
    held = store.stats()
    sys.stdout.write(
        f"{paths.store}\n"
        f"{_results(held.results)}, {size(held.bytes)} of {size(held.limit)}\n"
        f"they took {duration(held.seconds)} to make\n"
    )
    return 0


def _results(count: int) -> str:
    return "1 result" if count == 1 else f"{count} results"
