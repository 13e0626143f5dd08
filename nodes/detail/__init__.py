"""Find parts of pictures and draw them again."""
