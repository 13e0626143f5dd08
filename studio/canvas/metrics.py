"""Sizes of everything on the canvas, read from the theme; logical pixels at zoom 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LETTER = 0.54
"""Mean width of a letter in the interface's font, in font sizes; enough to reserve room."""
DIGIT_MONO = 0.6
"""Width of any letter in the font of seeds and paths, in font sizes."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """How large the parts of nodes, links and frames are.

    Attributes:
        width: Least width of a node that nobody sized.
        width_fit: Largest width that a node takes by itself.
        width_min: Least width by hand.
        width_max: Largest width by hand.
        width_step: Widths are multiples of this.
        header: Height of the title bar, and of a collapsed node.
        row: Height of a row of sockets or of one parameter.
        field: Height of a parameter's field in its row.
        pad_x: Distance of the title bar's icon and marks from the edges.
        pad_top: Distance of the first row from the title bar.
        pad_bottom: Distance of the last part from the lower edge.
        field_inset: Distance of fields from the edges.
        label_x: Distance of the names of sockets from the edges.
        icon: Size of the icon in the title bar.
        mark: Size of the state mark and of the badge.
        mark_gap: Distance between these.
        footer: Height of the footer.
        thumb_inset: Distance of the thumbnail from the edges.
        thumb_max: Largest height of the thumbnail.
        text: Size of the letters.
        line: Height of a line of text.
        socket_radius: Radius of a drawn socket.
        socket_hit: Distance from a socket that still means it, in pixels of the widget.
        link_factor: Length of a link's tangents by its width.
        link_min: Least length of a tangent.
        link_max: Largest length of a tangent.
        link_hit: Distance from a link that still means it, in pixels of the widget.
        reroute_radius: Radius of a drawn reroute.
        frame_header: Height of a frame's title.
        frame_pad: Distance of a frame from its nodes.
        grid: Distance of the dots of the grid.
    """

    width: float
    width_fit: float
    width_min: float
    width_max: float
    width_step: float
    header: float
    row: float
    field: float
    pad_x: float
    pad_top: float
    pad_bottom: float
    field_inset: float
    label_x: float
    icon: float
    mark: float
    mark_gap: float
    footer: float
    thumb_inset: float
    thumb_max: float
    text: float
    line: float
    socket_radius: float
    socket_hit: float
    link_factor: float
    link_min: float
    link_max: float
    link_hit: float
    reroute_radius: float
    frame_header: float
    frame_pad: float
    grid: float

    @staticmethod
    def of(tokens: Mapping[str, Any], density: str) -> Metrics:
        """Read the sizes from a theme.

        Args:
            tokens: The theme, as its file has it.
            density: ``comfortable`` or ``compact``.
        """
        node, link, frame = tokens["node"], tokens["link"], tokens["frame"]
        air, label = tokens["density"][density], tokens["type"]["label"]
        return Metrics(
            width=node["width"],
            width_fit=node["width"] * 1.5,
            width_min=node["width_min"],
            width_max=node["width_max"],
            width_step=node["width_step"],
            header=air["node_header"],
            row=air["node_row"],
            field=air["node_field"],
            pad_x=node["pad_x"],
            pad_top=node["pad_top"],
            pad_bottom=node["pad_bottom"],
            field_inset=node["field_inset"],
            label_x=node["label_x"],
            icon=node["icon"],
            mark=node["mark"],
            mark_gap=node["mark_gap"],
            footer=air["node_row"],
            thumb_inset=node["thumb_inset"],
            thumb_max=node["thumb_max"],
            text=label["px"],
            line=label["line"],
            socket_radius=node["socket_radius"],
            socket_hit=node["socket_hit"],
            link_factor=link["tangent"]["factor"],
            link_min=link["tangent"]["min"],
            link_max=link["tangent"]["max"],
            link_hit=link["hit"],
            reroute_radius=link["reroute_radius"],
            frame_header=frame["header"],
            frame_pad=frame["pad"],
            grid=tokens["grid"]["step"],
        )

    def text_width(self, text: str) -> float:
        """Return about how wide a text is drawn."""
        return len(text) * self.text * LETTER
