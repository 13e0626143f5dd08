"""Finding things: networks, boxes, outlines, and what is chosen of them."""
