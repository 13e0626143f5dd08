"""What the theme says: colours, sizes, icons, marks, fonts."""
