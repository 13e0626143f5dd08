"""Issues and errors as lines of JSON, for programs that start this one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from studio.core.errors import Issue, StudioError
from studio.engine.events import issue_data


def issue_line(issue: Issue) -> str:
    """Return an issue as one line of NDJSON."""
    return json.dumps({"event": "issue", **issue_data(issue)}) + "\n"


@contextmanager
def told(as_json: bool) -> Iterator[None]:
    """Write an error that ends a block as a line of JSON too; people read it on standard error."""
    try:
        yield
    except StudioError as error:
        if as_json:
            sys.stdout.write(issue_line(error.as_issue()))
        raise
