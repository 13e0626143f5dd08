"""Whether one link may be added, worked out the plain and slow way: by checking it in its graph."""

from __future__ import annotations

from studio.core import rules
from studio.core.check import Facts, spoiled
from studio.core.errors import CycleError, Issue, LinkError
from studio.core.graph import Graph, Link
from studio.core.registry import Registry
from studio.core.sub_graphs import specs
from studio.core.types import flow

REFUSING = ("G002", "G008", "G009")


def link_issue(graph: Graph, registry: Registry, link: Link, facts: Facts) -> Issue | None:
    """Say why a link may not be added, or return ``None``."""
    try:
        changed = graph.with_link(link)
    except CycleError as wrong:
        return rules.issue("G003", f"{wrong.text}.", "", link.target, link.input)
    except LinkError as wrong:
        return rules.issue("G009", f"{wrong.text}.", "", link.target, link.input)
    spec_of = specs(changed, registry)
    found = list(rules.dangling(Graph(changed.nodes, (link,)), spec_of))
    found += rules.of_node(changed, link.target, spec_of, flow(changed, spec_of))
    found += spoiled(graph, link, spec_of)
    found += rules.family_of_node(changed, link.target, spec_of, facts.families(changed))
    return next((item for item in found if item.code in REFUSING), None)
