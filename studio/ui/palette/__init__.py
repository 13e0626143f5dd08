"""Node types to add: the panel and the search at the cursor."""
