"""Nodes that read prompts."""
