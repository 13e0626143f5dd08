"""Finding things in pictures: networks, boxes, outlines, and what is chosen of them."""
