"""Recipes that make the starter models, and the judges that measure them."""
