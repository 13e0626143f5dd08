"""What the engine does for the window: runs, states of nodes, checks, results, the worker."""
