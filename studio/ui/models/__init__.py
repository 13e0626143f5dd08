"""Model files: the panel that shows them, and the dialog that finds those that are missing."""
