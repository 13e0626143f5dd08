"""What the canvas tells of the thing under the pointer, once the pointer rests there."""

from __future__ import annotations

from studio.canvas.scene import Scene
from studio.canvas.state import Hit
from studio.core.types import SpecOf


def tip_for(scene: Scene, spec_of: SpecOf, hit: Hit) -> str:
    """Return what there is to tell that the canvas has no room for; often nothing.

    Args:
        scene: What is shown.
        spec_of: Finds the spec of a node type.
        hit: What is under the pointer.
    """
    if hit.kind == "note":
        return scene.graph.view.notes[hit.index].text
    node = scene.graph.nodes.get(hit.node)
    if node is None:
        return ""
    state = scene.state(hit.node)
    if hit.kind == "badge":
        return state.hint or state.text
    if state.text and hit.kind not in ("socket", "field"):
        return state.text
    if hit.kind == "thumbnail":
        return state.words
    spec = spec_of(node.type)
    if spec is None:
        return ""
    if hit.kind == "header":
        return scene.look(hit.node).comment or spec.summary
    if hit.kind in ("socket", "field"):
        items = spec.outputs if hit.side == "output" else spec.inputs
        found = next((item for item in items if item.name == hit.name), None)
        return f"{found.name}: {found.type}\n{found.help}".strip() if found else ""
    return ""
