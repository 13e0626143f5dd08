"""``--dry-run``: what a run would do, for people and for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from studio.cli.units import duration, size

if TYPE_CHECKING:
    from studio.engine.plan import Description


def as_json(plan: Description) -> str:
    """Return the plan as one line of JSON."""
    data = asdict(plan)
    data["files"] = [item.path for item in plan.files]
    return json.dumps({"event": "plan", **data}, ensure_ascii=False)


def as_text(plan: Description) -> str:
    """Return the plan for people."""
    lines = [f"{len(plan.nodes)} to run, {plan.held} unchanged"]
    width = max((len(item.title) for item in plan.nodes), default=0)
    for item in plan.nodes:
        known = duration(item.cost.seconds) if item.cost else "not run yet"
        lines.append(f"  {item.title:{width}}  {known}")
    lines += [f"  {item.path} (unchanged)" for item in plan.files]
    lines += [f"  {name} is muted or needs something muted" for name in plan.skipped]
    lines += [f"needs {path}" for path in plan.models]
    return "\n".join([*lines, *_estimate(plan)])


def _estimate(plan: Description) -> list[str]:
    if not plan.nodes:
        return ["nothing to do"]
    if plan.unknown == len(plan.nodes):
        return ["no estimate: none of this has run before"]
    memory = f", up to {size(plan.peak)} of memory" if plan.peak else ""
    rest = f", without {plan.unknown} that have not run before" if plan.unknown else ""
    return [f"about {duration(plan.seconds)}{memory}{rest}"]
