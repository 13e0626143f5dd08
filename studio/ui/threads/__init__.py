"""Work beside the window's thread, and how its answers come back."""
