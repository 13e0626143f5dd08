"""The canvas as Qt sees it: events in, pixels out."""
