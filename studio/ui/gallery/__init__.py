"""Pictures: the viewer, what it compares, the gallery of files, and painting masks."""
