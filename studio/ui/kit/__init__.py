"""Small widgets in the look of the house, for every panel."""
