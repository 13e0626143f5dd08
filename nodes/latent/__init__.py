"""Nodes that make and change latents."""
