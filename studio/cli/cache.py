"""``wirebrush cache``: what is stored, and how to be rid of it."""

from __future__ import annotations

import argparse
import sys

from studio.cli.setup import open_store, settings
from studio.paths import find_paths


def main(options: argparse.Namespace) -> int:
    """Show or clear the stored results."""
    paths = find_paths()
    store = open_store(paths, settings(paths))
    if options.action == "clear":
        gone = store.clear()
        sys.stdout.write(f"removed {gone.results} results, {size(gone.bytes)}\n")
        return 0
    held = store.stats()
    sys.stdout.write(
        f"{paths.store}\n"
        f"{held.results} results, {size(held.bytes)} of {size(held.limit)}\n"
        f"they took {duration(held.seconds)} to make\n"
    )
    return 0


def size(count: float) -> str:
    """Write a number of bytes for people."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def duration(seconds: float) -> str:
    """Write a time for people."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {rest} s"
