"""Qt's own widgets, drawn in our looks."""
