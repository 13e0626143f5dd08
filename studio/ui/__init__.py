"""The window: Qt only. It holds no truth of its own and never reaches torch."""
