"""The open graphs: their steps, files, journals, and how they come back after a kill."""
