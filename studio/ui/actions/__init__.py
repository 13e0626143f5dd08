"""Commands, declared once, and their keys."""
