"""Shapes of nodes, found again by their signature, and the types they are made from."""

from __future__ import annotations

from studio.canvas.arrays import Linked
from studio.canvas.layout import hides_unused
from studio.canvas.metrics import Metrics
from studio.canvas.shapes import Shape, Signature, Template, needs_links, shape_of, signature
from studio.canvas.states import NodeState
from studio.core.graph import Node
from studio.core.types import SpecOf
from studio.core.view import Layout


class Sizes:
    """Gives nodes their shapes.

    Attributes:
        metrics: Sizes of the parts.
        spec_of: Finds node types.
    """

    def __init__(self, spec_of: SpecOf, metrics: Metrics) -> None:
        self.metrics = metrics
        self.spec_of = spec_of
        self._templates: dict[str, Template] = {}
        self._shapes: dict[tuple[str, Signature], Shape] = {}
        self._plain: dict[str, Shape] = {}

    def template(self, type_id: str) -> Template:
        """Return what layout needs of a node type."""
        found = self._templates.get(type_id)
        if found is None:
            found = Template.of(type_id, self.spec_of(type_id), self.metrics)
            self._templates[type_id] = found
        return found

    def plain_shape(self, node: Node, look: Layout, state: NodeState) -> Shape | None:
        """Return the geometry of a node that nothing but its type decides; most are such."""
        if state.text or state.picture or state.words:
            return None
        if look.collapsed or look.extra or look.width is not None:
            return None
        found = self._plain.get(node.type)
        if found is None and not needs_links(self.template(node.type), hide_unused=False):
            found = self._plain[node.type] = self.shape(node, look, state, frozenset())
        return found

    def shape(self, node: Node, look: Layout, state: NodeState, linked: Linked) -> Shape:
        """Return the geometry of a node.

        Args:
            node: The node.
            look: How it is drawn.
            state: What is known of it beside the graph.
            linked: Its ends that have links.
        """
        template = self.template(node.type)
        key = signature(
            template, node, look, state, linked, self.metrics, hide_unused=hides_unused(look)
        )
        found = self._shapes.get((node.type, key))
        if found is None:
            found = self._shapes[node.type, key] = shape_of(template, key, self.metrics)
        return found

    def by_links(self, node: Node, look: Layout) -> bool:
        """Tell whether a node's shape depends on its links."""
        hides = bool(look.extra) and hides_unused(look)
        return needs_links(self.template(node.type), hide_unused=hides)

    def respecified(self, spec_of: SpecOf) -> set[str]:
        """Look up all types again; return those that are others now."""
        self.spec_of = spec_of
        changed = {
            type_id for type_id, held in self._templates.items() if spec_of(type_id) != held.spec
        }
        for type_id in changed:
            del self._templates[type_id]
            self._plain.pop(type_id, None)
        if changed:
            self._shapes = {
                key: item for key, item in self._shapes.items() if key[0] not in changed
            }
        return changed
