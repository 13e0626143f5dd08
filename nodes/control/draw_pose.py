"""Draw poses."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image, Poses
from studio.core.widgets import Points, Range
from studio.diffusion.hints.common import Hint

People = tuple[tuple[tuple[float, float, float], ...], ...]


@node("control.draw_pose", category="Control", title="Draw pose")
def draw_pose(
    poses: Poses | None = None,
    width: Annotated[int, Range(0, 8192, step=8, unit=" px")] = 0,
    height: Annotated[int, Range(0, 8192, step=8, unit=" px")] = 0,
    edits: Annotated[People, Points()] = (),
) -> Hint:
    """Draw people as OpenPose does: limbs in the colours of the rainbow, for pose ControlNets.

    Without poses and edits one person stands in the middle.

    Args:
        poses: What a network saw. Without any, there is one picture.
        width: Of the hint; 0 is that of the poses, or 512.
        height: Of the hint; 0 is that of the poses, or 512.
        edits: People posed by hand. When there are any, they are drawn in every picture instead of
            the linked ones.

    Raises:
        ShapeError: A person has other than 18 points.

    Source:
        Cao et al. 2019, OpenPose, arXiv:1812.08008.
    """
    import numpy as np

    from studio.core.skeleton import standing
    from studio.core.values import Pose
    from studio.diffusion.hints import figures
    from studio.diffusion.hints.poses import from_edits, scaled

    given = poses.size if poses else (512, 512)
    size = width or given[0], height or given[1]
    items = scaled(poses, *size).items if poses else ((Pose(standing(*size)),),)
    if edits:
        items = (from_edits(edits, *size),) * len(items)
    return Hint(Image(np.stack([figures.draw(people, *size) for people in items])))
