"""Where things are on the canvas and what gestures do, in plain Python and numpy; no Qt."""
