"""The window around the canvas: bars, docks, panels of the foot, and what they command."""
