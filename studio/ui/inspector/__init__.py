"""The panel that edits the chosen node, made from its spec, and the form of a graph."""
