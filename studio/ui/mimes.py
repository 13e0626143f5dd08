"""What is dragged from panels onto the canvas, by the names that both sides know."""

NODE_MIME = "application/x-wirebrush-node"
"""A node type: its id."""

MODEL_MIME = "application/x-wirebrush-model"
"""Beside a node type: name of the input and its value, as JSON."""
