"""What gestures and commands do to a graph: pure functions from one graph to the next."""
