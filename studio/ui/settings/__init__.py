"""The dialog on settings: pages made from their declarations, model folders, and keys."""
