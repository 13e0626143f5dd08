"""The command line: composition root of the program, with a window and without.

Parsing imports nothing of the program, so ``--help`` answers at once; each command is one module,
imported when it is called.
"""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence

from studio.cli.codes import FAILED, INTERRUPTED, exit_code
from studio.cli.parser import build, files_for_window
from studio.core.errors import DocumentError, StudioError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _prepare_streams()
    given = sys.argv[1:] if arguments is None else arguments
    if files_for_window(given):
        options = argparse.Namespace(command="gui", files=given)
    else:
        options = build().parse_args(given)
    try:
        command = importlib.import_module(f"studio.cli.{options.command}")
        code: int = command.main(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        _drop_stdout()
        return FAILED
    except StudioError as error:
        sys.stderr.write(f"{error.code}: {_said(error)}\n")
        return exit_code(error.code)
    except OSError as error:  # the output cannot be written, the graph cannot be read
        sys.stderr.write(f"{error.filename or 'the output'}: {error.strerror or error}\n")
        _drop_stdout()
        return FAILED


def _prepare_streams() -> None:
    """Write UTF-8 to files and pipes, and never fail for a letter that a terminal lacks."""
    sys.stdout = sys.stdout or io.StringIO()  # missing when whoever started this closed it
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _drop_stdout() -> None:
    """Keep the interpreter from writing to a pipe that nobody reads."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _said(error: StudioError) -> str:
    """Return an error in one line, with the place in the file where it has one."""
    if not isinstance(error, DocumentError):
        return str(error)
    places = [f"line {error.line}" if error.line else "", error.field]
    return (
        ", ".join([place for place in places if place]) + (": " if any(places) else "") + str(error)
    )
